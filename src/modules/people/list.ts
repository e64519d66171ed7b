import type { Tx } from '#platform/postgres';
import type { Behaviour } from './behaviour.ts';
import * as directory from './directory.ts';
import type { PeopleFilter, SeenFilter } from './filter.ts';
import { asksForEvents, asksNothing, fits, placeByName } from './filter.ts';
import type { IdentityRules } from './identifier.ts';
import * as sql from './list-sql.ts';
import type { PeopleSettings } from './schema.ts';
import { type peopleOrders, refuse } from './schema.ts';
import { valueQuery } from './traits.ts';

export type Order = (typeof peopleOrders)[number];

export interface Listing {
  workspaceId: number;
  order: Order;
  filter: PeopleFilter;
  seen: SeenFilter;
  rules: IdentityRules;
  settings: PeopleSettings;
  inTx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  behaviour: Behaviour | null;
}

/** Where a list has come to. `at` is a time in ms or a name, by the order; `key` a person's, in a list by name a profile's. */
interface Place {
  person: number;
  key: number;
  at: number | string;
}

/** Fewer than this are looked at one by one, instead of walking over everybody. */
const fewEnough = 5_000;
/** As many are looked at for one page; a page that is not full then says so by its `next`. */
const maxLooked = 30_000;

/**
 * A page of people. Candidates come in the order of the list from one place (an index of Postgres, or what ClickHouse
 * saw), and each is held against the whole filter. Nothing is skipped over by its number, and nothing takes longer
 * because one has come far.
 */
export async function listPeople(
  list: Listing,
  cursor: string | undefined,
  limit: number,
): Promise<{ people: directory.StoredPerson[]; next: string | null }> {
  let after = cursor === undefined ? null : placeOf(cursor, list.order);
  const found: directory.StoredPerson[] = [];
  const few = await fewWithTrait(list);
  const walk = few ?? (await walkOf(list));
  // Elsewhere ClickHouse hands out only whom it is asked for.
  const checksEvents = asksForEvents(list.seen) && (few !== null || list.order === 'name');
  const isPlain = asksNothing(list.filter) && list.order !== 'name';
  let looked = 0;
  for (let most = limit + 1; ; most = Math.min(4_000, most * 4)) {
    const wanted = isPlain ? limit - found.length + 1 : most;
    const stretch = await walk(after, wanted);
    looked += stretch.length;
    const loaded = await list.inTx((tx) =>
      directory.loadPeople(tx, list.workspaceId, [...new Set(stretch.map(({ person }) => person))]),
    );
    const candidates = checksEvents ? await seenAmong(list, loaded) : loaded;
    const byPerson = new Map(candidates.map((one) => [one.person, one]));
    for (const place of stretch) {
      if (found.length === limit) return { people: found, next: cursorOf(after, list.order) };
      const person = byPerson.get(place.person);
      after = place;
      if (!person || !fits(person, list.filter, list.settings)) continue;
      if (list.order === 'name' && placeByName(person)?.key !== place.key) continue;
      found.push(person);
    }
    if (stretch.length < wanted) return { people: found, next: null };
    if (looked >= maxLooked) return { people: found, next: cursorOf(after, list.order) };
  }
}

type Walk = (after: Place | null, most: number) => Promise<Place[]>;

async function walkOf(list: Listing): Promise<Walk> {
  const { workspaceId, order, filter, seen, inTx } = list;
  if (order === 'name') {
    return async (after, most) => {
      const rows = await inTx((tx) =>
        sql.namesBeyond(tx, workspaceId, after && { name: String(after.at), key: after.key }, most),
      );
      return rows.map(({ person, key, name }) => ({ person, key, at: name }));
    };
  }
  if (order === 'seen' || asksForEvents(seen)) {
    const behaviour = needed(list.behaviour);
    return async (after, most) => {
      const rows = await behaviour.seen(workspaceId, {
        ...seen,
        order,
        after: after && { person: after.person, last: Number(after.at) },
        most,
      });
      return rows.map(({ person, last }) => ({ person, key: person, at: last }));
    };
  }
  const oldestFirst = order === 'oldest';
  const bound = oldestFirst ? filter.metFrom : filter.metTo;
  const start = bound ? await inTx((tx) => keyAt(tx, workspaceId, bound, oldestFirst)) : null;
  return async (after, most) => {
    const keys = await inTx((tx) =>
      sql.headsBeyond(tx, workspaceId, { after: after?.key ?? start, oldestFirst, most }),
    );
    return keys.map((key) => ({ person: key, key, at: 0 }));
  };
}

/** Where a trait is rare, the few who have it are all the candidates there are. */
async function fewWithTrait(list: Listing): Promise<Walk | null> {
  if (list.order === 'seen') return null;
  const persons = await rareCandidates(list);
  if (!persons) return null;
  if (list.order === 'name') return byName(list, persons);
  const down = list.order === 'newest';
  const sorted = persons.sort((a, b) => (down ? b - a : a - b));
  return async (after, most) => {
    const rest = after ? sorted.filter((key) => (down ? key < after.key : key > after.key)) : sorted;
    return rest.slice(0, most).map((key) => ({ person: key, key, at: 0 }));
  };
}

async function byName({ workspaceId, inTx }: Listing, persons: readonly number[]): Promise<Walk> {
  const people = await inTx((tx) => directory.loadPeople(tx, workspaceId, persons));
  const places = people
    .flatMap((one) => {
      const place = placeByName(one);
      return place ? [{ person: one.person, key: place.key, at: place.name }] : [];
    })
    .sort((a, b) => inOrder(a, b));
  return async (after, most) =>
    (after
      ? places.filter((one) => inOrder(one, { key: after.key, at: String(after.at) }) > 0)
      : places
    ).slice(0, most);
}

interface Named {
  at: string;
  key: number;
}
/** By code point, as the index has them. */
const inOrder = (a: Named, b: Named) => Buffer.compare(Buffer.from(a.at), Buffer.from(b.at)) || a.key - b.key;

/** Whoever may have the first trait that the index knows; null where there is none, or they are many. */
async function rareCandidates({ workspaceId, filter, inTx }: Listing): Promise<number[] | null> {
  for (const { name, value } of filter.traits) {
    const wanted = value === null ? null : valueQuery(workspaceId, name, value);
    if (wanted === null) continue;
    const persons = await inTx((tx) => sql.withValue(tx, wanted, fewEnough));
    if (persons.length < fewEnough) return persons;
  }
  return null;
}

/** Those of these people who had an event as it is wanted. Throws `Unavailable` while ClickHouse is away. */
export async function seenAmong(
  { workspaceId, behaviour, seen }: Listing,
  people: readonly directory.StoredPerson[],
): Promise<directory.StoredPerson[]> {
  const keys = people.flatMap(({ members }) => members.map((row) => row.key));
  const had = await needed(behaviour).lastSeen(workspaceId, keys, seen);
  return people.filter(({ members }) => members.some((row) => had.has(row.key)));
}

function needed(behaviour: Behaviour | null): Behaviour {
  if (!behaviour) throw new Error('Nobody tells what people did.');
  return behaviour;
}

/** Keys are given in the order of time, but for moments that overlap; so many ms are allowed for that. */
const overlapMs = 600_000;

/** The key beyond which everybody was met before (or, `after`, since) a moment: found by halving. */
async function keyAt(tx: Tx, workspaceId: number, moment: Date, isAfter: boolean): Promise<number | null> {
  const span = await sql.keySpan(tx, workspaceId);
  if (!span) return null;
  const wanted = moment.getTime() + (isAfter ? -overlapMs : overlapMs);
  let [low, high] = [span.from, span.to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await sql.firstFrom(tx, workspaceId, middle);
    if (row && row.created_at.getTime() < wanted) low = row.key + 1;
    else high = middle;
  }
  return isAfter ? low - 1 : low;
}

/** Samples so many stretches of so many keys. */
const [stretches, stretchLength] = [120, 60];

/** How many people a filter is about: counted where that is quick, else estimated from a sample. */
export async function countPeople(list: Listing): Promise<{ people: number | null; exact: boolean }> {
  const { workspaceId, filter, seen, settings, inTx } = list;
  const few = await rareCandidates(list);
  if (asksForEvents(seen) && !few) {
    if (!asksNothing(filter)) return { people: null, exact: false };
    return { people: await needed(list.behaviour).countSeen(workspaceId, seen), exact: true };
  }
  if (few) {
    const loaded = await inTx((tx) => directory.loadPeople(tx, workspaceId, few));
    const people = loaded.filter((person) => fits(person, filter, settings));
    return { people: (asksForEvents(seen) ? await seenAmong(list, people) : people).length, exact: true };
  }
  return inTx(async (tx) => {
    const fitting = async (persons: readonly number[]) => {
      if (asksNothing(filter)) return persons.length;
      const people = await directory.loadPeople(tx, workspaceId, persons);
      return people.filter((person) => fits(person, filter, settings)).length;
    };
    const span = await sql.keySpan(tx, workspaceId);
    if (!span) return { people: 0, exact: true };
    const keys = span.to - span.from;
    if (keys <= stretches * stretchLength) {
      const all = await sql.headsIn(tx, workspaceId, [span.from], keys);
      return { people: await fitting(all), exact: true };
    }
    if (asksNothing(filter) && keys <= 200_000)
      return { people: await sql.countHeads(tx, workspaceId), exact: true };
    const step = keys / stretches;
    const starts = Array.from({ length: stretches }, (_, i) => Math.floor(span.from + i * step));
    const sample = await sql.headsIn(tx, workspaceId, starts, stretchLength);
    const share = (await fitting(sample)) / (stretches * stretchLength);
    return { people: Math.round(share * keys), exact: false };
  });
}

function cursorOf(place: Place | null, order: Order): string | null {
  if (!place) return null;
  if (order === 'newest') return place.key.toString(36);
  return Buffer.from(JSON.stringify([order, place.at, place.key])).toString('base64url');
}

/** Refuses `bad-query`. */
function placeOf(cursor: string, order: Order): Place {
  const plain = Number.parseInt(cursor, 36);
  if (order === 'newest' && /^[0-9a-z]{1,11}$/.test(cursor) && Number.isSafeInteger(plain))
    return { person: plain, key: plain, at: 0 };
  try {
    const [of, at, key] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const fitsOrder =
      order === 'name' ? typeof at === 'string' && !at.includes('\0') : Number.isSafeInteger(at);
    if (of === order && fitsOrder && Number.isSafeInteger(key)) return { person: key, key, at };
  } catch {
    // Falls through to the refusal.
  }
  throw refuse('bad-query', 'This cursor is not one of ours.');
}
