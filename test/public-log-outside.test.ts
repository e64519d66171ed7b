import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commit, primitives } from '#modules/transparency';
import { parseCheckpoint, parseNote, parseProof, parseVerifierKey, toBase64 } from '#platform/tlog';
import { type Moved, testPublicLog } from './fixtures/public-log.ts';

// The public log before the code of others, which knows nothing of ours.

let world: Awaited<ReturnType<typeof testPublicLog>>;
let scratch: string;
const moved: Moved[] = [];
let old: { size: number; root: Uint8Array };

beforeAll(async () => {
  world = await testPublicLog();
  scratch = mkdtempSync(join(tmpdir(), 'pando-outside-'));
  moved.push(...(await world.move(300)));
  await world.settled();
  old = parseCheckpoint(parseNote(read('checkpoint'))?.text ?? '') ?? expect.unreachable();
  moved.push(...(await world.move(777)));
  await world.settled();
});
afterAll(async () => {
  await world.drop();
  rmSync(scratch, { recursive: true, force: true });
});

const read = (path: string) => readFileSync(join(world.folder, path), 'utf8');
const places = [0, 1, 255, 256, 299, 300, 1023, 1024, 1076];

async function receiptAt(place: number): Promise<string> {
  return (await world.receipt(moved[place] ?? expect.unreachable()))?.text ?? expect.unreachable();
}

describe("sigstore's own verification", () => {
  const entryOf = (text: string, leaf: Uint8Array) => {
    const { index, hashes, checkpoint } = parseProof(text) ?? expect.unreachable();
    const { size, root } = parseCheckpoint(parseNote(checkpoint)?.text ?? '') ?? expect.unreachable();
    const entry = {
      logIndex: String(index),
      canonicalizedBody: Buffer.from(leaf),
      inclusionProof: {
        logIndex: String(index),
        treeSize: String(size),
        rootHash: Buffer.from(root),
        hashes: hashes.map((hash) => Buffer.from(hash)),
        checkpoint: { envelope: checkpoint },
      },
    } as unknown as Parameters<typeof verifyMerkleInclusion>[0] & Parameters<typeof verifyCheckpoint>[0];
    return entry;
  };
  const logs = () => {
    const { name, keyId, key } = parseVerifierKey(primitives, read('key')) ?? expect.unreachable();
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return [
      { logID: Buffer.from(keyId, 'hex'), publicKey, baseURL: `https://${name}` },
    ] as unknown as Parameters<typeof verifyCheckpoint>[1];
  };

  test('accepts the checkpoint and the inclusion proof of every receipt', async () => {
    for (const place of places) {
      const { kind, parties } = moved[place] ?? expect.unreachable();
      const entry = entryOf(await receiptAt(place), commit(kind, parties));
      verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs()));
    }
  });

  test('refuses another leaf, and a checkpoint that was changed', async () => {
    const text = await receiptAt(300);
    const other = entryOf(text, commit(1, [new Uint8Array(32)]));
    expect(() => verifyMerkleInclusion(other, verifyCheckpoint(other, logs()))).toThrow(/does not match/);
    const { kind, parties } = moved[300] ?? expect.unreachable();
    const changed = entryOf(text.replace('\n1077\n', '\n1078\n'), commit(kind, parties));
    expect(() => verifyCheckpoint(changed, logs())).toThrow(/invalid checkpoint signature/);
  });
});

/** What Debian's packages golang-go and golang-golang-x-mod-dev bring. */
const gopath = '/usr/share/gocode';
const go = ['/usr/bin/go', '/usr/lib/go/bin/go'].find((path) => existsSync(path));
const why = !go
  ? 'there is no Go'
  : existsSync(join(gopath, 'src/golang.org/x/mod/sumdb'))
    ? ''
    : "there is no golang.org/x/mod (Debian's golang-golang-x-mod-dev)";
if (why) process.stdout.write(`The check by Go's sumdb is left out: ${why}.\n`);

describe.skipIf(why !== '')("Go's golang.org/x/mod/sumdb", { timeout: 120_000 }, () => {
  let program: string;
  const run = promisify(execFile);

  beforeAll(async () => {
    program = join(scratch, 'sumdb');
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: scratch,
      GOCACHE: join(scratch, 'cache'),
      GOPATH: gopath,
      GO111MODULE: 'off',
    };
    await run(go ?? '', ['build', '-o', program, join(import.meta.dirname, 'outside/sumdb.go')], { env });
  }, 120_000);

  async function check(folder: string, o: { oldRoot?: string } = {}): Promise<string> {
    const receipts = await Promise.all(
      places.map(async (place) => {
        const file = join(scratch, `${place}.tlog-proof`);
        writeFileSync(file, await receiptAt(place));
        return file;
      }),
    );
    const args = [folder, read('key').trim(), String(old.size), o.oldRoot ?? toBase64(old.root), ...receipts];
    return run(program, args).then(
      ({ stdout }) => stdout.trim(),
      (error: { stderr: string }) => error.stderr.trim(),
    );
  }

  test('accepts checkpoint, tiles, entries, receipts, and the way from the older tree', async () => {
    const [, size, root] = read('checkpoint').split('\n');
    expect(size).toBe('1077');
    expect(await check(world.folder)).toBe(`${size} ${root}`);
  });

  test('refuses a changed entry, a changed tile and another past', async () => {
    const changed = async (path: string, at: number) => {
      const copy = mkdtempSync(join(scratch, 'copy-'));
      cpSync(world.folder, copy, { recursive: true });
      const content = readFileSync(join(copy, path));
      content.writeUInt8(content.readUInt8(at) ^ 1, at);
      writeFileSync(join(copy, path), content);
      return check(copy);
    };
    expect(await changed('tile/entries/001', 100)).toMatch(/entry 258 is not what the tree was built over/);
    expect(await changed('tile/0/002', 100)).toMatch(/entry 515 is not|inconsistent tile/);
    expect(await changed('tile/1/000.p/4', 100)).toMatch(/inconsistent tile/);
    expect(await check(world.folder, { oldRoot: toBase64(new Uint8Array(32)) })).toMatch(/invalid|cannot/);
  });
});
