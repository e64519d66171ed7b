import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Computed } from '../api/types.ts';
import { isObject } from './rule.ts';

const busy = ['waiting', 'working', 'moving'];
export const isBusy = ({ state }: Computed['snapshots'][number]): boolean => busy.includes(state);

/** Definitions of computed traits, and values that compare people with each other, with where they are used. */
export function useComputed() {
  const { api, slug, may } = useSession();
  return useQuery({
    queryKey: [slug, 'computed-traits'],
    queryFn: ({ signal }) => api.get<Computed>('/api/computed-traits', {}, signal),
    enabled: may('segments:read'),
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.snapshots.some(isBusy) ? 700 : false),
  });
}

/** Something that rules ask for by its name, as people call it. */
export interface ComputedValue {
  name: string;
  label: string;
  /** What its values are, as far as the definition tells. */
  types: readonly string[];
  options: readonly { value: string; label: string }[];
  isNightly: boolean;
}

export type ComputedValues = ReadonlyMap<string, ComputedValue>;

/** Everything that can be asked of a person beside what they told, by name: own definitions first. */
export function useComputedValues(): ComputedValues {
  const { i18n } = useTranslation();
  const { data } = useComputed();
  const language = i18n.language.startsWith('zh') ? 'zh' : 'en';
  return useMemo(() => {
    const own = (data?.items ?? []).map(({ name, definition }) => ({
      name,
      label: name,
      types: typesOf(definition),
      options: [],
      isNightly: false,
    }));
    const nightly = (data?.snapshots ?? []).flatMap(({ values }) =>
      values.map(({ name, kind, label, options }) => ({
        name,
        label: label[language],
        types: [kind],
        options: options.map((one) => ({ value: one.value, label: one.label[language] })),
        isNightly: true,
      })),
    );
    return new Map([...own, ...nightly].map((one) => [one.name, one]));
  }, [data, language]);
}

const picks = ['first', 'last', 'most_frequent'];

/** A value that is picked out is what events carry: nobody knows that beforehand. */
function typesOf(definition: unknown): string[] {
  if (!isObject(definition)) return [];
  if ('list' in definition) return ['list'];
  return picks.some((one) => one in definition) ? [] : ['number'];
}
