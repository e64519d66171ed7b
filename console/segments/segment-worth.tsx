import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Worth as Figures } from '../api/types.ts';
import { Computed } from '../kit/computed.tsx';
import { useFormat } from '../kit/format.ts';
import { rangesOf } from '../kit/period.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';

/** What the members bought in the period, beside what everybody else did. */
export function Worth({ id }: { id: string }) {
  const { t } = useTranslation('segments');
  const { api, slug, workspace } = useSession();
  const format = useFormat();
  const { period = '30d' } = useSearch({ from: '/inside' });
  const worth = useQuery({
    queryKey: [slug, 'segment', id, 'worth', period],
    queryFn: ({ signal }) => {
      const { from, to } = rangesOf(period, workspace.timeZone);
      return api.get<Figures>(`/api/segments/${id}/worth`, { from, to, humans: true }, signal);
    },
    placeholderData: keepPreviousData,
  });
  if (worth.error) return <ErrorState error={worth.error} onRetry={() => void worth.refetch()} />;
  if (worth.isPending) return <Skeleton lines={4} />;
  const { members, others } = worth.data;
  const share = (of: Figures['members']) => (of.people > 0 ? format.percent(of.buyers / of.people) : '–');
  const each = ({ people, revenue }: Figures['members']) =>
    format.sums(
      Object.fromEntries(
        Object.entries(revenue).map(([currency, sum]) => [
          currency,
          people > 0 ? (Number(sum) / people).toFixed(2) : '0',
        ]),
      ),
    );
  const rows: [string, (of: Figures['members']) => string[]][] = [
    [t('one.worthPeople'), (of) => [format.exact(of.people)]],
    [t('one.worthBuyers'), (of) => [format.exact(of.buyers)]],
    [t('one.worthShare'), (of) => [share(of)]],
    [t('one.worthOrders'), (of) => [format.exact(of.orders)]],
    [t('one.worthRevenue'), (of) => format.sums(of.revenue)],
    [t('one.worthEach'), each],
  ];
  return (
    <>
      <p className="mb-3 max-w-[68ch]">
        {members.buyers === 0
          ? t('one.worthNobody')
          : t('one.worthAnswer', { buyers: share(members), others: share(others) })}
      </p>
      <table className="mb-3 w-full text-left tabular-nums">
        <thead className="text-s text-quiet">
          <tr className="border-line border-b">
            <th scope="col" className="py-1.5 pr-4 font-normal">
              <span className="sr-only">{t('one.worthWho')}</span>
            </th>
            <th scope="col" className="py-1.5 pl-4 text-right font-normal">
              {t('one.worthMembers')}
            </th>
            <th scope="col" className="py-1.5 pl-4 text-right font-normal">
              {t('one.worthOthers')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, of]) => (
            <tr key={name} className="border-line border-b">
              <th scope="row" className="py-2 pr-4 font-normal text-quiet">
                {name}
              </th>
              {[members, others].map((side, i) => (
                <td key={i === 0 ? 'members' : 'others'} className="py-2 pl-4 text-right align-top">
                  {of(side).length === 0 ? '–' : of(side).map((line) => <div key={line}>{line}</div>)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Computed definition={t('one.worthHow')} />
    </>
  );
}
