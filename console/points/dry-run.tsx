import { useMutation, useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { Picture } from '../kit/picture.tsx';
import { Progress } from '../kit/progress.tsx';
import { ErrorState } from '../kit/states.tsx';
import { useWordsOr } from '../words/words-or.ts';
import type { Cost, DryRun, RuleBody } from './use-points.ts';

const dayMs = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** What the rule as it is written now would have cost. */
export function DryRunPanel({ rule }: { rule: RuleBody }) {
  const { t } = useTranslation('points');
  const { api, slug } = useSession();
  const [from, setFrom] = useState(() => dayOf(Date.now() - 89 * dayMs));
  const [to, setTo] = useState(() => dayOf(Date.now()));
  const [tried, setTried] = useState('');
  const begin = useMutation({
    mutationFn: () => api.send<DryRun>('POST', '/api/rewards/dry-runs', { rule, from, to }),
    onSuccess: () => setTried(JSON.stringify(rule)),
  });
  const id = begin.data?.id;
  const run = useQuery({
    queryKey: [slug, 'dry-run', id],
    queryFn: ({ signal }) => api.get<DryRun>(`/api/rewards/dry-runs/${id}`, {}, signal),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 400 : false),
  });
  const isOld = tried !== '' && tried !== JSON.stringify(rule);
  return (
    <Section title={t('dry.title')} note={t('dry.note')}>
      <div className="flex flex-wrap items-end gap-3">
        <Input
          label={t('dry.from')}
          type="date"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <Input label={t('dry.to')} type="date" value={to} onChange={(event) => setTo(event.target.value)} />
        <Button
          icon={FlaskConical}
          busy={begin.isPending || run.data?.state === 'running'}
          onClick={() => begin.mutate()}
        >
          {t('dry.begin')}
        </Button>
      </div>
      <div aria-live="polite" className="mt-4 grid gap-4">
        {begin.error && <ErrorState error={begin.error} />}
        {run.error && <ErrorState error={run.error} onRetry={() => void run.refetch()} />}
        {run.data?.state === 'running' && (
          <div className="max-w-md">
            <Progress label={t('dry.running')} done={run.data.progress} />
          </div>
        )}
        {run.data?.state === 'failed' && (
          <p role="alert" className="text-wrong">
            {t('dry.failed', { problem: run.data.problem ?? '' })}
          </p>
        )}
        {run.data?.cost && isOld && <p className="text-gold-ink">{t('dry.old')}</p>}
        {run.data?.cost && <Found cost={run.data.cost} />}
      </div>
    </Section>
  );
}

function Found({ cost }: { cost: Cost }) {
  const { t } = useTranslation('points');
  const format = useFormat();
  const wordsOr = useWordsOr('points');
  const at = (quantile: number) => cost.quantiles.find((one) => one.quantile === quantile)?.points ?? 0;
  const unpaid = Object.entries(cost.unpaid);
  if (cost.points === 0) return <p>{t('dry.nothing', { events: format.exact(cost.events) })}</p>;
  return (
    <>
      <p className="max-w-[68ch]">
        {t('dry.answer', {
          points: format.exact(cost.points),
          people: format.exact(cost.people),
          median: format.exact(at(0.5)),
          ninth: format.exact(at(0.9)),
          share: format.percent(cost.top_tenth / cost.points),
        })}{' '}
        {cost.cut > 0 && t('dry.cut', { points: format.exact(cost.cut) })}{' '}
        {cost.taken_back > 0 && t('dry.takenBack', { points: format.exact(cost.taken_back) })}
      </p>
      <Picture
        title={t('dry.byDay')}
        summary={t('dry.byDaySummary', { points: format.exact(cost.points), count: cost.days.length })}
        kind="bar"
        by={t('flow.day')}
        categories={cost.days.map(({ day }) => format.day(`${day}T12:00:00Z`))}
        series={[{ name: t('dry.points'), values: cost.days.map(({ points }) => points) }]}
      />
      <table className="w-full max-w-md">
        <caption className="mb-1 text-left text-s font-medium">{t('dry.quantiles')}</caption>
        <tbody>
          {cost.quantiles.map(({ quantile, points }) => (
            <tr key={quantile} className="border-line border-t">
              <th scope="row" className="py-1 text-left font-normal text-quiet">
                {t('dry.quantile', { share: format.percent(quantile) })}
              </th>
              <td className="text-right tabular-nums">{format.exact(points)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {unpaid.length > 0 && (
        <p className="text-s text-quiet">
          {t('dry.unpaid')}{' '}
          {unpaid
            .map(
              ([why, count]) =>
                `${wordsOr(`dry.why.${why.replaceAll(' ', '-')}`, why)} ${format.exact(count)}`,
            )
            .join(' · ')}
        </p>
      )}
    </>
  );
}
