import type { WhyPart } from './live/schema.ts';
import type { Rule, Why } from './rule/index.ts';

const mostTimes = 20;

/** What was found, beside the conditions as people wrote them instead of what they were compiled to. */
export function withConditions(
  rule: unknown,
  why: Why,
  segments: (id: string | number) => Rule | null,
): WhyPart {
  const { truth, until } = why;
  const json = rule as Record<string, unknown>;
  const at = { truth, until };
  if ('all' in why && Array.isArray(json.all))
    return {
      ...at,
      all: why.all.map((part, i) => withConditions((json.all as unknown[])[i], part, segments)),
    };
  if ('any' in why && Array.isArray(json.any))
    return {
      ...at,
      any: why.any.map((part, i) => withConditions((json.any as unknown[])[i], part, segments)),
    };
  if ('not' in why && 'not' in json && Object.keys(json).length === 1)
    return { ...at, not: withConditions(json.not, why.not, segments) };
  if ('segment' in json) {
    const inside = segments(json.segment as string);
    return { ...at, condition: rule, ...(inside ? { of: withConditions(inside, why, segments) } : {}) };
  }
  const leaf = firstLeaf(why);
  if (!leaf) return { ...at, condition: rule };
  const { found, wanted, times } = leaf;
  return {
    ...at,
    condition: rule,
    found,
    wanted,
    ...(times ? { times: times.slice(0, mostTimes), count: times.length } : {}),
  };
}

type LeafWhy = Extract<Why, { condition: unknown }>;

/** What a condition came to that stands for several, like a stage: the first of them tells what was found. */
function firstLeaf(why: Why): LeafWhy | null {
  if ('condition' in why) return why;
  const parts = 'all' in why ? why.all : 'any' in why ? why.any : [why.not];
  for (const part of parts) {
    const leaf = firstLeaf(part);
    if (leaf) return leaf;
  }
  return null;
}
