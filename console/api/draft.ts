import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSession } from './session.tsx';

/**
 * What somebody typed and did not save yet. It outlives the page, a session that ends and the sign-in after it; it is
 * kept in memory only, because it may be about people, and goes when they sign out.
 */
export function useDraft<T extends object>(name: string) {
  const { who, slug } = useSession();
  const cache = useQueryClient();
  const key = ['draft', who.user?.id ?? '', slug, name];
  // Fields are drawn from state: what the cache tells comes a moment late, and would put the cursor at the end.
  const [draft, setDraft] = useState<Partial<T>>(() => cache.getQueryData<Partial<T>>(key) ?? {});
  const set = (next: Partial<T>) => {
    cache.setQueryDefaults(['draft'], { gcTime: Number.POSITIVE_INFINITY });
    cache.setQueryData<Partial<T>>(key, next);
    setDraft(next);
  };
  const isDirty = Object.keys(draft).length > 0;
  useEffect(() => {
    if (!isDirty) return;
    const hold = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', hold);
    return () => removeEventListener('beforeunload', hold);
  }, [isDirty]);
  return { draft, isDirty, set, clear: () => set({}) };
}
