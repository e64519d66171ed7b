import { useQuery } from '@tanstack/react-query';
import { useSession } from '../api/session.tsx';
import type { Person } from '../api/types.ts';
import { PersonChip } from '../kit/person-chip.tsx';

/** A person of whom only the id is at hand; who it is is asked for once, and kept for a while. */
export function PersonLink({ id }: { id: string }) {
  const { api, slug } = useSession();
  const person = useQuery({
    queryKey: [slug, 'person', id],
    queryFn: ({ signal }) => api.get<Person>(`/api/people/${id}`, {}, signal),
    staleTime: 600_000,
  });
  const labels = person.data?.identifiers.map(({ kind, value }) => `${kind}:${value}`);
  return <PersonChip id={id} name={person.data?.name} identifiers={labels} />;
}
