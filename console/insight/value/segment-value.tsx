import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Hourglass, Layers } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { LifetimeReport } from '#schema/insight/lifetime';
import type { Answered } from '#schema/insight/report';
import type { LayersReport } from '#schema/insight/value';
import { useSession } from '../../api/session.tsx';
import { buttonClass } from '../../kit/button.tsx';
import { useFormat } from '../../kit/format.ts';
import { rangesOf } from '../../kit/period.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { useSentences } from '../sentences.ts';

/** What the people of a segment are worth: in which layers they stand, and what is to be expected of them. */
export function ValueOfSegment({ id }: { id: string }) {
  const { t } = useTranslation('insight');
  const joined = useSentences();
  const { api, slug, workspace } = useSession();
  const format = useFormat();
  const { from, to } = rangesOf('365d', workspace.timeZone);
  const layers = useQuery({
    queryKey: [slug, 'segment', id, 'layers'],
    queryFn: ({ signal }) =>
      api.get<Answered<LayersReport>>('/api/reports/value-layers', { segment: id, from, to }, signal),
    staleTime: 60_000,
  });
  const lifetime = useQuery({
    queryKey: [slug, 'segment', id, 'lifetime'],
    queryFn: ({ signal }) =>
      api.get<Answered<LifetimeReport>>('/api/reports/lifetime', { segment: id, to }, signal),
    staleTime: 60_000,
  });
  if (layers.error) return <ErrorState error={layers.error} onRetry={() => void layers.refetch()} />;
  if (layers.isPending) return <Skeleton lines={4} />;
  const { standings, people } = layers.data.result;
  const forecast = lifetime.data?.result.forecast;
  const count = (name: string) =>
    format.exact(standings.find(({ standing }) => standing === name)?.people ?? 0);
  const money = (value: number | null) =>
    value === null ? '–' : format.money(value.toFixed(2), lifetime.data?.result.currency ?? '');
  const round = (value: number) => format.exact(Math.round(value));
  const sentences = [
    people === 0
      ? t('value.groupNobody')
      : t('value.groupAnswer', {
          people: format.exact(people),
          social: count('social'),
          emotional: count('emotional'),
          functional: count('functional'),
        }),
    forecast?.margin && forecast.customers > 0
      ? t('value.groupExpected', {
          customers: round(forecast.customers),
          alive: round(forecast.alive.value),
          months: lifetime.data?.result.months,
          margin: money(forecast.margin.value),
          low: money(forecast.margin.low),
          high: money(forecast.margin.high),
        })
      : '',
  ];
  return (
    <>
      <p className="mb-4 max-w-[68ch]">{joined(sentences)}</p>
      <div className="flex flex-wrap gap-2">
        {(['value-layers', 'lifetime'] as const).map((report) => (
          <Link
            key={report}
            to="/reports/$report"
            params={{ report }}
            search={{ segment: id } as never}
            className={buttonClass('plain')}
          >
            {report === 'lifetime' ? (
              <Hourglass size={16} aria-hidden="true" />
            ) : (
              <Layers size={16} aria-hidden="true" />
            )}
            {t(report === 'lifetime' ? 'value.lifetime' : 'value.layers')}
          </Link>
        ))}
      </div>
    </>
  );
}
