import type { Tx } from '#platform/postgres';
import * as sql from './trait-sql.ts';

/** The traits of one identify, with the key they belong to. */
export interface ProfileChange {
  key: number;
  /** The event's own time, ms. */
  at: number;
  traits: Readonly<Record<string, unknown>>;
}

/** By name: the value and the time of the event it came with, ms. */
export type StoredTraits = Record<string, [unknown, number]>;

const maxTraits = 500;

/** Merges what a batch says into what is known; for each name the newest wins. */
export async function saveProfiles(
  tx: Tx,
  workspaceId: number,
  changes: readonly ProfileChange[],
  now: Date,
  knownTypes: Set<string>,
): Promise<void> {
  if (changes.length === 0) return;
  const byKey = new Map<number, Map<string, [unknown, number]>>();
  const types = new Map<string, [string, string]>();
  for (const { key, at, traits } of changes) {
    let merged = byKey.get(key);
    if (!merged) byKey.set(key, (merged = new Map()));
    for (const [name, sent] of Object.entries(traits).slice(0, maxTraits)) {
      const entry: [unknown, number] = [storable(sent), at];
      const known = merged.get(name);
      if (!known || isNewer(entry, known)) merged.set(name, entry);
      const type = typeOf(sent);
      types.set(`${name}\0${type}`, [name, type]);
    }
  }
  const rows = [...byKey].sort(([a], [b]) => a - b);
  await sql.mergeProfiles(
    tx,
    workspaceId,
    now,
    rows.map(([key, found]) => ({
      key,
      traits: JSON.stringify(Object.fromEntries([...found].map(([name, entry]) => [safe(name), entry]))),
      search: lexemes(workspaceId, found),
    })),
  );
  for (const name of types.keys()) if (knownTypes.has(`${workspaceId}\0${name}`)) types.delete(name);
  if (types.size === 0) return;
  tx.afterCommit(() => {
    if (knownTypes.size > 100_000) knownTypes.clear();
    for (const name of types.keys()) knownTypes.add(`${workspaceId}\0${name}`);
  });
  await sql.insertTraitTypes(
    tx,
    workspaceId,
    now,
    [...types.values()].map(([name, type]) => [safe(name), type]),
  );
}

function isNewer(entry: [unknown, number], known: [unknown, number]): boolean {
  if (entry[1] !== known[1]) return entry[1] > known[1];
  return JSON.stringify(entry[0]) > JSON.stringify(known[0]);
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\d([T ]|$)/.test(value) ? 'date' : 'text';
  return typeof value === 'object' ? 'object' : typeof value;
}

/** What jsonb refuses, as text would: a NUL, half a surrogate pair. Kept as JSON text, which has them escaped. */
const refused = /\\u0000|\\ud[89a-f][0-9a-f]{2}/i;

function storable(value: unknown): unknown {
  const json = JSON.stringify(value);
  return json !== undefined && refused.test(json) ? { $json: json } : value;
}

/** The value as it was sent. */
export function restored(stored: unknown): unknown {
  if (
    typeof stored === 'object' &&
    stored !== null &&
    '$json' in stored &&
    typeof stored.$json === 'string'
  ) {
    return JSON.parse(stored.$json);
  }
  return stored;
}

/** Names of traits cannot be escaped the same way; what Postgres cannot hold is shown as the replacement character. */
function safe(name: string): string {
  return name.toWellFormed().replaceAll('\0', '\ufffd');
}

const nameTraits = [
  'name',
  'firstName',
  'first_name',
  'lastName',
  'last_name',
  'nickname',
  'company',
  'city',
];
const cjk = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** Words to be found by, each behind the workspace's number, so that one index serves all workspaces. */
function lexemes(workspaceId: number, traits: ReadonlyMap<string, [unknown, number]>): string {
  const found = new Set<string>();
  for (const name of nameTraits) {
    const value = traits.get(name)?.[0];
    if (typeof value !== 'string') continue;
    for (const word of wordsOf(value)) {
      // Chinese has no blanks: every ending is a word, so that a given name is found without the family name.
      const starts = cjk.test(word) ? [...word].length : 1;
      for (let i = 0; i < starts; i++) found.add([...word].slice(i).join(''));
    }
  }
  return [...found].map((word) => `'${workspaceId}/${word}'`).join(' ');
}

function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .toWellFormed()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
    .slice(0, 12)
    .map((word) => word.slice(0, 60));
}

/** The prefix query for `search_people`: every word must begin one of theirs. Empty where there is no word. */
export function wordQuery(workspaceId: number, text: string): string {
  return wordsOf(text)
    .map((word) => `'${workspaceId}/${word}':*`)
    .join(' & ');
}
