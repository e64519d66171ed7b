import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Answered } from '#schema/insight/report';
import { useIsLive } from '../api/live.tsx';
import { useSession } from '../api/session.tsx';
import { type Address, useAddress } from '../kit/address.ts';
import { isPeriod, type Period, rangesOf } from '../kit/period.tsx';

/** What every report is asked, as it stands in the address. */
export const commonNames = ['segment', 'channel', 'source', 'store', 'compare'] as const;

/** The period goes along from report to report; the rest of a question does not. */
export const keepPeriod = ({ period }: { period?: unknown }): { period?: Period } =>
  isPeriod(period) ? { period } : {};

export type Own = Readonly<Record<string, string | undefined>>;

/** The common question of the address, as the API takes it. */
export function useQuestion(usual: Period = '30d') {
  const { workspace } = useSession();
  const [address, change] = useAddress();
  const period = isPeriod(address.period) ? address.period : usual;
  return {
    address,
    change,
    period,
    query: (): Address => {
      const { from, to } = rangesOf(period, workspace.timeZone);
      return { from, to, ...Object.fromEntries(commonNames.map((name) => [name, address[name]])) };
    },
  };
}

/** The answer of a report to the question of the address, with parameters of its own. */
export function useReport<Result>(
  name: string,
  o: { own?: Own | undefined; usual?: Period | undefined; enabled?: boolean } = {},
) {
  const { api, slug } = useSession();
  const isLive = useIsLive();
  const { query, address, period } = useQuestion(o.usual);
  const common = commonNames.map((one) => address[one] ?? '');
  return useQuery({
    queryKey: [slug, 'report', name, period, common, o.own],
    queryFn: ({ signal }) =>
      api.get<Answered<Result>>(`/api/reports/${name}`, { ...query(), ...o.own }, signal),
    enabled: o.enabled ?? true,
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? 120_000 : 60_000,
    staleTime: 15_000,
    retry: false,
  });
}
