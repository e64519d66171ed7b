import { useMutation } from '@tanstack/react-query';
import { TicketCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import type { Voucher } from './use-points.ts';

const tones = { good: 'good', used: 'wrong', expired: 'wrong', reversed: 'wrong' } as const;

/** Whether a voucher is good, without using it up. */
export function VoucherCheck({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('points');
  const { api, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const [code, setCode] = useState('');
  const check = useMutation({
    mutationFn: () => api.send<Voucher>('POST', '/api/vouchers/check', { code: code.trim() }),
  });
  const isNone = check.error instanceof Problem && check.error.type === 'rewards/no-such-voucher';
  const found = check.data;
  return (
    <Dialog open onClose={onClose} title={t('voucher.check')} note={t('voucher.note')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate();
        }}
      >
        <Input
          label={t('voucher.code')}
          value={code}
          required
          minLength={8}
          maxLength={300}
          autoComplete="off"
          spellCheck={false}
          error={isNone ? t('voucher.none') : undefined}
          onChange={(event) => {
            check.reset();
            setCode(event.target.value);
          }}
        />
        {check.error && !isNone && <ErrorState error={check.error} />}
        {found && (
          <div role="status" className="grid gap-1">
            <div className="flex flex-wrap items-center gap-2">
              <Tag tone={tones[found.state]}>{t(`voucher.state.${found.state}`)}</Tag>
              <span className="font-medium">{found.reward}</span>
              {found.worth && found.currency && <span>{format.money(found.worth, found.currency)}</span>}
            </div>
            <p className="text-s text-quiet">
              {found.used_at
                ? t('voucher.usedOn', { day: format.moment(found.used_at) })
                : t('voucher.until', { day: format.moment(found.expires) })}
            </p>
          </div>
        )}
        <div className="flex justify-end">
          <Button look="main" type="submit" icon={TicketCheck} busy={check.isPending}>
            {t('voucher.look')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
