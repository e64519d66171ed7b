import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, Gift, Plus, TicketCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input, Switch, TextArea } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { Redeem } from './redeem.tsx';
import { type Programme, pointsKey, type Reward, useRewards } from './use-points.ts';
import { VoucherCheck } from './voucher-check.tsx';

/** What points are for, and a look at a voucher that somebody holds out. */
export function Rewards({ programme }: { programme: Programme }) {
  const { t } = useTranslation('points');
  const { may } = useSession();
  const [open, setOpen] = useState<'new' | 'check' | Reward | null>(null);
  const list = useRewards(programme.id);
  const items = list.data?.items.filter((one) => one.archived_at === null) ?? [];
  return (
    <Section
      title={t('rewards.title')}
      note={t('rewards.note')}
      actions={
        <div className="flex flex-wrap gap-2">
          {may('rewards:redeem') && (
            <Button icon={TicketCheck} onClick={() => setOpen('check')}>
              {t('voucher.check')}
            </Button>
          )}
          {may('rewards:write') && (
            <Button icon={Plus} onClick={() => setOpen('new')}>
              {t('rewards.new')}
            </Button>
          )}
        </div>
      }
    >
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.error && <Skeleton lines={3} />}
      {list.data && items.length === 0 && <p className="max-w-[68ch] text-quiet">{t('rewards.empty')}</p>}
      <ul className="divide-y divide-line">
        {items.map((reward) => (
          <Line key={reward.id} reward={reward} onRedeem={() => setOpen(reward)} />
        ))}
      </ul>
      {open === 'new' && <NewReward programme={programme} onClose={() => setOpen(null)} />}
      {open === 'check' && <VoucherCheck onClose={() => setOpen(null)} />}
      {open !== null && typeof open === 'object' && (
        <Redeem programme={programme} reward={open} onClose={() => setOpen(null)} />
      )}
    </Section>
  );
}

function Line({ reward, onRedeem }: { reward: Reward; onRedeem: () => void }) {
  const { t } = useTranslation('points');
  const { api, slug, may } = useSession();
  const format = useFormat();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const archive = useMutation({
    mutationFn: (archived: boolean) => api.send('PATCH', `/api/rewards/${reward.id}`, { archived }),
    onSuccess: async (_, archived) => {
      if (archived) tell(t('rewards.archived', { name: reward.name }), { undo: () => archive.mutate(false) });
      await cache.invalidateQueries({ queryKey: pointsKey(slug) });
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const { stock, taken, voucher } = reward;
  const left = stock === null ? null : stock - taken;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 grow basis-64">
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{reward.name}</span>
          {voucher && (
            <Tag tone="info">
              {voucher.worth && voucher.currency
                ? t('rewards.voucherOf', { worth: format.money(voucher.worth, voucher.currency) })
                : t('rewards.voucher')}
            </Tag>
          )}
          {left === 0 && <Tag tone="wrong">{t('rewards.gone')}</Tag>}
        </div>
        {reward.description && <p className="max-w-[68ch] text-s text-quiet">{reward.description}</p>}
      </div>
      <p className="tabular-nums sm:text-right">
        <span className="font-semibold">
          {t('rules.points', { count: reward.cost, points: format.exact(reward.cost) })}
        </span>
        <br />
        <span className="text-s text-quiet">
          {left === null
            ? t('rewards.had', { count: taken })
            : t('rewards.left', { count: left, taken: format.exact(taken) })}
        </span>
      </p>
      <div className="flex flex-wrap gap-2">
        {may('rewards:redeem') && may('people:read') && (
          <Button icon={Gift} disabled={left === 0} onClick={onRedeem}>
            {t('redeem.do')}
          </Button>
        )}
        {may('rewards:write') && (
          <Button look="quiet" icon={Archive} busy={archive.isPending} onClick={() => archive.mutate(true)}>
            {t('rewards.archive')}
          </Button>
        )}
      </div>
    </li>
  );
}

function NewReward({ programme, onClose }: { programme: Programme; onClose: () => void }) {
  const { t } = useTranslation('points');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const [form, setForm] = useState({
    name: '',
    description: '',
    cost: '',
    stock: '',
    each: '',
    worth: '',
    days: '90',
  });
  const [hasVoucher, setVoucher] = useState(true);
  const field = (name: keyof typeof form) => ({
    label: t(`rewards.form.${name}`, { currency: programme.currency }),
    value: form[name],
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });
  const create = useMutation({
    mutationFn: () =>
      api.send<Reward>('POST', '/api/rewards', {
        programme: programme.id,
        name: form.name.trim(),
        description: form.description.trim(),
        cost: Number(form.cost),
        stock: form.stock === '' ? null : Number(form.stock),
        each: form.each === '' ? null : Number(form.each),
        voucher: hasVoucher
          ? {
              days: Number(form.days),
              ...(form.worth === '' ? {} : { worth: form.worth, currency: programme.currency }),
            }
          : null,
      }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: pointsKey(slug) });
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={t('rewards.new')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Input {...field('name')} required maxLength={80} />
        <TextArea {...field('description')} rows={2} maxLength={500} />
        <div className="grid gap-4 sm:grid-cols-3">
          <Input {...field('cost')} required inputMode="numeric" pattern="[1-9]\d{0,8}" />
          <Input {...field('stock')} inputMode="numeric" pattern="\d{0,7}" hint={t('rewards.form.noEnd')} />
          <Input {...field('each')} inputMode="numeric" pattern="\d{0,4}" hint={t('rewards.form.noEnd')} />
        </div>
        <Switch
          label={t('rewards.form.voucher')}
          note={t('rewards.form.voucherNote')}
          checked={hasVoucher}
          onChange={setVoucher}
        />
        {hasVoucher && (
          <div className="grid gap-4 sm:grid-cols-2">
            <Input {...field('worth')} inputMode="decimal" pattern="\d{1,9}(\.\d{1,2})?" />
            <Input {...field('days')} required inputMode="numeric" pattern="[1-9]\d{0,3}" />
          </div>
        )}
        {create.error && <ErrorState error={create.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('rewards.form.cancel')}</Button>
          <Button look="main" type="submit" busy={create.isPending}>
            {t('rewards.form.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
