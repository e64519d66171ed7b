import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { Bloom } from './memory.ts';
import { loadRuns, runSizes } from './run-sql.ts';
import { lookUp, mergeRuns, sortIds, writeRun } from './runs.ts';

const hashes = fc.array(
  fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n),
  ),
  { maxLength: 200 },
);

test('ids are sorted and stand once', () => {
  fc.assert(
    fc.property(fc.array(hashes, { maxLength: 4 }), (lists) => {
      const sorted = [...sortIds(lists.map(pack))];
      expect(sorted).toEqual([...new Set(lists.flat())].sort((a, b) => (a < b ? -1 : 1)));
    }),
  );
});

describe('in Postgres', () => {
  let database: Awaited<ReturnType<typeof testPostgres>>;
  beforeAll(async () => {
    database = await testPostgres();
  });
  afterAll(() => database.drop());

  const inWorkspace = <T>(ws: number, work: Parameters<typeof database.pg.inWorkspace<T>>[1]) =>
    database.pg.inWorkspace(ws, work);

  /** Of these hashes, those that stand in any run of the workspace. */
  async function standing(ws: number, asked: readonly bigint[]): Promise<Set<bigint>> {
    return inWorkspace(ws, async (tx) => {
      const runs = (await runSizes(tx, ws)).map((run) => run.run);
      return lookUp(
        tx,
        ws,
        asked.map((hash) => ({ hash, runs })),
      );
    });
  }

  /** Each id rings in the filter of a run, by the halves that the log's packed ids give; strangers hardly ever. */
  async function everyFilterRings(ws: number, ids: readonly bigint[]): Promise<void> {
    const filters = (await inWorkspace(ws, (tx) => loadRuns(tx, ws, []))).map((row) => new Bloom(row.filter));
    const rings = (packed: Buffer, i: number) =>
      filters.some((filter) => filter.has(packed.readUInt32LE(i * 8), packed.readUInt32LE(i * 8 + 4)));
    const [known, strange] = [pack(ids), pack(many('strange', 1_000))];
    expect(ids.filter((_, i) => !rings(known, i))).toEqual([]);
    let alarms = 0;
    for (let i = 0; i < 1_000; i++) if (rings(strange, i)) alarms++;
    expect(alarms).toBeLessThan(20);
  }

  test('what is written is found, and nothing else, over pages and runs', async () => {
    const ids = many('in', 3_500);
    await inWorkspace(1, async (tx) => {
      await writeRun(tx, 1, sortIds([pack(ids.slice(0, 2_500))]), false, new Date());
      await writeRun(tx, 1, sortIds([pack(ids.slice(2_500))]), false, new Date());
      await writeRun(tx, 1, sortIds([]), false, new Date());
    });
    expect(await standing(1, ids)).toEqual(new Set(ids));
    expect((await standing(1, many('out', 500))).size).toBe(0);
    const sorted = sortIds([pack(ids)]);
    const [least = 0n, greatest = 0n] = [sorted[0], sorted.at(-1)];
    expect(await standing(1, [least - 1n, greatest + 1n])).toEqual(new Set());
    expect(await standing(2, ids)).toEqual(new Set());
    await everyFilterRings(1, ids);
  });

  test('eight runs of about one size become one, with the newest of their times; kept ones apart from others', async () => {
    // More than are held in memory at once.
    const lists = Array.from({ length: 9 }, (_, i) => many(`run ${i}`, 14_000));
    // What was accepted again long after stands in two runs.
    lists[1]?.push(...(lists[0] ?? []).slice(0, 1_000));
    const day = (i: number) => new Date(Date.UTC(2026, 0, 1 + i));
    await inWorkspace(3, async (tx) => {
      for (const [i, list] of lists.entries()) await writeRun(tx, 3, sortIds([pack(list)]), i === 8, day(i));
      expect(await mergeRuns(tx, 3)).toBe(true);
      expect(await mergeRuns(tx, 3)).toBe(false);
    });
    const runs = await inWorkspace(3, (tx) => runSizes(tx, 3));
    expect(runs.map(({ kept, newest }) => ({ kept, newest }))).toEqual([
      { kept: true, newest: day(8) },
      { kept: false, newest: day(7) },
    ]);
    const all = [...new Set(lists.flat())];
    const some = all.filter((_, i) => i % 100 === 0);
    expect((await standing(3, some)).size).toBe(some.length);
    expect((await standing(3, many('out', 500))).size).toBe(0);
    await everyFilterRings(3, all);
  });
});

function pack(list: readonly bigint[]): Buffer {
  const packed = Buffer.alloc(list.length * 8);
  for (const [i, hash] of list.entries()) packed.writeBigInt64LE(hash, i * 8);
  return packed;
}

function many(seed: string, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) =>
    createHash('md5').update(`${seed} ${i}`).digest().readBigInt64LE(0),
  );
}
