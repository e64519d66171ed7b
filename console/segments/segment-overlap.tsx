import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { SegmentOverlap } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { Rows } from '../kit/rows.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';

const mostShown = 12;

/** Who is in another segment as well: each with a bar, the share of either, and the count. */
export function Overlap({ id }: { id: string }) {
  const { t } = useTranslation('segments');
  const { api, slug } = useSession();
  const format = useFormat();
  const overlap = useQuery({
    queryKey: [slug, 'segment', id, 'overlap'],
    queryFn: ({ signal }) => api.get<SegmentOverlap>(`/api/segments/${id}/overlap`, {}, signal),
  });
  if (overlap.error) return <ErrorState error={overlap.error} onRetry={() => void overlap.refetch()} />;
  if (overlap.isPending) return <Skeleton lines={3} />;
  const { size, items } = overlap.data;
  const [first] = items;
  if (!first) return <p className="text-quiet">{t('one.overlapNone')}</p>;
  const share = (part: number, of: number) => (of > 0 ? part / of : 0);
  return (
    <>
      <p className="mb-3 max-w-[68ch]">
        {first.both === 0
          ? t('one.overlapNobody')
          : t('one.overlapSummary', { share: format.percent(share(first.both, size)), name: first.name })}
      </p>
      <Rows
        label={t('one.overlapSegment')}
        onPhone={3}
        head={[t('one.overlapSegment'), t('one.overlapBoth'), t('one.overlapOfThis'), t('one.overlapOfThat')]}
        rows={items.slice(0, mostShown).map((one) => ({
          key: one.id,
          cells: [
            <span key="name">
              <Link to="/segments/$id" params={{ id: one.id }} className="link [overflow-wrap:anywhere]">
                {one.name}
              </Link>
              <span aria-hidden="true" className="mt-1.5 block h-1.5 overflow-hidden rounded-full bg-line">
                <span
                  className="block h-full rounded-full bg-act"
                  style={{ width: `${100 * share(one.both, size)}%` }}
                />
              </span>
            </span>,
            format.exact(one.both),
            format.percent(share(one.both, size)),
            format.percent(share(one.both, one.size)),
          ],
        }))}
      />
    </>
  );
}
