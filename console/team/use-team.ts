import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Api } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import type { Member, Members } from '../api/types.ts';

/** A team is some dozens; all of it is fetched, page after page. */
async function fetchTeam(api: Api, signal: AbortSignal): Promise<Member[]> {
  const all: Member[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Members = await api.get<Members>('/api/team', { cursor, limit: 500 }, signal);
    all.push(...page.items);
    cursor = page.cursor;
  }
  return all;
}

export function useTeam() {
  const { api, slug, may } = useSession();
  return useQuery({
    queryKey: [slug, 'team'],
    queryFn: ({ signal }) => fetchTeam(api, signal),
    enabled: may('team:read'),
  });
}

/** Who stands behind `user:<id>`, `cli`, `program` and the like. */
export function useActorName(): (actor: string, known?: string | null) => string {
  const { t } = useTranslation('team');
  const team = useTeam();
  return (actor, known = null) => {
    if (known) return known;
    const id = actor.startsWith('user:') ? actor.slice(5) : null;
    const member = team.data?.find((one) => one.id === id);
    if (member) return member.name;
    if (id) return t('former');
    if (actor.startsWith('key:')) return t('aKey');
    if (actor === 'cli') return t('cli');
    return actor === 'program' || actor === 'environment' ? t(actor) : actor;
  };
}
