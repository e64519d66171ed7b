import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useSession } from '../api/session.tsx';
import type { Event, Page } from '../api/types.ts';

export interface EventFilter {
  name?: string | undefined;
  source?: string | undefined;
  humans?: boolean;
}

/** The newest events, asked for every two seconds while nobody holds them. */
export function useLiveEvents(o: { filter?: EventFilter; limit: number; isHeld: boolean }) {
  const { api, slug } = useSession();
  const { filter = {}, limit, isHeld } = o;
  const query = useQuery({
    queryKey: [slug, 'events', 'live', filter, limit],
    queryFn: ({ signal }) => api.get<Page<Event>>('/api/events', { ...filter, limit }, signal),
    refetchInterval: isHeld ? false : 2000,
    refetchOnWindowFocus: !isHeld,
  });
  // What was there at first look does not slide in; what comes after it does.
  const seen = useRef<Set<string> | null>(null);
  const ids = query.data?.items.map((event) => event.message_id);
  const before = seen.current;
  if (ids) seen.current = new Set(ids);
  return { ...query, isFresh: (id: string) => before !== null && !before.has(id) };
}
