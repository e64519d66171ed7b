import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { askAnew } from './ask-anew.ts';
import { type News, openLive } from './live-stream.ts';
import { useSession, whoKey } from './session.tsx';
import type { LiveNews } from './types.ts';

/** Which answers are asked for anew when a topic tells something; a page's key begins with the workspace. */
const stale: Record<Exclude<keyof LiveNews, 'events' | 'imports' | 'segments'>, readonly string[]> = {
  people: ['people'],
  conflicts: ['conflicts'],
  sources: ['sources', 'source'],
  quarantine: ['quarantine'],
  settings: ['settings', 'workspaces'],
};

/** By which a person's erasure is known while it runs. */
export const eraseKey = (slug: string) => [slug, 'erase'];

type Listener = (news: News) => void;

interface Live {
  /** False: pages have to ask for themselves. */
  isOpen: boolean;
  listen(listener: Listener): () => void;
}

const LiveContext = createContext<Live | null>(null);

/** One stream for all pages of this tab, and only while the tab is looked at: browsers allow few lines to a server. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { slug, may } = useSession();
  const cache = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const listeners = useRef(new Set<Listener>());
  const isAllowed = may('events:read');

  useEffect(() => {
    if (!isAllowed) return;
    let close: (() => void) | undefined;
    const told = (news: News) => {
      // Too slow, or away for long: what is shown may be anything.
      if (news.event === 'missed') askAnew(cache, [slug]);
      if (news.event === 'people') {
        const { ids, erased, more } = news.data as LiveNews['people'];
        // Who erases somebody here looks anew once that is answered; the news of it may well be quicker.
        const isMine = erased > 0 && cache.isMutating({ mutationKey: eraseKey(slug) }) > 0;
        const which = isMine ? [] : more || erased > 0 ? [[]] : ids.map((id) => [id]);
        for (const key of which) askAnew(cache, [slug, 'person', ...key]);
      }
      if (news.event === 'imports') {
        // Not what a file seems to be: that is asked with the file in hand.
        void cache.invalidateQueries({ queryKey: [slug, 'imports'], exact: true });
        askAnew(cache, [slug, 'imports', 'one']);
      }
      for (const topic of stale[news.event as keyof typeof stale] ?? []) askAnew(cache, [slug, topic]);
      for (const listener of listeners.current) listener(news);
    };
    const look = () => {
      if (document.hidden) {
        close?.();
        close = undefined;
        setOpen(false);
      } else {
        close ??= openLive({
          workspace: slug,
          onNews: told,
          onState: (state) => {
            setOpen(state === 'open');
            if (state === 'over') void cache.invalidateQueries({ queryKey: whoKey });
          },
        });
      }
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      close?.();
    };
  }, [slug, isAllowed, cache]);

  const live = useMemo(
    () => ({
      isOpen,
      listen(listener: Listener) {
        listeners.current.add(listener);
        return () => void listeners.current.delete(listener);
      },
    }),
    [isOpen],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** Whether news come by themselves. */
export function useIsLive(): boolean {
  return useContext(LiveContext)?.isOpen ?? false;
}

/** Calls back with what a topic tells. */
export function useNews<T extends keyof LiveNews>(topic: T, told: (data: LiveNews[T]) => void): void {
  const listen = useContext(LiveContext)?.listen;
  const latest = useRef(told);
  useEffect(() => {
    latest.current = told;
  });
  useEffect(
    () =>
      listen?.((news) => {
        if (news.event === topic) latest.current(news.data as LiveNews[T]);
      }),
    [listen, topic],
  );
}
