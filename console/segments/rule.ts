/**
 * A rule as the form works on it: the JSON itself, so that the form and the text are always in step. `null` stands where
 * something is still to be chosen; no sound rule has one.
 */
export type Json = { readonly [name: string]: unknown };

export const modes = ['all', 'any', 'none', 'notAll'] as const;
export type Mode = (typeof modes)[number];

interface Group {
  mode: Mode;
  parts: readonly Json[];
  /** Where the parts stand below the group, as a JSON pointer. */
  below: string;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const partsOf = (value: unknown): Json[] | null => (Array.isArray(value) ? value.filter(isObject) : null);

/** A rule as a group, where it is one. */
export function groupOf(rule: Json): Group | null {
  const { not } = rule;
  if (Array.isArray(rule.all)) return { mode: 'all', parts: partsOf(rule.all) ?? [], below: '/all' };
  if (Array.isArray(rule.any)) return { mode: 'any', parts: partsOf(rule.any) ?? [], below: '/any' };
  if (!isObject(not)) return null;
  if (Array.isArray(not.any)) return { mode: 'none', parts: partsOf(not.any) ?? [], below: '/not/any' };
  if (Array.isArray(not.all)) return { mode: 'notAll', parts: partsOf(not.all) ?? [], below: '/not/all' };
  return null;
}

export function groupRule(mode: Mode, parts: readonly Json[]): Json {
  if (mode === 'all') return { all: parts };
  if (mode === 'any') return { any: parts };
  return { not: mode === 'none' ? { any: parts } : { all: parts } };
}

/** The outermost is always a group, so that one can add to it. */
export const asGroup = (rule: Json): Json => (groupOf(rule) ? rule : { all: [rule] });

/** A condition without the `not`s around it. */
export function bareOf(rule: Json): { isNot: boolean; inner: Json; below: string } {
  let [isNot, inner, below] = [false, rule, ''];
  while (isObject(inner.not) && Object.keys(inner).length === 1) {
    [isNot, inner, below] = [!isNot, inner.not, `${below}/not`];
  }
  return { isNot, inner, below };
}

export const withNot = (inner: Json, isNot: boolean): Json => (isNot ? { not: inner } : inner);

/** The object without what is undefined. */
export function tidy(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Where something is still to be chosen, as JSON pointers. */
export function missingIn(value: unknown, place = ''): string[] {
  if (value === null) return [place];
  if (Array.isArray(value)) {
    if (value.length === 0) return [place];
    return value.flatMap((one, i) => missingIn(one, `${place}/${i}`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => missingIn(one, `${place}/${name}`));
}

/** What is wrong, by where in the rule. */
export type Wrongs = ReadonlyMap<string, string>;

/** What is wrong at a place or below it. */
export function wrongsAt(wrongs: Wrongs, place: string): string[] {
  return [...wrongs].flatMap(([at, why]) => (at === place || at.startsWith(`${place}/`) ? why : []));
}

/* Which events: a name, some names, or an object. */

export interface Match {
  names: string[];
  types: string[];
  where: Json[];
  /** Channel and source, which the form leaves as they are. */
  rest: Json;
}

export function matchOf(value: unknown): Match {
  const object: Json = isObject(value) ? value : value === null ? { event: null } : { event: value };
  const { event, type, where, ...rest } = object;
  return { names: texts(event), types: texts(type), where: partsOf(where) ?? [], rest };
}

/** Any event is an empty object; nothing chosen yet is null. */
export function matchRule({ names, types, where, rest }: Match, isAny = false): unknown {
  const isChosen = isAny || names.length + types.length > 0 || Object.keys(rest).length > 0;
  const event = names.length === 0 ? undefined : names.length === 1 ? names[0] : names;
  if (where.length === 0 && types.length === 0 && Object.keys(rest).length === 0 && !isAny)
    return event ?? null;
  return tidy({
    event: isChosen ? event : null,
    type: types.length === 0 ? undefined : types.length === 1 ? types[0] : types,
    ...rest,
    where: where.length === 0 ? undefined : where,
  });
}

export const isAnyEvent = (value: unknown): boolean =>
  isObject(value) && value.event === undefined && value.type === undefined;

export function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** One text as it is, several as a list, none as what is still to be chosen. */
export const oneOrMany = (values: readonly string[]): string | readonly string[] | null =>
  values.length === 0 ? null : values.length === 1 ? (values[0] ?? null) : values;
