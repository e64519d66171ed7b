import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Input } from './field.tsx';
import { useProblemText } from './states.tsx';

/** What cannot be undone asks for the name to be typed. */
export function ConfirmByName(props: {
  title: string;
  note: ReactNode;
  name: string;
  /** The verb on the button. */
  act: string;
  isBusy: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: () => void;
}) {
  const { t } = useTranslation('kit');
  const problem = useProblemText();
  const [typed, setTyped] = useState('');
  const isSame = typed.trim() === props.name.trim();
  return (
    <Dialog open onClose={props.onClose} title={props.title} note={props.note}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isSame && !props.isBusy) props.onConfirm();
        }}
      >
        <Input
          label={t('typeName', { name: props.name })}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={props.error ? problem(props.error) : undefined}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={props.onClose}>{t('cancel')}</Button>
          <Button look="danger" type="submit" disabled={!isSame} busy={props.isBusy}>
            {props.act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
