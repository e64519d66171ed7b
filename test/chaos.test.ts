import { expect, test } from 'vitest';
import { faultsOf, runChaos, victims } from '../bench/rig/chaos.ts';

const remote = process.env.DATABASE_URL ?? process.env.CLICKHOUSE_URL;
if (remote) process.stdout.write('Skipped: engines that are given by URL are not ours to kill.\n');

test.skipIf(remote)(
  'whatever is killed under load, the program comes back and every acknowledged event is there once',
  { timeout: 300_000 },
  async () => {
    const outcome = await runChaos({ kills: victims.length, seed: 1 });
    expect(faultsOf(outcome)).toEqual([]);
    expect(outcome.acknowledged).toBeGreaterThan(0);
    expect(outcome.kills.map((kill) => kill.victim).sort()).toEqual([...victims].sort());
  },
);
