import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { BookOpen, HeartPulse, LogOut, type LucideIcon, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page, PersonSummary } from '../api/types.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Face, usePersonName } from '../kit/person-chip.tsx';
import type { Place } from './places.ts';
import { useTheme } from './theme.tsx';

const group =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-s [&_[cmdk-group-heading]]:text-quiet';
const line =
  'flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-3 data-[selected=true]:bg-good-wash';

/** Ctrl or Cmd K: go anywhere, do anything. */
export default function Palette(props: {
  places: readonly Place[];
  onClose: () => void;
  onSignOut: () => void;
}) {
  const { t } = useTranslation('frame');
  const { api, slug, may } = useSession();
  const { choose } = useTheme();
  const navigate = useNavigate();
  const nameOf = usePersonName();
  const [text, setText] = useState('');
  const found = useQuery({
    queryKey: [slug, 'people', 'found', text],
    queryFn: ({ signal }) => api.get<Page<PersonSummary>>('/api/people', { q: text, limit: 6 }, signal),
    enabled: text.trim().length > 1 && may('people:read'),
  });
  const done = (act: () => void) => () => {
    props.onClose();
    act();
  };
  const action = (label: string, Icon: LucideIcon, act: () => void) => (
    <Command.Item key={label} className={line} onSelect={done(act)}>
      <Icon size={16} aria-hidden="true" className="text-quiet" />
      {label}
    </Command.Item>
  );
  return (
    <Dialog open bare onClose={props.onClose} title={t('commandTitle')}>
      <Command label={t('commandTitle')} loop>
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder={t('commandHint')}
          className="w-full border-line border-b bg-raised px-4 py-3.5 text-m outline-none"
        />
        <Command.List className="max-h-96 overflow-y-auto p-2">
          <Command.Empty className="px-3 py-6 text-quiet">{t('nothing')}</Command.Empty>
          <Command.Group heading={t('group.go')} className={group}>
            {props.places.map((place) =>
              action(t(`places.${place.name}`), place.icon, () => void navigate({ to: place.to })),
            )}
          </Command.Group>
          {(found.data?.items.length ?? 0) > 0 && (
            <Command.Group heading={t('group.people')} className={group} forceMount>
              {found.data?.items.map((person) => (
                <Command.Item
                  forceMount
                  key={person.id}
                  value={`${text} ${person.id}`}
                  className={line}
                  onSelect={done(() => void navigate({ to: '/people/$id', params: { id: person.id } }))}
                >
                  <Face id={person.id} name={person.name} />
                  <span className="truncate">{nameOf(person)}</span>
                  <span className="truncate text-s text-quiet">{person.identifiers[0]}</span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading={t('group.do')} className={group}>
            {action(t('theme.light'), Sun, () => choose('light'))}
            {action(t('theme.dark'), Moon, () => choose('dark'))}
            {action(t('reference'), BookOpen, () => location.assign('/reference'))}
            {action(t('status'), HeartPulse, () => location.assign('/status'))}
            {action(t('signOut'), LogOut, props.onSignOut)}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}
