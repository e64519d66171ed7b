import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { LogOut, Monitor, Smartphone } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { OpenSession, OpenSessions } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Page, Section } from '../kit/page.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { deviceOf } from './device.ts';

/** Where I am signed in; for owners also where their team is. */
export default function Sessions() {
  const { t } = useTranslation('sessions');
  const { api, slug, who, may } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const mine = useSessions('/api/sessions', true);
  const ofTeam = useSessions('/api/team/sessions', may('team:write'));
  const endOthers = useMutation({
    mutationFn: () => api.send<{ ended: number }>('DELETE', '/api/sessions'),
    onSuccess: ({ ended }) => {
      tell(t('endedOthers', { count: ended }));
      return cache.invalidateQueries({ queryKey: [slug, 'sessions'] });
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const others = ofTeam.rows.filter(({ user }) => user.id !== who.user?.id);
  return (
    <Page
      title={t('title')}
      answer={mine.isLoaded ? t('answer', { count: mine.rows.length }) : undefined}
      actions={
        mine.rows.length > 1 && (
          <Button icon={LogOut} busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t('endOthers')}
          </Button>
        )
      }
    >
      {mine.error && <ErrorState error={mine.error} onRetry={mine.retry} />}
      {!mine.isLoaded && !mine.error && <Skeleton lines={3} />}
      <SessionList sessions={mine.rows} path="/api/sessions" />
      {mine.more}
      {may('team:write') && (
        <div className="mt-8">
          <Section title={t('team')} note={t('teamNote')}>
            {ofTeam.error && <ErrorState error={ofTeam.error} onRetry={ofTeam.retry} />}
            {ofTeam.isLoaded && others.length === 0 && <p className="py-2 text-quiet">{t('noOthers')}</p>}
            <SessionList sessions={others} path="/api/team/sessions" isTeam />
            {ofTeam.more}
          </Section>
        </div>
      )}
    </Page>
  );
}

function useSessions(path: string, enabled: boolean) {
  const { t } = useTranslation('sessions');
  const { api, slug } = useSession();
  const list = useInfiniteQuery({
    queryKey: [slug, 'sessions', path],
    queryFn: ({ pageParam, signal }) => api.get<OpenSessions>(path, { cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor,
    enabled,
  });
  return {
    rows: list.data?.pages.flatMap((page) => page.items) ?? [],
    isLoaded: list.data !== undefined,
    error: list.error,
    retry: () => void list.refetch(),
    more: list.hasNextPage && (
      <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {t('more')}
      </Button>
    ),
  };
}

function SessionList(props: { sessions: readonly OpenSession[]; path: string; isTeam?: boolean }) {
  const { t } = useTranslation('sessions');
  const { api, slug, workspace } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const format = useFormat(workspace.timeZone);
  const end = useMutation({
    mutationFn: ({ id }: OpenSession) => api.send('DELETE', `${props.path}/${id}`),
    onSuccess: () => tell(t('ended')),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
    onSettled: () => cache.invalidateQueries({ queryKey: [slug, 'sessions'] }),
  });
  return (
    <ul className="divide-y divide-line">
      {props.sessions.map((session) => {
        const { browser, system, isPhone } = deviceOf(session.agent);
        const Icon = isPhone ? Smartphone : Monitor;
        const device =
          browser && system ? t('device', { browser, system }) : (browser ?? system ?? t('unknown'));
        return (
          <li key={session.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <Icon size={20} strokeWidth={1.5} aria-hidden="true" className="shrink-0 text-quiet" />
            <div className="min-w-0 grow basis-56">
              <p className="flex flex-wrap items-center gap-x-2">
                <span className="font-medium" title={session.agent}>
                  {props.isTeam ? session.user.name : device}
                </span>
                {props.isTeam && <span className="text-quiet">{device}</span>}
                {session.current && <Tag tone="good">{t('here')}</Tag>}
              </p>
              <p className="text-s text-quiet">
                <span title={format.moment(session.seenAt)}>
                  {t('seen', { ago: format.ago(session.seenAt) })}
                </span>
                {' · '}
                {t('since', { moment: format.moment(session.createdAt), address: session.address })}
              </p>
            </div>
            {!session.current && (
              <Button
                icon={LogOut}
                busy={end.isPending && end.variables.id === session.id}
                onClick={() => end.mutate(session)}
              >
                {t('end')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
