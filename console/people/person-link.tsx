import { useQuery } from '@tanstack/react-query';
import { useSession } from '../api/session.tsx';
import { PersonChip } from '../kit/person-chip.tsx';

/** Who a person is of whom only the id is at hand: asked for together with others, and kept for a while. */
function useSummary(id: string | undefined) {
  const { slug, summaryOf, may } = useSession();
  return useQuery({
    queryKey: [slug, 'person', id, 'summary'],
    queryFn: () => summaryOf(id ?? ''),
    enabled: id !== undefined && may('people:read'),
    staleTime: 600_000,
  });
}

/** A person of whom only the id is at hand. */
export function PersonLink({ id }: { id: string }) {
  const { data } = useSummary(id);
  return <PersonChip id={data?.id ?? id} name={data?.name} identifiers={data?.identifiers} />;
}
