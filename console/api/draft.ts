import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { useSession } from './session.tsx';

/**
 * What somebody typed and did not save yet. It outlives the page, a session that ends and the sign-in after it; it is
 * kept in memory only, because it may be about people, and goes when they sign out.
 */
export function useDraft<T extends object>(name: string) {
  const { who, slug } = useSession();
  const cache = useQueryClient();
  const key = ['draft', who.user?.id ?? '', slug, name];
  const { data } = useQuery<Partial<T>>({
    queryKey: key,
    queryFn: () => ({}),
    initialData: {},
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const draft: Partial<T> = data ?? {};
  const path = JSON.stringify(key);
  const set = useCallback(
    (next: Partial<T>) => cache.setQueryData<Partial<T>>(JSON.parse(path), next),
    [cache, path],
  );
  const isDirty = Object.keys(draft).length > 0;
  useEffect(() => {
    if (!isDirty) return;
    const hold = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', hold);
    return () => removeEventListener('beforeunload', hold);
  }, [isDirty]);
  return { draft, isDirty, set, clear: useCallback(() => set({}), [set]) };
}
