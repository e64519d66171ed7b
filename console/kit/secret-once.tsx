import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Code } from './code.tsx';
import { Dialog } from './dialog.tsx';

/** A secret that nobody sees again, and what is done with it. */
export function SecretOnce(props: {
  title: string;
  note: string;
  label: string;
  secret: string;
  example: { label: string; text: string };
  onClose: () => void;
}) {
  const { t } = useTranslation('kit');
  const { example } = props;
  return (
    <Dialog open wide onClose={props.onClose} title={props.title} note={props.note}>
      <div className="grid gap-4">
        <Code label={props.label} text={props.secret} wrap />
        <div>
          <p className="mb-1 text-s text-quiet">{example.label}</p>
          <Code label={example.label} text={example.text} />
        </div>
        <div className="flex justify-end">
          <Button look="main" onClick={props.onClose}>
            {t('kept')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
