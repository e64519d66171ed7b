import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Postgres } from '#platform/postgres';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { Bloom } from './memory.ts';
import { loadRuns } from './run-sql.ts';
import { lookUp, mergeRuns, sortIds, writeRun } from './runs.ts';

const workspaceId = 7;
let pg: Postgres;
let drop: () => Promise<void>;

beforeAll(async () => {
  ({ pg, drop } = await testPostgres());
});
afterAll(() => drop());

const hashesOf = (packed: Buffer) =>
  Array.from({ length: packed.length / 8 }, (_, i) => packed.readBigInt64LE(i * 8));

describe('runs of message ids', () => {
  it('are sorted, without repeats, whatever the signs', () => {
    const packed = Buffer.alloc(32);
    [5n, -3n, 5n, -(2n ** 63n)].forEach((hash, i) => {
      packed.writeBigInt64LE(hash, i * 8);
    });
    expect([...sortIds([packed])]).toEqual([-(2n ** 63n), -3n, 5n]);
  });

  it('find what they hold and nothing else, before and after they are merged', async () => {
    // More than one stretch of a merge, and runs of different sizes.
    const parts = Array.from({ length: 8 }, (_, i) => randomBytes(8 * (20_000 + i * 500)));
    const strangers = hashesOf(randomBytes(8 * 2_000));
    await pg.inWorkspace(workspaceId, async (tx) => {
      for (const part of parts)
        await writeRun(tx, workspaceId, sortIds([part]), false, new Date('2026-11-01'));
    });
    const check = () =>
      pg.inWorkspace(workspaceId, async (tx) => {
        const runs = await loadRuns(tx, workspaceId, []);
        const all = runs.map((run) => run.run);
        const members = parts.flatMap((part) => hashesOf(part).filter((_, i) => i % 97 === 0 || i === 0));
        const suspects = [...members, ...strangers].map((hash) => ({ hash, runs: all }));
        const found = await lookUp(tx, workspaceId, suspects);
        expect(members.every((hash) => found.has(hash))).toBe(true);
        expect(strangers.some((hash) => found.has(hash))).toBe(false);
        const filters = runs.map((run) => new Bloom(run.filter));
        const rings = (hash: bigint) => {
          const low = Number(BigInt.asUintN(32, hash));
          const high = Number(BigInt.asUintN(32, hash >> 32n));
          return filters.some((filter) => filter.has(low, high));
        };
        expect(members.every(rings), 'a filter never misses what it holds').toBe(true);
        expect(strangers.filter(rings).length).toBeLessThan(strangers.length / 20);
        return runs.length;
      });
    expect(await check()).toBe(8);
    expect(await pg.inWorkspace(workspaceId, (tx) => mergeRuns(tx, workspaceId))).toBe(true);
    expect(await check()).toBe(1);
    expect(await pg.inWorkspace(workspaceId, (tx) => mergeRuns(tx, workspaceId))).toBe(false);
  });
});
