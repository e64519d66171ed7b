import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { PersonSummary } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { PersonChip, usePersonName } from '../kit/person-chip.tsx';
import type { Column } from '../kit/table.tsx';
import { Tag } from '../kit/tag.tsx';
import { IdentifierText } from './identifier-text.tsx';
import { traitText } from './trait-text.ts';

/** As many traits can be chosen as columns. */
const mostTraits = 60;

/** The columns of the list of people; each trait that was ever told can be one. */
export function usePeopleColumns(
  traits: readonly string[],
  shown: readonly string[] = [],
): Column<PersonSummary>[] {
  const { t } = useTranslation('people');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const nameOf = usePersonName();
  return [
    {
      id: 'person',
      title: t('person'),
      width: '2fr',
      shown: 'always',
      sortable: true,
      value: nameOf,
      cell: (person) => <PersonChip {...person} />,
    },
    {
      id: 'ids',
      title: t('ids'),
      width: '3fr',
      wideOnly: true,
      value: (person) => person.identifiers.join(' '),
      cell: (person) => (
        <span className="flex gap-4">
          {person.identifiers.slice(0, 3).map((text) => (
            <IdentifierText key={text} text={text} />
          ))}
        </span>
      ),
    },
    {
      id: 'kind',
      title: t('kind'),
      width: '84px',
      // On a phone there is room for one of the two.
      wideOnly: shown.includes('last'),
      value: (person) => t(person.known ? 'known' : 'visitor'),
      cell: (person) => (
        <Tag tone={person.known ? 'good' : 'plain'}>{t(person.known ? 'known' : 'visitor')}</Tag>
      ),
    },
    {
      id: 'since',
      title: t('since'),
      width: '120px',
      wideOnly: true,
      align: 'end',
      sortable: true,
      value: (person) => person.first_seen,
      cell: (person) => (
        <time dateTime={person.first_seen} title={format.moment(person.first_seen)} className="text-quiet">
          {format.day(person.first_seen)}
        </time>
      ),
    },
    {
      id: 'last',
      title: t('last'),
      width: '120px',
      align: 'end',
      sortable: true,
      shown: 'asked',
      value: (person) => person.last_seen ?? null,
      cell: ({ last_seen }) =>
        last_seen ? (
          <time dateTime={last_seen} title={format.moment(last_seen)} className="text-quiet">
            {format.ago(last_seen)}
          </time>
        ) : (
          '–'
        ),
    },
    ...traits.slice(0, mostTraits).map(
      (name): Column<PersonSummary> => ({
        id: `trait.${name}`,
        title: name,
        width: '1fr',
        wideOnly: true,
        shown: 'asked',
        value: (person) => traitText(person.traits?.[name] ?? null),
        cell: (person) => traitText(person.traits?.[name] ?? null) ?? '–',
      }),
    ),
  ];
}
