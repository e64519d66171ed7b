import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';

/** Asks for a title. */
export function NameForm(props: {
  title: string;
  label: string;
  value: string;
  mayBeEmpty?: boolean;
  busy: boolean;
  onSave: (name: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('insight');
  const [name, setName] = useState(props.value);
  const isGood = props.mayBeEmpty || name.trim() !== '';
  return (
    <Dialog open onClose={props.onClose} title={props.title}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isGood) props.onSave(name.trim());
        }}
      >
        <Input
          label={props.label}
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.target.value)}
        />
        <div className="flex justify-end">
          <Button type="submit" look="main" busy={props.busy} disabled={!isGood}>
            {t('boards.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
