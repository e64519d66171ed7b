import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Person } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';

/** What was told about a person, each with where it came from. */
export function Traits({ traits }: { traits: Person['traits'] }) {
  const { t } = useTranslation('people');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const list = Object.entries(traits).sort(([a], [b]) => a.localeCompare(b));
  if (list.length === 0) return <p className="text-quiet">{t('one.noTraits')}</p>;
  return (
    <dl className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-x-4 gap-y-2">
      {list.map(([name, trait]) => (
        <div key={name} className="contents">
          <dt className="truncate text-quiet" title={name}>
            {name}
          </dt>
          <dd
            className="[overflow-wrap:anywhere]"
            title={`${t('one.from', { from: trait.from })}, ${format.moment(trait.time)}`}
          >
            {typeof trait.value === 'object' ? JSON.stringify(trait.value) : String(trait.value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
