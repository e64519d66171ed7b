import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { SegmentOverlap } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
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
      <table className="w-full table-fixed text-left tabular-nums">
        <thead className="text-s text-quiet">
          <tr className="border-line border-b">
            <th scope="col" className="py-1.5 pr-4 font-normal">
              {t('one.overlapSegment')}
            </th>
            <th scope="col" className="w-20 py-1.5 pl-4 text-right font-normal">
              {t('one.overlapBoth')}
            </th>
            <th scope="col" className="w-28 py-1.5 pl-4 text-right font-normal">
              {t('one.overlapOfThis')}
            </th>
            <th scope="col" className="w-28 py-1.5 pl-4 text-right font-normal max-sm:hidden">
              {t('one.overlapOfThat')}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.slice(0, mostShown).map((one) => (
            <tr key={one.id} className="border-line border-b">
              <th scope="row" className="py-2 pr-4 font-normal">
                <Link to="/segments/$id" params={{ id: one.id }} className="link block truncate">
                  {one.name}
                </Link>
                <span aria-hidden="true" className="mt-1.5 block h-1.5 overflow-hidden rounded-full bg-line">
                  <span
                    className="block h-full rounded-full bg-act"
                    style={{ width: `${100 * share(one.both, size)}%` }}
                  />
                </span>
              </th>
              <td className="py-2 pl-4 text-right">{format.exact(one.both)}</td>
              <td className="py-2 pl-4 text-right">{format.percent(share(one.both, size))}</td>
              <td className="py-2 pl-4 text-right max-sm:hidden">
                {format.percent(share(one.both, one.size))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
