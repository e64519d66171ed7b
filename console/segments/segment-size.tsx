import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { SegmentHistory } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { rangesOf } from '../kit/period.tsx';
import { Picture } from '../kit/picture.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Longer stretches are drawn by the day. */
const mostHours = 72;

type Size = SegmentHistory['sizes'][number];

/** How many were in, by the hour or the day; as of now at the end. */
export function SizePicture({ id, now }: { id: string; now: number | undefined }) {
  const { t } = useTranslation('segments');
  const { api, slug, workspace } = useSession();
  const { period = '30d' } = useSearch({ from: '/inside' });
  const format = useFormat(workspace.timeZone);
  const { from } = rangesOf(period, workspace.timeZone);
  const days = Math.min(3650, Math.max(1, Math.ceil((Date.now() - Date.parse(from)) / dayMs)));
  const history = useQuery({
    queryKey: [slug, 'segment', id, 'size', days],
    queryFn: ({ signal }) =>
      api.get<SegmentHistory>(`/api/segments/${id}/history`, { days, limit: 1 }, signal),
    refetchInterval: 60_000,
  });
  if (history.error) return <ErrorState error={history.error} onRetry={() => void history.refetch()} />;
  if (history.isPending) return <Skeleton lines={6} />;
  const { sizes } = history.data;
  if (sizes.length === 0) return <p className="text-quiet">{t('one.sizeNone')}</p>;
  const isByHour = Date.now() - Date.parse(sizes[0]?.hour ?? '') < mostHours * hourMs;
  const nameOf = (iso: string) => (isByHour ? format.moment(iso) : format.day(iso));
  const points = filled(sizes, isByHour ? hourMs : dayMs, nameOf);
  const last = points.at(-1);
  if (last && now !== undefined) last.size = now;
  const sum = (of: (one: Size) => number) => format.exact(sizes.reduce((total, one) => total + of(one), 0));
  const series = [{ name: t('one.sizeSeries'), values: points.map((point) => point.size) }];
  return (
    <Picture
      title={t('one.size')}
      summary={t('one.sizeSummary', {
        from: format.exact(points[0]?.size ?? 0),
        to: format.exact(last?.size ?? 0),
        entered: sum((one) => one.entered),
        left: sum((one) => one.left),
      })}
      by={t(isByHour ? 'one.sizeHour' : 'one.sizeDay')}
      kind={points.length < 3 ? 'bar' : 'line'}
      categories={points.map((point) => point.name)}
      series={series}
    />
  );
}

/** An hour in which nobody came or went is not told: the size stays what it was. */
function filled(sizes: readonly Size[], stepMs: number, nameOf: (iso: string) => string) {
  const points = new Map<string, { name: string; size: number }>();
  const put = (at: number, size: number) => {
    const name = nameOf(new Date(at).toISOString());
    points.set(name, { name, size });
  };
  let size = sizes[0]?.size ?? 0;
  let next = 0;
  for (let at = Date.parse(sizes[0]?.hour ?? ''); at <= Date.now(); at += stepMs) {
    while (next < sizes.length && Date.parse(sizes[next]?.hour ?? '') < at + stepMs) {
      size = sizes[next]?.size ?? size;
      next += 1;
    }
    put(at, size);
  }
  return [...points.values()];
}
