import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { MailX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Invitation, Invitations } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { ErrorState, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { useActorName } from './use-team.ts';

/** Links that are out and were not used yet. */
export function InvitationList() {
  const { t } = useTranslation('team');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const actorName = useActorName();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const list = useInfiniteQuery({
    queryKey: [slug, 'invitations'],
    queryFn: ({ pageParam, signal }) =>
      api.get<Invitations>('/api/team/invitations', { cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor,
  });
  const withdraw = useMutation({
    mutationFn: ({ id }: Invitation) => api.send('DELETE', `/api/team/invitations/${id}`),
    onSuccess: (_answer, { email }) => tell(t('withdrawn', { email })),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
    onSettled: () => cache.invalidateQueries({ queryKey: [slug, 'invitations'] }),
  });
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t('invitations')} note={t('invitationsNote')}>
      <ul className="divide-y divide-line">
        {items.map((invitation) => (
          <li key={invitation.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <div className="min-w-0 grow basis-48">
              <p className="truncate font-medium">{invitation.email}</p>
              <p className="text-s text-quiet">
                {t('invitedBy', {
                  role: t(`roles.${invitation.role}`),
                  name: actorName(invitation.invitedBy),
                  ago: format.ago(invitation.createdAt),
                })}
                {' · '}
                {t('validUntil', { moment: format.moment(invitation.expiresAt) })}
              </p>
            </div>
            <Button
              icon={MailX}
              busy={withdraw.isPending && withdraw.variables.id === invitation.id}
              onClick={() => withdraw.mutate(invitation)}
            >
              {t('withdraw')}
            </Button>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-2" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('moreInvitations')}
        </Button>
      )}
    </Section>
  );
}
