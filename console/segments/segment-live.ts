import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { askAnew } from '../api/ask-anew.ts';
import { useNews } from '../api/live.tsx';
import { useSession } from '../api/session.tsx';

/** A count is cheap; lists are asked for at leisure. */
const soonMs = 250;
const laterMs = 1500;
/** A report over all orders is not asked for with every coming and going. */
const rarelyMs = 5000;

/** Keeps what is shown of a segment fresh: what everybody looks at first at once, lists a little later. */
export function useSegmentNews(id: string): void {
  const { slug } = useSession();
  const cache = useQueryClient();
  const waiting = useRef({ soon: false, later: false, rarely: false });
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const all = timers.current;
    return () => {
      for (const timer of all) clearTimeout(timer);
    };
  }, []);
  const ask = (when: 'soon' | 'later' | 'rarely', afterMs: number, keys: readonly string[]) => {
    if (waiting.current[when]) return;
    waiting.current[when] = true;
    const timer = setTimeout(() => {
      waiting.current[when] = false;
      timers.current.delete(timer);
      for (const key of keys) askAnew(cache, [slug, 'segment', id, key]);
    }, afterMs);
    timers.current.add(timer);
  };
  useNews('segments', ({ segments, more }) => {
    if (!more && !segments.includes(id)) return;
    ask('soon', soonMs, ['count', 'history', 'why']);
    ask('later', laterMs, ['members', 'size']);
    ask('rarely', rarelyMs, ['overlap', 'worth']);
  });
}
