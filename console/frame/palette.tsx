import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { BookOpen, HeartPulse, LogOut, type LucideIcon, Moon, Shapes, Sun } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page, PersonSummary } from '../api/types.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Face, usePersonName } from '../kit/person-chip.tsx';
import { IdentifierText } from '../people/identifier-text.tsx';
import { settingsPlaces } from '../settings/places.ts';
import type { Place } from './places.ts';
import { useTheme } from './theme.tsx';

const group =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-s [&_[cmdk-group-heading]]:text-quiet';
const line =
  'flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-3 data-[selected=true]:bg-good-wash';

type Act = [label: string, icon: LucideIcon, act: () => void];

/** Ctrl or Cmd K: go anywhere, do anything. */
export default function Palette(props: {
  places: readonly Place[];
  onClose: () => void;
  onSignOut: () => void;
}) {
  const { t } = useTranslation('frame');
  const { t: settings } = useTranslation('settings');
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
  const fits = (label: string) => label.toLowerCase().includes(text.trim().toLowerCase());
  const going = props.places
    .map(({ to, name, icon }): Act => [t(`places.${name}`), icon, () => void navigate({ to })])
    .concat(
      settingsPlaces
        .filter(({ needs }) => !needs || may(needs))
        .map(({ to, name, icon }) => [settings(`places.${name}`), icon, () => void navigate({ to })]),
    )
    .filter(([label]) => fits(label));
  const people = text.trim().length > 1 ? (found.data?.items ?? []) : [];
  const doing = (
    [
      ...(may('segments:write')
        ? [[t('newSegment'), Shapes, () => void navigate({ to: '/segments/new' })] satisfies Act]
        : []),
      [t('theme.light'), Sun, () => choose('light')],
      [t('theme.dark'), Moon, () => choose('dark')],
      [t('reference'), BookOpen, () => location.assign('/reference')],
      [t('status'), HeartPulse, () => location.assign('/status')],
      [t('signOut'), LogOut, props.onSignOut],
    ] satisfies Act[]
  ).filter(([label]) => fits(label));
  // People are found a moment after the letters: what Enter means is set anew with every answer.
  const first = going[0]?.[0] ?? people[0]?.id ?? doing[0]?.[0] ?? '';
  const [chosen, setChosen] = useState(first);
  useEffect(() => setChosen(first), [first]);
  const lines = (acts: readonly Act[]) =>
    acts.map(([label, Icon, act]) => (
      <Command.Item key={label} value={label} className={line} onSelect={done(act)}>
        <Icon size={16} aria-hidden="true" className="text-quiet" />
        {label}
      </Command.Item>
    ));
  return (
    <Dialog open bare onClose={props.onClose} title={t('commandTitle')}>
      <Command label={t('commandTitle')} loop shouldFilter={false} value={chosen} onValueChange={setChosen}>
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder={t('commandHint')}
          className="w-full border-line border-b bg-raised px-4 py-3.5 text-m outline-none"
        />
        <Command.List className="max-h-96 overflow-y-auto p-2">
          <Command.Empty className="px-3 py-6 text-quiet">{t('nothing')}</Command.Empty>
          {going.length > 0 && (
            <Command.Group heading={t('group.go')} className={group}>
              {lines(going)}
            </Command.Group>
          )}
          {people.length > 0 && (
            <Command.Group heading={t('group.people')} className={group}>
              {people.map((person) => (
                <Command.Item
                  key={person.id}
                  value={person.id}
                  className={line}
                  onSelect={done(() => void navigate({ to: '/people/$id', params: { id: person.id } }))}
                >
                  <Face id={person.id} name={person.name} />
                  <span className="truncate">{nameOf(person)}</span>
                  <span className="min-w-0 truncate text-s text-quiet">
                    <IdentifierText text={person.identifiers[0] ?? ''} />
                  </span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {doing.length > 0 && (
            <Command.Group heading={t('group.do')} className={group}>
              {lines(doing)}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}
