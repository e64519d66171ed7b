import { hash } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import { nameIn, sortName } from './name.ts';
import type { StoredTraits, TraitEntry } from './trait.ts';
import * as sql from './trait-sql.ts';

/** The traits of one identify, with the key they belong to. */
export interface ProfileChange {
  key: number;
  /** The event's own time, ms. */
  at: number;
  traits: Readonly<Record<string, unknown>>;
}

const maxTraits = 500;
/** Longer names are no names of traits; they are kept, but not listed with their types. */
const longestName = 500;

/** Merges what a batch says into what is known; for each name the newest wins. */
export async function saveProfiles(
  tx: Tx,
  workspaceId: number,
  changes: readonly ProfileChange[],
  now: Date,
  knownTypes: Set<string>,
): Promise<void> {
  if (changes.length === 0) return;
  const byKey = new Map<number, Map<string, TraitEntry>>();
  const types = new Map<string, [string, string]>();
  for (const { key, at, traits } of changes) {
    let merged = byKey.get(key);
    if (!merged) byKey.set(key, (merged = new Map()));
    for (const [name, sent] of Object.entries(traits).slice(0, maxTraits)) {
      const json = JSON.stringify(sent);
      const entry: TraitEntry = [storable(sent, json), at, tieOf(json)];
      if (nameTraits.has(name)) entry.push(lexemes(workspaceId, sent));
      const stored = safe(name);
      const known = merged.get(stored);
      if (!known || isNewer(entry, known)) merged.set(stored, entry);
      const type = typeOf(sent);
      if (stored.length <= longestName) types.set(`${stored}\0${type}`, [stored, type]);
    }
  }
  const keys = [...byKey.keys()].sort((one, other) => one - other);
  for (const { key, traits } of await sql.lockProfiles(tx, workspaceId, keys)) {
    if (!addKnown(byKey.get(key), traits)) byKey.delete(key);
  }
  await sql.putProfiles(
    tx,
    workspaceId,
    now,
    [...byKey].map(([key, merged]) => ({
      key,
      traits: JSON.stringify(Object.fromEntries(merged)),
      words: [
        ...[...merged.values()].map(([, , , words]) => words ?? ''),
        ...valueLexemes(workspaceId, merged),
      ].join(' '),
      name: sortNameOf(merged),
    })),
  );
  for (const name of types.keys()) if (knownTypes.has(`${workspaceId}\0${name}`)) types.delete(name);
  if (types.size === 0) return;
  tx.afterCommit(() => {
    if (knownTypes.size > 100_000) knownTypes.clear();
    for (const name of types.keys()) knownTypes.add(`${workspaceId}\0${name}`);
  });
  await sql.insertTraitTypes(tx, workspaceId, now, [...types.values()]);
}

/** What a list by name stands in the order of: a profile's own name, lower-cased; null where it says none. */
function sortNameOf(traits: ReadonlyMap<string, TraitEntry>): string | null {
  const name = nameIn((trait) => traits.get(trait)?.[0]);
  return name === null ? null : sortName(name);
}

/** Adds what is known to what a batch says; false where the batch says nothing new. */
function addKnown(said: Map<string, TraitEntry> | undefined, known: StoredTraits): boolean {
  if (!said) return false;
  let isNew = false;
  for (const [name, entry] of said) {
    const before = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!before || isNewer(entry, before)) isNew = true;
    else said.set(name, before);
  }
  for (const [name, entry] of Object.entries(known)) if (!said.has(name)) said.set(name, entry);
  return isNew;
}

/** Of two entries of one name the newer counts; of one time, the one with the greater tie. */
export function isNewer(entry: TraitEntry, known: TraitEntry): boolean {
  return entry[1] !== known[1] ? entry[1] > known[1] : (entry[2] ?? 0) > (known[2] ?? 0);
}

/** 48 bits of the value's JSON text: an order that is nobody's favour, and the same wherever it is asked for. */
function tieOf(json: string): number {
  return hash('sha1', json, 'buffer').readUIntBE(0, 6);
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\d([T ]|$)/.test(value) ? 'date' : 'text';
  return typeof value === 'object' ? 'object' : typeof value;
}

/**
 * What jsonb refuses, as text would: a NUL, half a surrogate pair. Kept as JSON text, which has them escaped; and so
 * is what looks as if it were kept so.
 */
const refused = /\\u0000|\\ud[89a-f][0-9a-f]{2}|^\{"\$json":/i;

function storable(value: unknown, json: string): unknown {
  return refused.test(json) ? { $json: json } : value;
}

/** The value as it was sent. */
export function restored(stored: unknown): unknown {
  if (
    typeof stored === 'object' &&
    stored !== null &&
    '$json' in stored &&
    typeof stored.$json === 'string' &&
    Object.keys(stored).length === 1
  ) {
    return JSON.parse(stored.$json);
  }
  return stored;
}

/** Names of traits cannot be escaped the same way; what Postgres cannot hold is shown as the replacement character. */
function safe(name: string): string {
  return name.toWellFormed().replaceAll('\0', '\ufffd');
}

const nameTraits: ReadonlySet<string> = new Set([
  'name',
  'firstName',
  'first_name',
  'lastName',
  'last_name',
  'nickname',
  'company',
  'city',
]);
const cjk = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** Words to be found by, each behind the workspace's number, so that one index serves all workspaces. */
function lexemes(workspaceId: number, value: unknown): string {
  const found = new Set<string>();
  for (const word of typeof value === 'string' ? wordsOf(value) : []) {
    // Chinese has no blanks: every ending is a word, so that a given name is found without the family name.
    const starts = cjk.test(word) ? [...word].length : 1;
    for (let i = 0; i < starts; i++) found.add([...word].slice(i).join(''));
  }
  return [...found].map((word) => `'${workspaceId}/${word}'`).join(' ');
}

/** These are found as identifiers, or by their words. */
const foundOtherwise: ReadonlySet<string> = new Set([
  'email',
  'phone',
  'card',
  'name',
  'firstName',
  'first_name',
  'lastName',
  'last_name',
]);
const maxFindable = 60;

/** Values to be found by, whole and as they are: `workspace=trait=value`, beside the words in the same index. */
function valueLexemes(workspaceId: number, traits: ReadonlyMap<string, TraitEntry>): string[] {
  const found: string[] = [];
  for (const [name, [value]] of traits) {
    if (foundOtherwise.has(name)) continue;
    for (const text of valueTexts(value)) {
      const lexeme = valueLexeme(workspaceId, name, text);
      if (lexeme) found.push(lexeme);
      if (found.length >= maxFindable) return found;
    }
  }
  return found;
}

/** What a trait is compared by: its text; for a list, the text of each of its parts. */
export function valueTexts(value: unknown): string[] {
  const list = Array.isArray(value) ? value.slice(0, 20) : [value];
  return list.filter((one) => ['string', 'number', 'boolean'].includes(typeof one)).map(String);
}

function valueLexeme(workspaceId: number, name: string, text: string): string | null {
  if (name.length > 60 || text === '' || text.length > 120 || text.includes('\0')) return null;
  return `'${`${workspaceId}=${name}=${text}`.replace(/['\\]/g, '$&$&')}'`;
}

/** The query for a trait's value, or null where the index does not have it: too long, or found as an identifier. */
export function valueQuery(workspaceId: number, name: string, text: string): string | null {
  return foundOtherwise.has(name) ? null : valueLexeme(workspaceId, safe(name), text.toWellFormed());
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
