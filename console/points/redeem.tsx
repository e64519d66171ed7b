import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Gift, Undo2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Statement } from '#schema/rewards/desk';
import { newKey } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import type { PersonSummary } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Select } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState } from '../kit/states.tsx';
import { PersonChoice } from '../people/person-choice.tsx';
import { PersonLink } from '../people/person-link.tsx';
import { type Programme, pointsKey, type Redemption, type Reward, useRewards } from './use-points.ts';

/** A member has a reward for their points, at the till or on the phone. What is known already is not asked for. */
export function Redeem(props: {
  programme: Programme;
  person?: string;
  reward?: Reward;
  onClose: () => void;
}) {
  const { t } = useTranslation('points');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const { programme } = props;
  const rewards = useRewards(programme.id);
  const [chosen, setChosen] = useState<string>();
  const [member, setMember] = useState<PersonSummary | null>(null);
  const offered = (rewards.data?.items ?? []).filter((one) => one.archived_at === null);
  const reward = props.reward ?? offered.find(({ id }) => id === chosen) ?? offered[0];
  const person = props.person ?? member?.id;
  const keys = useRef(new Map<string, string>());
  const redeem = useMutation({
    mutationFn: (o: { reward: string; person: string }) => {
      // The same request again is the same redemption, whatever became of the answer to the first.
      const content = JSON.stringify(o);
      const key = keys.current.get(content) ?? newKey();
      keys.current.set(content, key);
      return api.send<Redemption>('POST', `/api/rewards/${o.reward}/redeem`, { person: o.person }, { key });
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: pointsKey(slug) }),
  });
  if (redeem.data) return <Had redemption={redeem.data} onClose={props.onClose} />;
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.reward ? t('redeem.titleOf', { reward: props.reward.name }) : t('redeem.title')}
      note={t('redeem.note')}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (reward && person) redeem.mutate({ reward: reward.id, person });
        }}
      >
        {!props.person && (
          <PersonChoice
            label={t('redeem.who')}
            hint={t('redeem.whoHint')}
            chosen={member}
            onChoose={(one) => {
              redeem.reset();
              setMember(one);
            }}
          />
        )}
        {!props.reward && (
          <Choose
            rewards={offered}
            value={reward?.id ?? ''}
            onChange={(id) => {
              redeem.reset();
              setChosen(id);
            }}
          />
        )}
        {rewards.error && <ErrorState error={rewards.error} onRetry={() => void rewards.refetch()} />}
        {rewards.data && !reward && <p className="text-quiet">{t('redeem.noRewards')}</p>}
        {reward && person && <After programme={programme.id} person={person} cost={reward.cost} />}
        {redeem.error && <ErrorState error={redeem.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={props.onClose}>{t('rewards.form.cancel')}</Button>
          <Button look="main" type="submit" icon={Gift} busy={redeem.isPending} disabled={!reward || !person}>
            {t('redeem.do')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Choose(props: { rewards: readonly Reward[]; value: string; onChange: (id: string) => void }) {
  const { t } = useTranslation('points');
  const format = useFormat();
  if (props.rewards.length === 0) return null;
  return (
    <Select
      label={t('redeem.which')}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      choices={props.rewards.map(({ id, name, cost }) => ({
        value: id,
        label: `${name} · ${t('rules.points', { count: cost, points: format.exact(cost) })}`,
      }))}
    />
  );
}

/** What they have, and what stays of it. */
function After({ programme, person, cost }: { programme: string; person: string; cost: number }) {
  const { t } = useTranslation('points');
  const { api, slug } = useSession();
  const format = useFormat();
  const { data } = useQuery({
    queryKey: [...pointsKey(slug), 'statement', programme, person, 'now'],
    queryFn: ({ signal }) => api.get<Statement>('/api/rewards/statement', { programme, person }, signal),
  });
  if (!data) return null;
  const left = data.wallet - cost;
  return left >= 0 ? (
    <p>{t('redeem.after', { has: format.exact(data.wallet), left: format.exact(left) })}</p>
  ) : (
    <p className="text-wrong">
      {t('redeem.short', { has: format.exact(data.wallet), short: format.exact(-left) })}
    </p>
  );
}

/** What they have now: the code to be read out or copied, and the way back. */
function Had(props: { redemption: Redemption; onClose: () => void }) {
  const { t } = useTranslation('points');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const cache = useQueryClient();
  const back = useMutation({
    mutationFn: () => api.send<Redemption>('POST', `/api/redemptions/${props.redemption.id}/reverse`),
    onSuccess: () => cache.invalidateQueries({ queryKey: pointsKey(slug) }),
  });
  const { reward, points, person, voucher, state } = back.data ?? props.redemption;
  return (
    <Dialog open onClose={props.onClose} title={reward?.name ?? t('redeem.title')}>
      <div className="grid gap-4">
        <div role="status" className="grid gap-2">
          <p className={state === 'reversed' ? 'text-quiet' : 'text-good'}>
            {t(state === 'reversed' ? 'redeem.back' : 'redeem.had', {
              count: points,
              points: format.exact(points),
            })}
          </p>
          {person && <PersonLink id={person} />}
        </div>
        {voucher && state !== 'reversed' && (
          <div className="grid gap-1">
            <Code label={t('redeem.code')} text={voucher.code} wrap />
            <p className="text-s text-quiet">
              {voucher.worth && voucher.currency && `${format.money(voucher.worth, voucher.currency)} · `}
              {t('voucher.until', { day: format.moment(voucher.expires) })}
            </p>
          </div>
        )}
        {back.error && <ErrorState error={back.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          {state !== 'reversed' && (
            <Button look="quiet" icon={Undo2} busy={back.isPending} onClick={() => back.mutate()}>
              {t('redeem.giveBack')}
            </Button>
          )}
          <Button look="main" onClick={props.onClose}>
            {t('redeem.done')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
