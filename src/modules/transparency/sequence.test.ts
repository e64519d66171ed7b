import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkReceipt,
  concat,
  decodeEntries,
  parseVerifierKey,
  readCheckpoint,
  tilePath,
  tilesBetween,
} from '#platform/tlog';
import { type Moved, testPublicLog } from '../../../test/fixtures/public-log.ts';
import { commit, primitives } from './index.ts';

let world: Awaited<ReturnType<typeof testPublicLog>>;
const moved: Moved[] = [];
beforeAll(async () => {
  world = await testPublicLog();
});
afterAll(() => world.drop());

const read = (path: string) => readFileSync(join(world.folder, path));
const keys = () => [parseVerifierKey(primitives, read('key').toString()) ?? expect.unreachable()];
const checkpoint = () => {
  const told = readCheckpoint(primitives, read('checkpoint').toString(), keys());
  return typeof told === 'string' ? expect.unreachable(told) : told;
};
const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

function mth(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (!only) return sha256(new Uint8Array());
  if (leaves.length === 1) return sha256(concat(Uint8Array.of(0), only));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(concat(Uint8Array.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k))));
}

/** Every entry in the public files, in order. */
function publicEntries(): Uint8Array[] {
  const bundles = [...tilesBetween(0, checkpoint().size)].filter(({ level }) => level === 'entries');
  return bundles.flatMap((tile) => decodeEntries(read(tilePath(tile))) ?? expect.unreachable());
}

test('an empty log has a checkpoint, and a key to check it by', async () => {
  await world.settled();
  expect(checkpoint()).toMatchObject({ origin: 'brand.example/log/points', size: 0 });
  expect(Buffer.from(checkpoint().root)).toEqual(mth([]));
});

test('what is committed is in the files once, under a signed root, whatever comes in what portions', async () => {
  for (const count of [1, 2, 252, 1, 1, 700, 3]) {
    moved.push(...(await world.move(count)));
    await world.settled();
    expect(checkpoint().size).toBe(moved.length);
  }
  // Many at once, from several callers.
  const many = await Promise.all([400, 1, 37, 900].map((count) => world.move(count, 2)));
  moved.push(...many.flat());
  await world.settled();
  const entries = publicEntries();
  expect(checkpoint().size).toBe(moved.length);
  expect(Buffer.from(checkpoint().root)).toEqual(mth(entries));
  const hex = (leaves: readonly Uint8Array[]) =>
    leaves.map((leaf) => Buffer.from(leaf).toString('hex')).sort();
  expect(hex(entries)).toEqual(hex(moved.map(({ kind, parties }) => commit(kind, parties))));
});

test('every tile of the tree is there, and partial ones are gone where the full one is', () => {
  const { size } = checkpoint();
  for (const tile of tilesBetween(0, size))
    expect(existsSync(join(world.folder, tilePath(tile))), tilePath(tile)).toBe(true);
  expect(existsSync(join(world.folder, 'tile/0/000.p'))).toBe(false);
  expect(existsSync(join(world.folder, 'tile/entries/000.p'))).toBe(false);
});

test('one that commits late is not passed over', async () => {
  const late = Promise.withResolvers<void>();
  const isIn = Promise.withResolvers<void>();
  const leaf = commit(3, [new Uint8Array(32)]);
  const slow = world.pg.inWorkspace(world.workspaceId, async (tx) => {
    // A smaller id than any that is numbered while it is under way.
    await world.transparency().submit(tx, world.id, [{ id: 1_000_000n, leaf }]);
    isIn.resolve();
    await late.promise;
  });
  await isIn.promise;
  await world.pg.inWorkspace(world.workspaceId, (tx) =>
    world.transparency().submit(tx, world.id, [{ id: 2_000_000n, leaf: commit(4, [new Uint8Array(32)]) }]),
  );
  await world.settled();
  const before = checkpoint().size;
  late.resolve();
  await slow;
  await world.settled();
  expect(checkpoint().size).toBe(before + 1);
  expect(Buffer.from(publicEntries().at(-1) ?? '')).toEqual(Buffer.from(leaf));
  await world.pg.inWorkspace(world.workspaceId, async (tx) => {
    const places = await world.transparency().placesOf(tx, world.id, [1_000_000n, 2_000_000n, 3n]);
    expect(places).toEqual(
      new Map([
        [1_000_000n, before],
        [2_000_000n, before - 1],
        [3n, 2],
      ]),
    );
  });
});

describe('a receipt', () => {
  test('of every place is good by itself and against the log, also after the log grew', async () => {
    const given = await Promise.all(
      [0, 1, 255, 256, 957, moved.length - 1].map(async (i) => {
        const one = moved[i] ?? expect.unreachable();
        return (await world.receipt(one)) ?? expect.unreachable();
      }),
    );
    await world.move(300);
    await world.settled();
    const file = async (path: string) => (await world.transparency().file('points', path)) ?? undefined;
    for (const { text, link, qr } of given) {
      expect(await checkReceipt(primitives, text, { keys: keys() })).not.toHaveProperty('fault');
      expect(await checkReceipt(primitives, text, { keys: keys(), read: file })).not.toHaveProperty('fault');
      const short = Buffer.from(link.split('#receipt=')[1] ?? '', 'base64url').toString();
      expect(await checkReceipt(primitives, short, { keys: keys(), read: file })).not.toHaveProperty('fault');
      expect(qr).toMatch(/^<svg/);
    }
  });

  test('is for whom it belongs to, and not made for what was not logged', async () => {
    const [one, other] = [moved[0] ?? expect.unreachable(), moved[1] ?? expect.unreachable()];
    const receipt = (order: object) =>
      world.transparency().receipt(world.workspaceId, world.id, { ...one, party: 0, ...order });
    await expect(receipt({ party: 1 })).rejects.toThrow(TypeError);
    await expect(receipt({ parties: other.parties })).rejects.toThrow(/is not of the movement/);
    expect(await receipt({ id: 77_777_777n })).toBeNull();
  });

  test('cannot be made any more once it is forgotten whose leaf it is; that of another can', async () => {
    const [one, other] = [moved[10] ?? expect.unreachable(), moved[11] ?? expect.unreachable()];
    await world.pg.inWorkspace(world.workspaceId, (tx) =>
      world.transparency().forget(tx, world.id, [one.id]),
    );
    expect(await world.receipt(one)).toBeNull();
    expect(await world.receipt(other)).not.toBeNull();
  });
});

describe('the files', () => {
  test('are the same when they are made again from the rows, and when they are served without a folder', async () => {
    const fresh = mkdtempSync(join(tmpdir(), 'pando-log-'));
    const copy = mkdtempSync(join(tmpdir(), 'pando-log-'));
    try {
      cpSync(world.folder, copy, { recursive: true });
      await world.again(fresh);
      await world.settled();
      await world.transparency().goOn('points');
      await world.settled();
      const { size } = checkpoint();
      const bare = world.another();
      for (const path of ['checkpoint', 'key', ...[...tilesBetween(0, size)].map(tilePath)]) {
        const was = readFileSync(join(copy, path));
        expect(readFileSync(join(fresh, 'log/points', path)), path).toEqual(was);
        expect(Buffer.from((await bare.file('points', path)) ?? ''), path).toEqual(was);
      }
      expect(await bare.file('points', tilePath({ level: 0, n: 99, width: 256 }))).toBeNull();
      expect(
        await bare.file('points', tilePath({ level: 0, n: Math.floor(size / 256), width: 255 })),
      ).toBeNull();
      expect(await bare.file('nobody', 'checkpoint')).toBeNull();
      await world.again();
    } finally {
      rmSync(fresh, { recursive: true, force: true });
      rmSync(copy, { recursive: true, force: true });
    }
  });

  test('that tell of more than the database has, or of something else, stop the log: it must not fork', async () => {
    await world.settled();
    const [kept, { size }] = [read('checkpoint'), checkpoint()];
    const [origin = '', , root = ''] = kept.toString().split('\n');
    const told = { ahead: `${origin}\n${size + 9}\n${root}\n`, other: `${origin}\n${size - 1}\n${root}\n` };
    for (const [text, why] of [
      [told.ahead, /older backup/],
      [told.other, /disagree on the first/],
    ] as const) {
      writeFileSync(
        join(world.folder, 'checkpoint'),
        kept.toString().replace(/^[^\n]*\n[^\n]*\n[^\n]*\n/, text),
      );
      await world.again();
      await world.move(5);
      await world.settled();
      const state = await world.transparency().state(world.workspaceId, world.id);
      expect(state).toMatchObject({ size, signed: size, stopped: expect.stringMatching(why) });
    }
    writeFileSync(join(world.folder, 'checkpoint'), kept);
    await world.again();
    await world.settled();
    expect(checkpoint().size).toBe(size + 10);
  });
});

describe('a home without the files of a log that was signed', () => {
  const state = () => world.transparency().state(world.workspaceId, world.id);

  test('holds the log until an operator says that nothing more was public', async () => {
    await world.settled();
    const { size } = checkpoint();
    const empty = mkdtempSync(join(tmpdir(), 'pando-log-'));
    try {
      await world.again(empty);
      await world.move(7);
      await world.settled();
      const held = { why: 'no-files', known: size, public: null };
      expect(await state()).toMatchObject({ size, signed: size, waiting: 7, held });
      expect(world.transparency().stopped()).toMatchObject([{ name: 'points' }]);
      expect(readdirSync(empty)).toEqual([]);
      // Nobody forgets by starting again.
      await world.again(empty);
      await world.settled();
      expect(await state()).toMatchObject({ signed: size, held });

      expect(await world.transparency().goOn('points')).toEqual({ size });
      await world.settled();
      expect(await state()).toMatchObject({ signed: size + 7, waiting: 0, held: null, stopped: null });
      const told = readFileSync(join(empty, 'log/points/checkpoint')).toString();
      expect(readCheckpoint(primitives, told, keys())).toMatchObject({ size: size + 7 });
      // What this home made is the continuation of what the other has.
      await world.again();
      await world.settled();
      expect(checkpoint().size).toBe(size + 7);
      expect(Buffer.from(checkpoint().root)).toEqual(mth(publicEntries()));
    } finally {
      await world.again();
      rmSync(empty, { recursive: true, force: true });
    }
  });

  test('goes on by itself where nothing was signed yet', async () => {
    const other = await testPublicLog({ name: 'young' });
    try {
      await other.settled();
      await other.again();
      await other.move(3);
      await other.settled();
      const now = await other.transparency().state(other.workspaceId, other.id);
      expect(now).toMatchObject({ signed: 3, held: null });
    } finally {
      await other.drop();
    }
  });
});

test('the operator cannot let a log go on that would fork', async () => {
  await world.settled();
  const kept = read('checkpoint');
  const { size } = checkpoint();
  const [origin = '', , root = ''] = kept.toString().split('\n');
  try {
    writeFileSync(
      join(world.folder, 'checkpoint'),
      kept.toString().replace(/^[^\n]*\n[^\n]*\n[^\n]*\n/, `${origin}\n${size + 9}\n${root}\n`),
    );
    await world.again();
    await world.move(1);
    await world.settled();
    await expect(world.transparency().goOn('points')).rejects.toMatchObject({
      type: 'transparency/would-fork',
    });
    await world.settled();
    const state = await world.transparency().state(world.workspaceId, world.id);
    expect(state).toMatchObject({ signed: size, waiting: 1, held: { why: 'ahead', public: size + 9 } });
  } finally {
    writeFileSync(join(world.folder, 'checkpoint'), kept);
    await world.again();
    await world.settled();
  }
  expect(checkpoint().size).toBe(size + 1);
});

test('the database itself refuses to write the log anew', async () => {
  const refused = /never written anew/;
  for (const statement of [
    "update transparency_bundles set entries = '\\x00' where n = 0",
    'delete from transparency_bundles where n = 0',
    "update transparency_tiles set hashes = '\\x00' where n = 0",
    'update transparency_logs set size = size - 1',
    "update transparency_checkpoints set note = 'x'",
  ])
    await expect(world.pg.raw.query(statement), statement).rejects.toThrow(refused);
});

test('two processes share the work, and number nothing twice', async () => {
  const other = world.another();
  other.start();
  const before = checkpoint().size;
  const counts = [300, 200, 1, 77, 512, 3];
  await Promise.all(counts.map((count, i) => world.move(count, 5, i % 2 ? other : world.transparency())));
  await world.settled();
  await other.stop();
  expect(checkpoint().size).toBe(before + counts.reduce((sum, n) => sum + n, 0));
  expect(Buffer.from(checkpoint().root)).toEqual(mth(publicEntries()));
});
