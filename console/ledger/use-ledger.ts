import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { LawAnswer, LogAnswer, ProposalAnswer, Report } from '#schema/points/desk';
import { useSession } from '../api/session.tsx';
import { pointsKey } from '../points/use-points.ts';

export type { MovementAnswer as Movement } from '#schema/points';
export type {
  ProposalAnswer as Proposal,
  ReceiptReadAnswer as ReceiptRead,
  Report,
} from '#schema/points/desk';

/** The name of a query about a programme's books; all of them begin as those of points do. */
export function useLedgerKey() {
  const { slug } = useSession();
  return (...parts: string[]) => [...pointsKey(slug), 'ledger', ...parts];
}

export function useReport(programme: string) {
  const { api } = useSession();
  const key = useLedgerKey();
  return useQuery({
    queryKey: key('report', programme),
    queryFn: ({ signal }) => api.get<Report>(`/api/points/${programme}/report`, {}, signal),
    refetchInterval: 15_000,
  });
}

export function useProposals(programme: string) {
  const { api } = useSession();
  const key = useLedgerKey();
  return useQuery({
    queryKey: key('proposals', programme),
    queryFn: ({ signal }) =>
      api.get<{ items: ProposalAnswer[] }>(`/api/points/${programme}/proposals`, {}, signal),
    refetchInterval: 5_000,
  });
}

export function useLogState(programme: string) {
  const { api } = useSession();
  const key = useLedgerKey();
  return useQuery({
    queryKey: key('log', programme),
    queryFn: ({ signal }) => api.get<LogAnswer>(`/api/points/${programme}/log`, {}, signal),
    refetchInterval: 3_000,
  });
}

export function useLaws() {
  const { api } = useSession();
  const key = useLedgerKey();
  return useQuery({
    queryKey: key('laws'),
    queryFn: ({ signal }) => api.get<{ items: LawAnswer[] }>('/api/points/laws', {}, signal),
    refetchInterval: 30_000,
  });
}

/** After something moved, everything that speaks of points is asked anew. */
export function useMoved() {
  const { slug } = useSession();
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: pointsKey(slug) });
}
