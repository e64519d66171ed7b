import { useMutation } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input, TextArea } from '../kit/field.tsx';
import { ErrorState } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import type { Programme } from '../points/use-points.ts';
import { toMinor } from './minor.ts';
import { useMoved } from './use-ledger.ts';

export type Wanted = { kind: 'pay-in' | 'pay-out' } | { kind: 'adjust'; person: string };

/** Asks for what somebody else has to agree to. */
export function Propose(props: { programme: Programme; wanted: Wanted; onClose: () => void }) {
  const { t } = useTranslation('ledger');
  const { api } = useSession();
  const tell = useTell();
  const moved = useMoved();
  const { programme, wanted } = props;
  const { currency } = programme;
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const [isWrong, setWrong] = useState(false);
  const ofPoints = wanted.kind === 'adjust';
  const ask = useMutation({
    mutationFn: (value: number) =>
      api.send('POST', `/api/points/${programme.id}/proposals`, {
        kind: wanted.kind,
        amount: value,
        reason: reason.trim(),
        ...(wanted.kind === 'adjust' ? { party: { person: wanted.person } } : {}),
      }),
    onSuccess: async () => {
      tell(t('propose.asked'));
      props.onClose();
      await moved();
    },
  });
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={t(`propose.title.${wanted.kind}`)}
      note={t(`propose.note.${wanted.kind}`)}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const value = ofPoints ? pointsIn(amount) : toMinor(amount, currency);
          setWrong(!value);
          if (value) ask.mutate(value);
        }}
      >
        <Input
          label={ofPoints ? t('propose.points') : t('propose.amount', { currency })}
          hint={ofPoints ? t('propose.pointsNote') : undefined}
          error={isWrong ? t(ofPoints ? 'propose.wrongPoints' : 'propose.wrongAmount') : undefined}
          value={amount}
          required
          inputMode={ofPoints ? 'text' : 'decimal'}
          autoComplete="off"
          maxLength={16}
          onChange={(event) => {
            setWrong(false);
            setAmount(event.target.value);
          }}
        />
        <TextArea
          label={t('propose.reason')}
          hint={t('propose.reasonNote')}
          value={reason}
          required
          minLength={3}
          maxLength={500}
          rows={2}
          onChange={(event) => setReason(event.target.value)}
        />
        {ask.error && <ErrorState error={ask.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={props.onClose}>{t('propose.cancel')}</Button>
          <Button look="main" type="submit" icon={Send} busy={ask.isPending}>
            {t('propose.ask')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Whole points, with a minus where they are taken away. */
function pointsIn(text: string): number | null {
  const plain = text.trim().replace(/^[−–]/, '-');
  return /^[+-]?\d{1,12}$/.test(plain) ? Number(plain) : null;
}
