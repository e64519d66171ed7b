import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { checkReceipt } from '#platform/tlog';
import { type Moved, testPublicLog } from '../../../test/fixtures/public-log.ts';
import { filesAt, primitives, readKeys, type Seen, walkLog } from './index.ts';

const kills = Number(process.env.PANDO_LOG_KILLS ?? 5);
const program = join(import.meta.dirname, '../../../bench/rig/sequencer-process.ts');

test('killed at any moment, the log goes on without a gap or a fork, and never shows what is not there', async () => {
  const world = await testPublicLog();
  try {
    await world.settled();
    await world.transparency().stop();
    const read = filesAt(world.folder);
    const keys = readKeys(Buffer.from((await read('key')) ?? []).toString());
    const moved: Moved[] = [];
    const seen: Seen[] = [];
    const receipts: string[] = [];

    /** The public files as somebody would find them now: whole, and the continuation of all that was seen. */
    async function look(): Promise<void> {
      const walked = await walkLog({ read, keys, seen });
      expect(walked.problems).toEqual([]);
      if (walked.checkpoint) seen.push({ ...walked.checkpoint, from: `look ${seen.length}` });
      const one = moved[Math.floor(Math.random() * 300)];
      const receipt = one && (await world.receipt(one));
      if (receipt) receipts.push(receipt.text);
    }

    // Something to be shown from the first look on.
    moved.push(...(await world.move(300)));
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, [program, world.url, world.home], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      const killAt = after(50 + Math.random() * 1200).then(() => child.kill('SIGKILL'));
      while (child.signalCode === null && !child.killed) {
        moved.push(...(await world.move(1 + Math.floor(Math.random() * 400))));
        await after(10);
      }
      await killAt;
      await ended;
      await look();
    }
    await world.again();
    await world.settled();
    await look();
    const last = seen.at(-1);
    // Every one is in it once: none twice (the walk would have said so), none missing.
    expect(last?.size).toBe(moved.length);
    expect(new Set(seen.map(({ size }) => size)).size).toBeGreaterThan(2);
    expect(receipts.length).toBeGreaterThan(1);
    for (const text of receipts)
      expect(await checkReceipt(primitives, text, { keys, read })).not.toHaveProperty('fault');
  } finally {
    await world.drop();
  }
}, 120_000);
