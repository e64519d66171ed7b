import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useIsLive, useNews } from '../api/live.tsx';
import { useSession } from '../api/session.tsx';
import type { Event, EventInShort, Page } from '../api/types.ts';

export interface EventFilter {
  name?: string | undefined;
  source?: string | undefined;
  channel?: string | undefined;
  person?: string | undefined;
  humans?: boolean;
}

const awayMs = 5_000;
const mostKept = 400;

/** The address and the query by which the API lists what a filter lets through. */
export function listOf({ person, ...rest }: EventFilter): {
  path: string;
  query: Omit<EventFilter, 'person'>;
} {
  return { path: person ? `/api/people/${person}/events` : '/api/events', query: rest };
}

function passes(event: EventInShort, filter: EventFilter): boolean {
  return (
    (!filter.name || event.event === filter.name) &&
    (!filter.source || event.source === filter.source) &&
    (!filter.channel || event.channel === filter.channel) &&
    (!filter.person || event.person_id === filter.person) &&
    !(filter.humans && event.bot)
  );
}

/** The list with those that it has not yet and that do not lie behind its end, the newest first. */
function withEvents(page: Page<EventInShort>, come: readonly EventInShort[]): Page<EventInShort> {
  const known = new Set(page.items.map((event) => event.message_id));
  const last = page.next === null ? '' : (page.items.at(-1)?.time ?? '');
  const added = come.filter((event) => !known.has(event.message_id) && event.time >= last);
  if (added.length === 0) return page;
  const all = [...added.reverse(), ...page.items];
  return { ...page, items: all.sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0)) };
}

/**
 * The newest events: asked for once, then as the stream tells them; where it is away, asked for every few seconds.
 * While they are held nothing moves, and what comes is counted.
 */
export function useLiveEvents(o: { filter: EventFilter; limit: number; isHeld: boolean }) {
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const isLive = useIsLive();
  const { limit, isHeld } = o;
  const filter = useStable(o.filter);
  const queryKey = useMemo(() => [slug, 'events', 'live', filter, limit], [slug, filter, limit]);
  const [waiting, setWaiting] = useState(0);
  const fresh = useRef(new Set<string>());
  /** Told while an answer is on its way, which may be from before them. */
  const meanwhile = useRef<EventInShort[]>([]);
  /** Told since they are held: not to be shown before they are let go. */
  const held = useRef(new Set<string>());
  /** Whether the stream has told everything since the answer that is shown was asked for. */
  const isWhole = useRef(false);
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      meanwhile.current = [];
      isWhole.current = isLive;
      const { path, query: given } = listOf(filter);
      const page = await api.get<Page<EventInShort>>(path, { ...given, limit }, signal);
      const whole = withEvents(page, meanwhile.current);
      return { ...whole, items: whole.items.filter((event) => !held.current.has(event.message_id)) };
    },
    refetchInterval: isHeld || isLive ? false : awayMs,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const { refetch, isSuccess, isFetching } = query;

  // What happened while nobody told us.
  useEffect(() => {
    if (!isLive) isWhole.current = false;
    else if (isSuccess && !isFetching && !isHeld && !isWhole.current) void refetch();
  }, [isLive, isHeld, isSuccess, isFetching, refetch]);

  // What is shown already does not move for an answer that was on its way; it is asked for again once they are let go.
  useEffect(() => {
    if (!isHeld || !isSuccess || !isFetching) return;
    isWhole.current = false;
    void cache.cancelQueries({ queryKey, exact: true });
  }, [isHeld, isSuccess, isFetching, cache, queryKey]);

  const wasHeld = useRef(isHeld);
  useEffect(() => {
    if (!isHeld) held.current.clear();
    if (wasHeld.current && !isHeld && waiting > 0) {
      setWaiting(0);
      void refetch();
    }
    wasHeld.current = isHeld;
  }, [isHeld, waiting, refetch]);

  useNews('events', ({ items, skipped }) => {
    const come = items.filter((event) => passes(event, filter));
    if (isHeld) {
      for (const event of come) held.current.add(event.message_id);
      setWaiting((n) => n + come.length + skipped);
      return;
    }
    // Some were left out, and may be ones that we want; nobody could read that many one by one.
    if (skipped > 0) {
      isWhole.current = false;
      if (query.data) void refetch();
      return;
    }
    if (come.length === 0) return;
    meanwhile.current = [...meanwhile.current, ...come].slice(-mostKept);
    fresh.current = new Set(come.map((event) => event.message_id));
    cache.setQueryData<Page<EventInShort>>(queryKey, (now) => now && withEvents(now, come));
    // The end of the list is where older ones go on, so it is not cut off here.
    if ((query.data?.items.length ?? 0) > mostKept) void refetch();
  });

  const isFresh = useCallback((id: string) => fresh.current.has(id), []);
  return { ...query, isLive, waiting, isFresh };
}

/** The whole of an event that a list has in short. */
export function useWholeEvent(event: EventInShort | null) {
  const { api, slug } = useSession();
  return useQuery({
    queryKey: [slug, 'event', event?.message_id, event?.time],
    enabled: event !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      if (!event) return null;
      if ('context' in event) return event as Event;
      const { path } = listOf(event.person_id ? { person: event.person_id } : {});
      const to = new Date(Date.parse(event.time) + 1).toISOString();
      const page = await api.get<Page<Event>>(path, { from: event.time, to, limit: 1000 }, signal);
      return page.items.find((one) => one.message_id === event.message_id) ?? null;
    },
  });
}

const mostLookedAt = 1000;

/** One event out of what a filter lets through, where somebody was sent to it. */
export function useEventOf(id: string | undefined, filter: EventFilter) {
  const { api, slug } = useSession();
  return useQuery({
    queryKey: [slug, 'events', 'one', id, filter],
    enabled: id !== undefined,
    queryFn: async ({ signal }) => {
      const { path, query } = listOf(filter);
      const page = await api.get<Page<EventInShort>>(path, { ...query, limit: mostLookedAt }, signal);
      return page.items.find((one) => one.message_id === id) ?? null;
    },
  }).data;
}

/** The same object as long as it says the same. */
function useStable<T extends object>(value: T): T {
  const text = JSON.stringify(value);
  return useMemo(() => JSON.parse(text) as T, [text]);
}
