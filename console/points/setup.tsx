import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Coins } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Programme } from '#schema/rewards/desk';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { EmptyState, ErrorState } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { pointsKey } from './use-points.ts';

/** A programme in one minute: what most brands begin with, to be changed before it is made and after. */
export function SetUp() {
  const { t } = useTranslation('points');
  const { api, slug, may, workspace } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const [form, setForm] = useState({
    name: t('setup.usualName'),
    currency: workspace.currency,
    perUnit: '1',
    holdDays: '14',
    invitation: '100',
    expiresDays: '730',
    ratio: '1',
  });
  const field = (name: keyof typeof form) => ({
    label: t(`setup.${name}`, { currency: form.currency }),
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });
  const whole = (name: keyof typeof form, most: number) => ({
    ...field(name),
    inputMode: 'numeric' as const,
    pattern: '\\d{1,6}',
    required: true,
    max: most,
  });
  const make = useMutation({
    mutationFn: () =>
      api.send<Programme>('POST', '/api/rewards/programmes', {
        name: form.name.trim(),
        currency: form.currency.trim().toUpperCase(),
        points_per_unit: Number(form.perUnit),
        hold_days: Number(form.holdDays),
        invitation: Number(form.invitation),
        expires_after_days: Number(form.expiresDays) || null,
        ratio: Number(form.ratio),
        names: { purchase: t('setup.purchaseRule'), invitation: t('setup.invitationRule') },
      }),
    onSuccess: async ({ name }) => {
      tell(t('setup.made', { name }));
      await cache.invalidateQueries({ queryKey: pointsKey(slug) });
    },
  });
  if (!may('rewards:write'))
    return <EmptyState icon={Coins} title={t('setup.empty')} why={t('setup.noRight')} />;
  return (
    <>
      <EmptyState icon={Coins} title={t('setup.empty')} why={t('setup.why')} />
      <form
        className="grid max-w-2xl gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Input {...field('name')} required maxLength={80} autoComplete="off" />
          <Input {...field('currency')} required pattern="[A-Za-z]{3}" maxLength={3} autoComplete="off" />
          <Input {...whole('perUnit', 1000)} hint={t('setup.perUnitNote')} />
          <Input {...whole('holdDays', 365)} hint={t('setup.holdDaysNote')} />
          <Input {...whole('invitation', 1_000_000)} hint={t('setup.invitationNote')} />
          <Input {...whole('expiresDays', 3660)} hint={t('setup.expiresDaysNote')} />
          <Input {...whole('ratio', 100)} hint={t('setup.ratioNote', { currency: form.currency })} />
        </div>
        {make.error && <ErrorState error={make.error} />}
        <div>
          <Button look="main" type="submit" icon={Coins} busy={make.isPending}>
            {t('setup.make')}
          </Button>
        </div>
      </form>
    </>
  );
}
