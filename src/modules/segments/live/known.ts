import { type JsonValue, nothing, type PersonState } from '../rule/index.ts';

/** What is known of a person beside numbers. */
export interface Known {
  keys: readonly number[];
  texts: string[] | null;
  traits: PersonState['traits'];
  facts: PersonState['facts'];
}

/** As one line; empty where there is nothing of it. */
export function knownOf({
  key,
  keys,
  state,
}: {
  key: number;
  keys: readonly number[];
  state: PersonState;
}): string {
  const { texts, facts } = state;
  const traits = state.traits.flatMap((value, i) => (value === undefined ? [] : [[i, value]]));
  const own = keys.length === 1 && keys[0] === key;
  if (own && !texts && traits.length === 0 && facts === nothing) return '';
  return JSON.stringify([own ? 0 : keys, texts ?? 0, traits, facts === nothing ? 0 : facts]);
}

type Line = [
  keys: number[] | 0,
  texts: string[] | 0,
  traits: [place: number, value: JsonValue][],
  facts: PersonState['facts'] | 0,
];

export function readKnown(key: number, line: string): Known {
  if (line === '') return { keys: [key], texts: null, traits: [], facts: nothing };
  const [keys, texts, placed, facts] = JSON.parse(line) as Line;
  const traits: (JsonValue | undefined)[] = [];
  for (const [place, value] of placed) traits[place] = value;
  return { keys: keys || [key], texts: texts || null, traits, facts: facts || nothing };
}
