import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Asks anew for what begins with this key and is shown. A first answer that is still on its way is not called back and
 * may be from before what makes us ask, so it is asked for once more when it has come.
 */
export function askAnew(cache: QueryClient, queryKey: QueryKey): void {
  const underWay = cache
    .getQueryCache()
    .findAll({ queryKey, fetchStatus: 'fetching', predicate: ({ state }) => state.data === undefined });
  void cache.invalidateQueries({ queryKey });
  for (const query of underWay) {
    void query.fetch().then(
      () => cache.invalidateQueries({ queryKey: query.queryKey, exact: true }),
      () => {},
    );
  }
}
