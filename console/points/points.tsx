import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Flow } from '#schema/rewards/desk';
import { useSession } from '../api/session.tsx';
import { useAddress } from '../kit/address.ts';
import { useFormat } from '../kit/format.ts';
import { Page, Section } from '../kit/page.tsx';
import { Picture } from '../kit/picture.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { WordSelect } from '../kit/word.tsx';
import { Held } from '../ledger/held.tsx';
import { Owed } from '../ledger/owed.tsx';
import { Proof } from '../ledger/proof.tsx';
import { Reserve } from '../ledger/reserve.tsx';
import { Rewards } from './rewards.tsx';
import { Rules } from './rules.tsx';
import { SetUp } from './setup.tsx';
import { type Programme, pointsKey, type Rule, useProgramme, useProgrammes } from './use-points.ts';

const origins = ['purchase', 'sharing', 'sale', 'gift', 'activity'] as const;
const sides = ['glance', 'reserve', 'proof'] as const;

/** The programme at a glance: what it paid and for what, the rules that pay, and what points are for. */
export default function Points() {
  const { t } = useTranslation('points');
  const { t: ledger } = useTranslation('ledger');
  const { may } = useSession();
  const programmes = useProgrammes();
  const programme = useProgramme();
  const [address, change] = useAddress();
  const all = programmes.data?.items ?? [];
  return (
    <Page
      title={programme?.name ?? t('title')}
      answer={programme && <Answer id={programme.id} currency={programme.currency} ratio={programme.ratio} />}
      actions={
        all.length > 1 && (
          <WordSelect
            label={t('programme')}
            value={programme?.id ?? ''}
            choices={all.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(id) => change({ programme: id })}
          />
        )
      }
    >
      {programmes.error && <ErrorState error={programmes.error} onRetry={() => void programmes.refetch()} />}
      {programmes.isPending && !programmes.error && <Skeleton lines={6} />}
      {programmes.data && all.length === 0 && <SetUp />}
      {programme && may('points:read') && <Held programme={programme} />}
      {programme && (
        <Tabs
          label={ledger('tabs.label')}
          value={sides.find((one) => one === address.side) ?? 'glance'}
          onChange={(side) => change({ side: side === 'glance' ? undefined : side })}
          tabs={sides
            .filter((side) => side === 'glance' || may('points:read'))
            .map((side) => ({
              id: side,
              title: ledger(`tabs.${side}`),
              content: <Side side={side} programme={programme} />,
            }))}
        />
      )}
    </Page>
  );
}

function Side({ side, programme }: { side: (typeof sides)[number]; programme: Programme }) {
  const { t } = useTranslation('points');
  const { may, workspace } = useSession();
  if (side === 'reserve') return <Reserve programme={programme} />;
  if (side === 'proof') return <Proof programme={programme} />;
  return (
    <>
      <Section title={t('flow.title')} note={t('flow.note', { zone: workspace.timeZone })}>
        <FlowPicture programme={programme.id} />
      </Section>
      <Rules programme={programme} />
      {may('rewards:read') && <Rewards programme={programme} />}
      {may('points:read') && <Owed programme={programme} />}
    </>
  );
}

function useRules(programme: string) {
  const { api, slug } = useSession();
  return useQuery({
    queryKey: [...pointsKey(slug), 'rules', programme],
    queryFn: ({ signal }) => api.get<{ items: Rule[] }>('/api/rewards/rules', { programme }, signal),
    refetchInterval: 5_000,
  });
}

/** One sentence that says how it stands. */
function Answer(props: { id: string; currency: string; ratio: number }) {
  const { t } = useTranslation('points');
  const format = useFormat();
  const rules = useRules(props.id).data?.items ?? [];
  const sum = (of: 'points' | 'held' | 'waiting') => rules.reduce((all, rule) => all + rule.figures[of], 0);
  const waiting = sum('waiting');
  return (
    <>
      {t('answer', {
        points: format.exact(sum('points')),
        held: format.exact(sum('held')),
        count: rules.filter((rule) => rule.paused_at === null).length,
      })}{' '}
      {t('answerRatio', { count: props.ratio, currency: props.currency })}
      {waiting > 0 && <span className="text-wrong"> {t('answerWaiting', { count: waiting })}</span>}
    </>
  );
}

function FlowPicture({ programme }: { programme: string }) {
  const { t } = useTranslation('points');
  const { api, slug } = useSession();
  const format = useFormat();
  const flow = useQuery({
    queryKey: [...pointsKey(slug), 'flow', programme],
    queryFn: ({ signal }) => api.get<Flow>('/api/rewards/flow', { programme, days: 60 }, signal),
    refetchInterval: 15_000,
  });
  if (flow.error) return <ErrorState error={flow.error} onRetry={() => void flow.refetch()} />;
  if (!flow.data) return <Skeleton lines={6} />;
  const { days } = flow.data;
  const total = (of: (day: Flow['days'][number]) => number) => days.reduce((sum, day) => sum + of(day), 0);
  const present = origins.filter((origin) => total((day) => day.earned[origin] ?? 0) > 0);
  const redeemed = total((day) => day.redeemed);
  if (present.length === 0 && redeemed === 0) return <p className="text-quiet">{t('flow.nothing')}</p>;
  return (
    <Picture
      title={t('flow.title')}
      summary={t('flow.summary', {
        earned: format.exact(present.reduce((sum, one) => sum + total((day) => day.earned[one] ?? 0), 0)),
        redeemed: format.exact(redeemed),
      })}
      kind="line"
      by={t('flow.day')}
      categories={days.map(({ day }) => format.day(`${day}T12:00:00Z`))}
      series={[
        ...present.map((origin) => ({
          name: t(`origin.${origin}`),
          values: days.map((day) => day.earned[origin] ?? 0),
        })),
        ...(redeemed > 0 ? [{ name: t('flow.redeemed'), values: days.map((day) => day.redeemed) }] : []),
      ]}
    />
  );
}
