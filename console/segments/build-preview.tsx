import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import type { AskedPerson, PeopleCount } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { PersonChip } from '../kit/person-chip.tsx';
import { RollingNumber } from '../kit/rolling-number.tsx';
import { useProblemText } from '../kit/states.tsx';
import type { Json, Wrongs } from './rule.ts';

interface Found {
  count: number;
  sample: { person_id: string }[];
  milliseconds: number;
}

const quietMs = 350;
/** What happens meanwhile changes who is found; asking takes no more than a small part of the time. */
const againMs = (found: Found | undefined) => Math.max(4_000, 25 * (found?.milliseconds ?? 0));

function useQuietly<T>(value: T): T {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), quietMs);
    return () => clearTimeout(timer);
  }, [value]);
  return quiet;
}

export type Preview = ReturnType<typeof usePreview>;

/** Who a rule finds now, asked a moment after the last change; an outdated question is called off. */
export function usePreview(rule: Json, isWhole: boolean) {
  const { api, slug } = useSession();
  const text = useQuietly(JSON.stringify(rule));
  const query = useQuery({
    queryKey: [slug, 'segment-preview', text],
    queryFn: ({ signal }) =>
      api.send<Found>('POST', '/api/segments/preview', { rule: JSON.parse(text) as unknown }, { signal }),
    enabled: isWhole && text === JSON.stringify(rule),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.error ? false : againMs(state.data)),
    retry: false,
    gcTime: 30_000,
  });
  const wrongs: Wrongs = new Map(
    query.error instanceof Problem && text === JSON.stringify(rule)
      ? query.error.errors.flatMap(({ at, message }) => (at === undefined ? [] : [[at, message] as const]))
      : [],
  );
  return { ...query, wrongs, isBehind: text !== JSON.stringify(rule) || query.isPlaceholderData };
}

/** How many, out of how many, some of them, and how long it took. */
export function PreviewPanel({ preview, isWhole }: { preview: Preview; isWhole: boolean }) {
  const { t } = useTranslation('segments');
  const { api, slug, may } = useSession();
  const format = useFormat();
  const problemText = useProblemText();
  const all = useQuery({
    queryKey: [slug, 'people', 'count', {}],
    queryFn: ({ signal }) => api.get<PeopleCount>('/api/people/count', {}, signal),
    enabled: may('people:read'),
    staleTime: 60_000,
  }).data?.people;
  const { data, error, isBehind } = preview;
  if (!isWhole || (error && preview.wrongs.size > 0)) {
    return (
      <p aria-live="polite" className="text-quiet">
        {t(isWhole ? 'build.preview.wrong' : 'build.preview.unfinished')}
      </p>
    );
  }
  if (error) return <p className="text-wrong">{problemText(error)}</p>;
  if (!data) return <p className="waiting text-quiet">{t('build.preview.counting')}</p>;
  const share = all === undefined || all === null || all === 0 ? null : Math.min(1, data.count / all);
  return (
    <div className="grid gap-3">
      <div aria-live="polite">
        <p className={clsx('text-xxl font-semibold tracking-[-0.015em]', isBehind && 'opacity-60')}>
          <RollingNumber text={format.exact(data.count)} />{' '}
          <span className="text-l font-normal">{t('build.preview.people', { count: data.count })}</span>
        </p>
        <p className="text-s text-quiet">
          {share !== null && t('build.preview.share', { share: format.percent(share) })}{' '}
          {t('build.preview.took', { ms: format.exact(data.milliseconds) })}
        </p>
      </div>
      {data.sample.length > 0 && may('people:read') && (
        <div className="max-lg:hidden">
          <h3 className="mb-2 text-s text-quiet">{t('build.preview.some')}</h3>
          <Sample ids={data.sample.slice(0, 8).map((one) => one.person_id)} />
        </div>
      )}
    </div>
  );
}

function Sample({ ids }: { ids: readonly string[] }) {
  const { slug, summaryOf } = useSession();
  const people = useQuery({
    queryKey: [slug, 'segment-sample', ids],
    queryFn: () => Promise.all(ids.map((id) => summaryOf(id))),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const shown = (people.data ?? []).filter((one): one is AskedPerson => one !== null);
  return (
    <ul className="grid gap-1.5">
      {shown.map((person) => (
        <li key={person.id} className="min-w-0">
          <PersonChip {...person} />
        </li>
      ))}
    </ul>
  );
}
