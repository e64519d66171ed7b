import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Input } from './field.tsx';
import { ErrorState } from './states.tsx';

/** For what cannot be undone: says what it means, and asks for the name of the thing. */
export function TypeToConfirm(props: {
  title: string;
  note: ReactNode;
  /** What has to be typed. */
  name: string;
  verb: string;
  icon: LucideIcon;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('kit');
  const [typed, setTyped] = useState('');
  const isNamed = typed.trim() === props.name.trim();
  return (
    <Dialog open onClose={props.onClose} title={props.title} note={props.note}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isNamed) props.onConfirm();
        }}
      >
        <Input
          label={t('typeName', { name: props.name })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        {props.error !== null && props.error !== undefined && <ErrorState error={props.error} />}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={props.onClose}>
            {t('cancel')}
          </Button>
          <Button look="danger" type="submit" icon={props.icon} disabled={!isNamed} busy={props.busy}>
            {props.verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
