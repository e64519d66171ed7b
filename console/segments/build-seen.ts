import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Permission, SeenEvents, SeenProperties, Segment, Source, TraitName } from '../api/types.ts';
import { channels } from '../events/channels.ts';
import { useFormat } from '../kit/format.ts';
import type { Option } from '../kit/pick.tsx';
import { useWordsOr } from '../words/words-or.ts';
import type { Match } from './rule.ts';
import type { Scalar } from './rule-test.ts';

/** What was really seen in the workspace, to be chosen from. Whoever may not see it types instead. */
function useSeen<T>(needs: Permission, key: readonly string[], path: string, query = {}, enabled = true) {
  const { api, slug, may } = useSession();
  return useQuery({
    queryKey: [slug, 'seen', ...key],
    queryFn: ({ signal }) => api.get<T>(path, query, signal),
    enabled: enabled && may(needs),
    staleTime: 60_000,
    retry: false,
  }).data;
}

/** Names of events as options, by their plain names: `Order Completed`; types as `type:page`; any as `any`. */
export function useEventOptions(): Option[] {
  const { t } = useTranslation('segments');
  const wordsOr = useWordsOr('events');
  const format = useFormat();
  const seen = useSeen<SeenEvents>('events:read', ['events'], '/api/events/seen')?.items ?? [];
  const names = seen.filter(({ type, name }) => type === 'track' && name !== '');
  const types = seen.filter(({ type }) => type !== 'track');
  return [
    ...names.map(({ name, events }) => {
      const word = wordsOr(`names.${name}`, name);
      const isSame = word.toLowerCase() === name.toLowerCase();
      return {
        value: `event:${name}`,
        label: isSame ? name : t('build.named', { word, name }),
        note: format.compact(events),
        group: t('build.event.names'),
      };
    }),
    ...types.map(({ type, events }) => ({
      value: `type:${type}`,
      label: wordsOr(`types.${type}`, type),
      note: format.compact(events),
      group: t('build.event.types'),
    })),
    { value: 'any', label: t('build.event.any'), group: t('build.event.types') },
  ];
}

export interface SeenField {
  /** As the rule has it: a property, a column, or a property of one of the products. */
  field: { property: readonly string[] } | { column: string } | { product: readonly string[] };
  label: string;
  types: readonly string[];
  values: readonly { value: Scalar; times: number }[];
}

const columns = [
  { column: 'total', property: 'total', types: ['number'] },
  { column: 'order_id', property: 'order_id', types: ['text'] },
  { column: 'currency', property: 'currency', types: ['text'] },
  { column: 'store_id', property: 'store_id', types: ['text'] },
] as const;

/** What can be asked of these events: their properties as seen, and what every event has in a column. */
export function useFields({ names, types }: Match): SeenField[] {
  const { t } = useTranslation('segments');
  const [name = '', type = 'track'] = [names[0], types[0]];
  const seen = useSeen<SeenProperties>(
    'events:read',
    ['properties', type, name],
    '/api/events/seen/properties',
    { type, name },
    names.length + types.length > 0,
  );
  const items = seen?.items ?? [];
  const fields: SeenField[] = [];
  for (const { column, property, types: kinds } of columns) {
    const found = items.find((one) => !one.in_products && one.path.join() === property);
    // A column stands for the property of its name; of what never had it nobody wants to ask.
    if (items.length > 0 && !found && column !== 'total') continue;
    fields.push({
      field: { column },
      label: t(`build.columns.${column}`),
      types: kinds,
      values: found?.values ?? [],
    });
  }
  for (const one of items) {
    if (!one.in_products && columns.some(({ property }) => property === one.path.join())) continue;
    fields.push({
      field: one.in_products ? { product: one.path } : { property: one.path },
      label: one.path.join(' › '),
      types: one.types,
      values: one.values,
    });
  }
  return fields;
}

export function useTraitNames(): TraitName[] {
  return useSeen<{ items: TraitName[] }>('people:read', ['traits'], '/api/people/traits')?.items ?? [];
}

export function useTraitValues(name: string): readonly { value: Scalar; times: number }[] {
  const query = { name };
  const path = '/api/people/traits/values';
  return (
    useSeen<{ items: { value: Scalar; times: number }[] }>(
      'people:read',
      ['trait', name],
      path,
      query,
      name !== '',
    )?.items ?? []
  );
}

/** The values of one property of one event, like the stores that people came into. */
export function useValuesOf(event: string, property: string): Option[] {
  const format = useFormat();
  const seen = useSeen<SeenProperties>(
    'events:read',
    ['properties', 'track', event],
    '/api/events/seen/properties',
    { type: 'track', name: event },
  );
  const values = seen?.items.find((one) => !one.in_products && one.path.join() === property)?.values ?? [];
  return values.map(({ value, times }) => ({
    value: String(value),
    label: String(value),
    note: format.compact(times),
  }));
}

export function useChannelOptions(): Option[] {
  const { t } = useTranslation('events');
  return channels.map((one) => ({ value: one, label: t(`channels.${one}`) }));
}

export function useSourceOptions(): Option[] {
  const { t } = useTranslation('events');
  const seen = useSeen<{ items: Source[] }>('sources:read', ['sources'], '/api/sources')?.items ?? [];
  return seen.map(({ id, name, kind }) => ({ value: id, label: name, note: t(`channels.${kind}`) }));
}

export function useSegmentOptions(): Option[] {
  const format = useFormat();
  const seen = useSeen<{ items: Segment[] }>('segments:read', ['segments'], '/api/segments')?.items ?? [];
  return seen.map(({ id, name, size }) => ({
    value: id,
    label: name,
    ...(size === null ? {} : { note: format.compact(size) }),
  }));
}

export function useListOptions(): Option[] {
  const format = useFormat();
  const seen = useSeen<{ items: { id: number; name: string; people: number }[] }>(
    'segments:read',
    ['lists'],
    '/api/segment-lists',
  );
  return (seen?.items ?? []).map(({ id, name, people }) => ({
    value: String(id),
    label: name,
    note: format.compact(people),
  }));
}

export function usePurposes(): string[] {
  const seen = useSeen<{ people?: { consent?: { purposes?: string[] } } }>(
    'settings:read',
    ['settings'],
    '/api/settings',
  );
  return seen?.people?.consent?.purposes ?? [];
}
