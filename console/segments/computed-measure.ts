import { isObject, type Json } from './rule.ts';

const ofValues = [
  'sum',
  'average',
  'minimum',
  'maximum',
  'distinct',
  'first',
  'last',
  'most_frequent',
  'list',
] as const;
/** What can be worked out of events, as the form and the words tell it. */
export const hows = ['count', 'sinceLast', 'sinceFirst', ...ofValues] as const;
export type How = (typeof hows)[number];

export const usualSize = 10;

export function howOf(definition: Json): How {
  if ('days_since' in definition) return definition.days_since === 'first' ? 'sinceFirst' : 'sinceLast';
  return ofValues.find((one) => one in definition) ?? 'count';
}

/** Of which property; undefined where none is asked for. */
export function measuredOf(definition: Json): unknown {
  const how = ofValues.find((one) => one in definition);
  return how && definition[how];
}

/** With another measure: the events stay, and what else still makes sense. */
export function withHow(definition: Json, how: How): Json {
  const { of, in: when } = definition;
  const inside = when === undefined ? {} : { in: when };
  if (how === 'count') return { of, count: true, ...inside };
  if (how === 'sinceLast' || how === 'sinceFirst')
    return { of, days_since: how === 'sinceFirst' ? 'first' : 'last' };
  const { size = usualSize } = definition;
  return { of, [how]: measuredOf(definition) ?? null, ...(how === 'list' ? { size } : {}), ...inside };
}

/** How its sentence is built. */
export function shapeOf(how: How): 'computedCount' | 'computedDays' | 'computedList' | 'computedOf' {
  if (how === 'count') return 'computedCount';
  if (how === 'list') return 'computedList';
  return how === 'sinceLast' || how === 'sinceFirst' ? 'computedDays' : 'computedOf';
}

export const definitionOf = (value: unknown): Json => (isObject(value) ? value : { of: null, count: true });
