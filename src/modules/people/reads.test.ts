import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tx } from '#platform/postgres';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import type { Node } from './node.ts';
import * as sql from './sql.ts';
import * as ties from './tie-sql.ts';

// People are found by what they are known by, and nobody else is read on the way: not even in a brand that has come
// since Postgres counted its tables last, of which its planner knows nothing yet.

const many = 5000;
const some = Array.from({ length: 100 }, (_, i) => i + 1);
const now = new Date('2026-03-01T12:00:00Z');
let database: Awaited<ReturnType<typeof testPostgres>>;

beforeAll(async () => {
  database = await testPostgres();
  await grow(1);
  await database.pg.raw.query('vacuum analyze');
  await grow(2);
});
afterAll(() => database.drop());

const inBrand = <T>(work: (tx: Tx) => Promise<T>) => database.pg.inWorkspace(2, work);

/** People in pairs, each pair tied once. */
async function grow(workspaceId: number): Promise<void> {
  const nodes = Array.from({ length: many }, (_, i): Node & { hash: string } => ({
    ...{ key: i + 1, person: i - (i % 2) + 1, kind: 'user_id', value: `u${i}`, hash: sql.hash64(`u${i}`) },
    ...{ state: 0, contested: false, denied: null, consent: null, degree: null },
  }));
  const pairs = nodes
    .filter(({ key }) => key % 2 === 1)
    .map(({ key }) => ({
      ...{ hash: `${key}`, keys: [key, key + 1], alias: null, rule: 'same event' },
      ...{ at: now.getTime(), messageId: `m${key}`, sourceId: 1 },
    }));
  await database.pg.inWorkspace(workspaceId, async (tx) => {
    await sql.insertIdentifiers(tx, workspaceId, nodes, now);
    await ties.insertTies(tx, workspaceId, pairs, now);
  });
}

/** How many rows of the tables of the graph are read by the work. */
async function readIn(work: (tx: Tx) => Promise<unknown>): Promise<number> {
  const readSoFar = async (tx: Tx) => {
    const [row] = await tx.query<{ read: number }>(
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
       where relname in ('identifiers', 'ties', 'tie_keys')`,
    );
    return row?.read ?? 0;
  };
  return inBrand(async (tx) => {
    const before = await readSoFar(tx);
    await work(tx);
    return (await readSoFar(tx)) - before;
  });
}

const hashes = some.map((n) => sql.hash64(`u${n}`));
const tieHashes = some.filter((n) => n % 2 === 1).map(String);

test.each<[string, (tx: Tx) => Promise<unknown>]>([
  ['by their hashes', (tx) => sql.findByHash(tx, 2, hashes)],
  ['by their keys', (tx) => sql.findByKey(tx, 2, some)],
  ['with all that is theirs', (tx) => sql.membersOf(tx, 2, some)],
  ['with whoever is one with them', (tx) => sql.findWithMembers(tx, 2, { hashes, keys: some })],
  ['by what ties them', (tx) => ties.tiesByHash(tx, 2, tieHashes)],
  ['and their ties', (tx) => ties.tiesOf(tx, 2, some)],
])('found %s', async (_, find) => {
  const read = await readIn(find);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(20 * some.length);
});

test('written where they are', async () => {
  const found = await inBrand((tx) => sql.findByKey(tx, 2, some));
  const read = await readIn(async (tx) => {
    await sql.updateIdentifiers(
      tx,
      2,
      found.map((row) => ({
        ...{ key: row.key, person: 1, kind: row.kind, value: row.value, state: row.state, contested: true },
        ...{ denied: row.denied, consent: row.consent, degree: null },
      })),
    );
    await ties.saveOutcomes(
      tx,
      2,
      tieHashes.map((hash) => ({ hash, outcome: 1 })),
    );
  });
  expect(read).toBeLessThan(20 * some.length);
  expect((await inBrand((tx) => sql.findByKey(tx, 2, some))).every((row) => row.contested)).toBe(true);
});
