import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Person, TraitHistory } from '../api/types.ts';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { IdentifierText } from './identifier-text.tsx';
import { traitText } from './trait-text.ts';

/** What was told about a person, each with where it came from; a press tells what was said before. */
export function Traits({ id, traits }: { id: string; traits: Person['traits'] }) {
  const { t } = useTranslation('people');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const [opened, setOpened] = useState<string | null>(null);
  const list = Object.entries(traits).sort(([a], [b]) => a.localeCompare(b));
  if (list.length === 0) return <p className="text-quiet">{t('one.noTraits')}</p>;
  return (
    <>
      <ul>
        {list.map(([name, trait]) => (
          <li key={name}>
            <button
              type="button"
              className="group grid w-full grid-cols-[minmax(0,2fr)_minmax(0,3fr)_16px] gap-x-4 rounded-md py-1 text-left hover:bg-sunken"
              title={`${t('one.from', { from: trait.from })}, ${format.moment(trait.time)}`}
              onClick={() => setOpened(name)}
            >
              <span className="truncate text-quiet">{name}</span>
              <span className="[overflow-wrap:anywhere]">{traitText(trait.value) ?? '–'}</span>
              <History
                size={14}
                aria-label={t('one.traitHistory')}
                className="mt-1 text-quiet opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
              />
            </button>
          </li>
        ))}
      </ul>
      {opened !== null && <Said id={id} name={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

/** What was said of one trait: which value, when, where, and with which identifier. */
function Said({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useTranslation('people');
  const { api, slug, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOr = useWordsOr('sources');
  const said = useQuery({
    queryKey: [slug, 'person', id, 'trait', name],
    queryFn: ({ signal }) =>
      api.get<TraitHistory>(`/api/people/${id}/traits/${encodeURIComponent(name)}/history`, {}, signal),
  });
  const items = said.data?.items ?? [];
  return (
    <Dialog open wide onClose={onClose} title={name} note={t('one.saidNote')}>
      {said.error && <ErrorState error={said.error} onRetry={() => void said.refetch()} />}
      {said.isPending && <Skeleton lines={4} />}
      {said.data && items.length === 0 && <p className="text-quiet">{t('one.saidNothing')}</p>}
      <ol className="divide-y divide-line">
        {items.map((one, i) => (
          <li key={`${one.message_id}${one.time}`} className="grid gap-1 py-3 first:pt-0">
            <div className="flex items-baseline justify-between gap-4">
              <span
                className={i === 0 ? 'font-semibold [overflow-wrap:anywhere]' : '[overflow-wrap:anywhere]'}
              >
                {traitText(one.value) ?? '–'}
              </span>
              <time dateTime={one.time} title={workspace.timeZone} className="shrink-0 text-s text-quiet">
                {format.moment(one.time)}
              </time>
            </div>
            <div className="flex flex-wrap gap-x-4 text-s text-quiet">
              <IdentifierText text={one.from} />
              <span>{wordsOr(`kinds.${one.channel}`, one.channel)}</span>
              {one.times > 1 && <span>{t('one.saidTimes', { count: one.times })}</span>}
            </div>
          </li>
        ))}
      </ol>
      {said.data && !said.data.whole && <p className="mt-3 text-s text-quiet">{t('one.saidMore')}</p>}
    </Dialog>
  );
}
