import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, KeyRound, Plus, UserRoundMinus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ROLES, type Role } from '#schema/identity';
import { useSession, whoKey } from '../api/session.tsx';
import type { Link, Member } from '../api/types.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { TypeToConfirm } from '../kit/confirm.tsx';
import { useFormat } from '../kit/format.ts';
import { Menu } from '../kit/menu.tsx';
import { Page, Section } from '../kit/page.tsx';
import { Face } from '../kit/person-chip.tsx';
import { ErrorState, Skeleton, useProblemText } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { useTell } from '../kit/toast.tsx';
import { InvitationList } from './invitations.tsx';
import { InviteDialog } from './invite.tsx';
import { LinkDialog } from './link.tsx';
import { useTeam } from './use-team.ts';

/** Who works with this brand's customers, and who is invited to. */
export default function Team() {
  const { t } = useTranslation('team');
  const { may } = useSession();
  const team = useTeam();
  const [isInviting, setInviting] = useState(false);
  const members = team.data ?? [];
  return (
    <Page
      title={t('title')}
      answer={team.data ? t('answer', { count: members.length }) : undefined}
      actions={
        may('team:write') && (
          <Button look="main" icon={Plus} onClick={() => setInviting(true)}>
            {t('invite')}
          </Button>
        )
      }
    >
      {team.error && <ErrorState error={team.error} onRetry={() => void team.refetch()} />}
      {team.isPending && !team.error && <Skeleton lines={4} />}
      <ul className="mb-8 divide-y divide-line">
        {members.map((member) => (
          <MemberLine key={member.id} member={member} />
        ))}
      </ul>
      {may('team:write') && <InvitationList />}
      <Section title={t('rolesTitle')}>
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[120px_1fr]">
          {ROLES.map((role) => (
            <div key={role} className="contents">
              <dt className="font-medium">{t(`roles.${role}`)}</dt>
              <dd className="text-quiet max-sm:mb-2">{t(`roleNotes.${role}`)}</dd>
            </div>
          ))}
        </dl>
      </Section>
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}

function MemberLine({ member }: { member: Member }) {
  const { t } = useTranslation('team');
  const { api, slug, workspace, who, may } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const format = useFormat(workspace.timeZone);
  const [asked, setAsked] = useState<'remove' | Role | null>(null);
  const isMe = member.id === who.user?.id;
  const path = `/api/team/${member.id}`;
  const again = () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: [slug, 'team'] }),
      ...(isMe ? [cache.invalidateQueries({ queryKey: whoKey })] : []),
    ]);
  const changeRole = useMutation({
    mutationFn: (role: Role) => api.send('PATCH', path, { role }),
    onSuccess: (_answer, role) => {
      const undo = () => giveBack.mutate(member.role);
      tell(t('roleChanged', { name: member.name, role: t(`roles.${role}`) }), isMe ? {} : { undo });
      setAsked(null);
    },
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
    onSettled: again,
  });
  const giveBack = useMutation({
    mutationFn: (role: Role) => api.send('PATCH', path, { role }),
    onSuccess: (_answer, role) => tell(t('roleBack', { name: member.name, role: t(`roles.${role}`) })),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
    onSettled: again,
  });
  const remove = useMutation({
    mutationFn: () => api.send('DELETE', path),
    onSuccess: () => {
      setAsked(null);
      tell(t('removed', { name: member.name }));
      return again();
    },
  });
  const reset = useMutation({
    mutationFn: () => api.send<Link>('POST', `${path}/reset`),
    onError: (error) => tell(problem(error), { tone: 'wrong' }),
  });
  const shownRole = changeRole.isPending ? changeRole.variables : member.role;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <Face id={member.id} name={member.name} />
      <div className="min-w-0 grow basis-48">
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{member.name}</span>
          {isMe && <Tag>{t('me')}</Tag>}
        </p>
        <p className="truncate text-s text-quiet">{member.email}</p>
      </div>
      <p
        className="text-s text-quiet max-md:hidden"
        title={member.seenAt ? format.moment(member.seenAt) : ''}
      >
        {member.seenAt ? t('seen', { ago: format.ago(member.seenAt) }) : t('notSeen')}
      </p>
      {may('team:write') ? (
        <span className="ml-auto flex items-center gap-1">
          <select
            aria-label={t('roleOf', { name: member.name })}
            className="field w-auto min-w-32"
            value={shownRole}
            disabled={changeRole.isPending}
            onChange={(event) => {
              const role = event.target.value as Role;
              // Whoever makes themselves less cannot take it back.
              if (isMe) setAsked(role);
              else changeRole.mutate(role);
            }}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`roles.${role}`)}
              </option>
            ))}
          </select>
          <Menu
            trigger={<IconButton icon={Ellipsis} label={t('more', { name: member.name })} />}
            items={[
              { label: t('resetLink'), icon: KeyRound, onChoose: () => reset.mutate() },
              {
                label: t(isMe ? 'leave' : 'remove'),
                icon: UserRoundMinus,
                onChoose: () => setAsked('remove'),
              },
            ]}
          />
        </span>
      ) : (
        <span className="ml-auto text-quiet">{t(`roles.${member.role}`)}</span>
      )}
      {asked === 'remove' && (
        <TypeToConfirm
          title={t(isMe ? 'leaveTitle' : 'removeTitle', { name: member.name })}
          note={t(isMe ? 'leaveNote' : 'removeNote')}
          name={member.name}
          verb={t(isMe ? 'leave' : 'remove')}
          icon={UserRoundMinus}
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => {
            setAsked(null);
            remove.reset();
          }}
        />
      )}
      {asked !== null && asked !== 'remove' && (
        <TypeToConfirm
          title={t('demoteTitle', { role: t(`roles.${asked}`) })}
          note={t('demoteNote')}
          name={member.name}
          verb={t('demote')}
          icon={UserRoundMinus}
          busy={changeRole.isPending}
          error={changeRole.error}
          onConfirm={() => changeRole.mutate(asked)}
          onClose={() => setAsked(null)}
        />
      )}
      {reset.data && (
        <LinkDialog
          title={t('resetTitle', { name: member.name })}
          note={t('resetNote', { name: member.name })}
          link={reset.data}
          onClose={() => reset.reset()}
        />
      )}
    </li>
  );
}
