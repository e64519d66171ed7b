import { useQuery } from '@tanstack/react-query';
import type { RewardAnswer } from '#schema/rewards';
import type { Programme } from '#schema/rewards/desk';
import { useSession } from '../api/session.tsx';
import { useAddress } from '../kit/address.ts';

export type {
  Cost,
  DryRunAnswer as DryRun,
  RedemptionAnswer as Redemption,
  RewardAnswer as Reward,
  RuleAnswer as Rule,
  RuleBody,
  VoucherAnswer as Voucher,
} from '#schema/rewards';
export type { Programme } from '#schema/rewards/desk';

export const pointsKey = (slug: string) => [slug, 'points'];

export function useProgrammes() {
  const { api, slug, may } = useSession();
  return useQuery({
    queryKey: [...pointsKey(slug), 'programmes'],
    queryFn: ({ signal }) => api.get<{ items: Programme[] }>('/api/rewards/programmes', {}, signal),
    enabled: may('rewards:read'),
    staleTime: 30_000,
  });
}

/** The one that the address names, or the first. */
export function useProgramme(): Programme | undefined {
  const [address] = useAddress();
  const all = useProgrammes().data?.items ?? [];
  return all.find(({ id }) => id === address.programme) ?? all[0];
}

export function useRewards(programme: string) {
  const { api, slug } = useSession();
  return useQuery({
    queryKey: [...pointsKey(slug), 'rewards', programme],
    queryFn: ({ signal }) => api.get<{ items: RewardAnswer[] }>('/api/rewards', { programme }, signal),
  });
}
