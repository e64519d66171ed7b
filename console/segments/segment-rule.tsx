import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Segment } from '../api/types.ts';
import { Code } from '../kit/code.tsx';
import type { Option } from '../kit/pick.tsx';
import { useListOptions, useSourceOptions } from './build-seen.ts';
import { useComputedValues } from './computed.ts';
import { type RuleWords, useRuleWords } from './segment-words.ts';

interface List {
  items: Segment[];
  lag_ms: number;
  error: string | null;
}

/** All segments, for their names and for how far evaluation is behind. */
export function useSegments() {
  const { api, slug } = useSession();
  return useQuery({
    queryKey: [slug, 'segments'],
    queryFn: ({ signal }) => api.get<List>('/api/segments', {}, signal),
  });
}

/** The same map as long as it says the same. */
function useNames(options: readonly Option[]): ReadonlyMap<string, string> {
  const text = JSON.stringify(options.map(({ value, label }) => [value, label]));
  return useMemo(() => new Map(JSON.parse(text) as [string, string][]), [text]);
}

/** The rule language in words, with segments, sources, lists and computed traits as people call them. */
export function useSegmentWords(): RuleWords {
  const { data } = useSegments();
  const segments = useMemo(() => new Map(data?.items.map(({ id, name }) => [id, name])), [data]);
  const sources = useNames(useSourceOptions());
  const lists = useNames(useListOptions());
  return useRuleWords({ segments, sources, lists, computed: useComputedValues() });
}

/** A rule as nested sentences, and as programs write it. */
export function RuleInWords({ rule }: { rule: unknown }) {
  const { t } = useTranslation('segments');
  const words = useSegmentWords();
  const group = groupOf(rule);
  return (
    <div>
      <p className="mb-1 text-quiet">{t(`one.whole.${group?.name ?? 'single'}`)}</p>
      {group ? (
        <Parts parts={group.parts} words={words} />
      ) : (
        <p className="ml-1 font-medium first-letter:uppercase">{words.say(rule)}</p>
      )}
      <details className="mt-3 text-s">
        <summary className="cursor-pointer text-quiet hover:text-ink">{t('one.ruleJson')}</summary>
        <div className="mt-2">
          <Code label={t('one.ruleJson')} text={JSON.stringify(rule, null, 2)} />
        </div>
      </details>
    </div>
  );
}

function Parts({ parts, words }: { parts: readonly unknown[]; words: RuleWords }) {
  const { t } = useTranslation('segments');
  return (
    <ul className="grid gap-1 border-line border-l-2 pl-4">
      {placed(parts).map(({ one: part, place }) => {
        const group = groupOf(part);
        return (
          <li key={place}>
            {group ? (
              <>
                <p className="text-quiet">{t(`one.rulePart.${group.name}`)}</p>
                <Parts parts={group.parts} words={words} />
              </>
            ) : (
              <p className="[overflow-wrap:anywhere] first-letter:uppercase">{words.say(part)}</p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** `all`, `any` and `not` have parts; a condition has none. */
function groupOf(rule: unknown): { name: 'all' | 'any' | 'not'; parts: readonly unknown[] } | null {
  if (typeof rule !== 'object' || rule === null) return null;
  const json = rule as Record<string, unknown>;
  if (Array.isArray(json.all)) return { name: 'all', parts: json.all };
  if (Array.isArray(json.any)) return { name: 'any', parts: json.any };
  return 'not' in json && Object.keys(json).length === 1 ? { name: 'not', parts: [json.not] } : null;
}

/** Parts of a rule have no names of their own, and do not move while it is shown: they go by their places. */
export function placed<T>(parts: readonly T[]): { one: T; place: number }[] {
  return parts.map((one, place) => ({ one, place }));
}
