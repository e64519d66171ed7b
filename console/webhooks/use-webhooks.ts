import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Webhook } from '../api/types.ts';
import { useWordsOr } from '../words/words-or.ts';

export const webhooksKey = (slug: string) => [slug, 'webhooks'];

/** The webhooks of the workspace; their figures move while messages go out. */
export function useWebhooks() {
  const { api, slug, may } = useSession();
  return useQuery({
    queryKey: webhooksKey(slug),
    queryFn: ({ signal }) => api.get<{ items: Webhook[] }>('/api/webhooks', {}, signal),
    enabled: may('webhooks:read'),
    refetchInterval: 4_000,
  });
}

/** What webhooks are told of, in words. */
export function useTypeWords(): (type: string) => string {
  const wordsOr = useWordsOr('webhooks');
  return (type) => wordsOr(`types.${type.replaceAll('.', '-')}`, type);
}

export function useTypeList(): (types: readonly string[]) => string {
  const { i18n } = useTranslation();
  const wordOf = useTypeWords();
  return (types) => new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(types.map(wordOf));
}
