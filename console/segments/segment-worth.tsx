import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Worth as Figures } from '../api/types.ts';
import { Computed } from '../kit/computed.tsx';
import { useFormat } from '../kit/format.ts';
import { rangesOf } from '../kit/period.tsx';
import { Rows } from '../kit/rows.tsx';
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
      <div className="mb-3">
        <Rows
          label={t('one.worthWho')}
          head={[
            <span key="who" className="sr-only">
              {t('one.worthWho')}
            </span>,
            t('one.worthMembers'),
            t('one.worthOthers'),
          ]}
          rows={rows.map(([name, of]) => ({
            key: name,
            cells: [
              <span key="name" className="text-quiet">
                {name}
              </span>,
              ...[members, others].map((side) =>
                of(side).length === 0 ? '–' : of(side).map((line) => <div key={line}>{line}</div>),
              ),
            ],
          }))}
        />
      </div>
      <Computed definition={t('one.worthHow')} />
    </>
  );
}
