import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { AuditLine, Keys, Source } from '../api/types.ts';
import { useTeam } from '../team/use-team.ts';
import { useWordsOr } from '../words/words-or.ts';

/** The names of the newest keys, which are nearly always all of them. */
export function useKeyNames() {
  const { api, slug, may } = useSession();
  return useQuery({
    queryKey: [slug, 'keys', 'names'],
    queryFn: ({ signal }) => api.get<Keys>('/api/keys', { limit: 500 }, signal),
    enabled: may('keys:read'),
  });
}

/** A line of the audit list in words: what was done, to what, and what else is to know. */
export function useAuditWords() {
  const { t } = useTranslation('audit');
  const { api, slug, may } = useSession();
  const { t: team } = useTranslation('team');
  const wordsOr = useWordsOr('audit');
  const teamOr = useWordsOr('team');
  const settingsOr = useWordsOr('settings');
  const members = useTeam();
  const keys = useKeyNames();
  const sources = useQuery({
    queryKey: [slug, 'sources'],
    queryFn: ({ signal }) => api.get<{ items: Source[] }>('/api/sources', {}, signal),
    enabled: may('sources:read'),
  });
  const keyName = (id: string) => keys.data?.items.find((one) => one.id === id)?.name;
  const sourceName = (id: string) => sources.data?.items.find((one) => one.id === id)?.name;

  function what(action: string): string {
    return wordsOr(`actions.${action}`, action);
  }

  function subject(text: string): ReactNode {
    const at = text.indexOf(':');
    const [kind, id] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    if (kind === 'person') {
      return (
        <Link to="/people/$id" params={{ id }} className="link">
          {t('subjects.person', { id: id.slice(-5) })}
        </Link>
      );
    }
    if (kind === 'user') {
      return members.data?.find((one) => one.id === id)?.name ?? team('former');
    }
    const named = kind === 'key' ? keyName(id) : kind === 'source' ? sourceName(id) : undefined;
    if (named) return named;
    if (kind === 'computed') return id;
    if (kind === 'settings') return wordsOr(`sections.${id}`, id);
    return wordsOr(`subjects.${kind}`, text);
  }

  function more({ detail }: AuditLine): string {
    const said: string[] = [];
    const role = (value: string) => teamOr(`roles.${value}`, value);
    const { from, to, role: given, keys, scopes, name, events, purposes } = detail;
    if (typeof from === 'string' && typeof to === 'string') said.push(`${role(from)} → ${role(to)}`);
    if (typeof given === 'string') said.push(role(given));
    if (Array.isArray(keys))
      said.push(keys.map((key) => wordsOr(`keys.${String(key)}`, String(key))).join(', '));
    if (Array.isArray(scopes)) said.push(t('scopes', { count: scopes.length }));
    if (typeof name === 'string') said.push(name);
    if (typeof events === 'number') said.push(t('events', { count: events }));
    if (Array.isArray(purposes))
      said.push(purposes.map((one) => settingsOr(`consent.known.${String(one)}`, String(one))).join(', '));
    return said.join(' · ');
  }

  return { what, subject, more };
}
