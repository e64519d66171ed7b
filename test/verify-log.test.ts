import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTransparency, transparencyRoutes } from '#modules/transparency';
import { systemClock } from '#platform/clock';
import { createHttp } from '#platform/http';
import { createLog } from '#platform/log';
import { runCommandLine } from '../src/app/cli.ts';
import { type Moved, testPublicLog, toldOfLedger } from './fixtures/public-log.ts';

// `pando verify` over a log's public files, as somebody outside has them, and over receipts.

let world: Awaited<ReturnType<typeof testPublicLog>>;
let scratch: string;
/** A copy of the public files as they were at 600 leaves and totals, and as they are. */
let [then, now] = ['', ''];
const moved: Moved[] = [];

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'pando-verify-'));
  world = await testPublicLog({ tellTotals: toldOfLedger });
  await world.settled();
  moved.push(...(await world.move(600)), ...(await world.move(20, 2)));
  await world.totals();
  then = copyOf(world.folder);
  moved.push(...(await world.move(500, 3)));
  await world.settled();
  now = copyOf(world.folder);
});
afterAll(async () => {
  await world.drop();
  rmSync(scratch, { recursive: true, force: true });
});
let memory: string;
beforeEach(() => {
  memory = join(mkdtempSync(join(scratch, 'memory-')), 'seen.json');
});

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(scratch, 'log-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** The same files with something changed. */
function changed(path: string, change: (content: Buffer) => Buffer | string, folder = now): string {
  const copy = copyOf(folder);
  writeFileSync(join(copy, path), change(readFileSync(join(copy, path))));
  return copy;
}

const flip = (at: number) => (content: Buffer) => {
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
  return content;
};

async function pando(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { code: 0, out: '', err: '' };
  const code = await runCommandLine(['verify', ...words, '--memory', memory], {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isPerson: false,
    exit: (told) => void (said.code = told),
    exitCode: () => said.code,
  });
  return { ...said, code };
}

async function told(...words: string[]) {
  const { code, out, err } = await pando(...words, '--json');
  if (out === '') throw new Error(err);
  return {
    code,
    ...(JSON.parse(out) as { good: boolean; problems: { kind: string; detail: string }[] } & Record<
      string,
      unknown
    >),
  };
}

const kindsOf = ({ problems }: { problems: { kind: string }[] }) => [
  ...new Set(problems.map(({ kind }) => kind)),
];

describe('a log that is as it should be', () => {
  test('is proven from a folder, and over HTTP from a process that keeps no files', async () => {
    const first = await told(then);
    expect(first).toMatchObject({
      code: 0,
      good: true,
      size: 622,
      totals: 2,
      trust: 'first look',
      kinds: { 0: 2, 1: 600, 2: 20 },
      continued: [],
    });
    const log = createLog({ level: 'silent', pretty: false });
    const app = await createHttp({ log, config: { trustProxy: false }, version: 'test' });
    transparencyRoutes(
      app,
      createTransparency({
        pg: world.pg,
        clock: systemClock,
        log,
        secret: 'of the tests',
        publicUrl: () => 'https://brand.example',
      }),
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    try {
      const second = await told(`${url}/log/points`);
      expect(second).toMatchObject({
        good: true,
        size: 1122,
        trust: 'remembered',
        continued: [{ size: 622 }],
      });
      const answer = await fetch(`${url}/log/points/tile/0/000`);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/octet-stream',
        'cache-control': 'public, max-age=31536000, immutable',
        'access-control-allow-origin': '*',
      });
      expect((await answer.arrayBuffer()).byteLength).toBe(8192);
      const checkpoint = await fetch(`${url}/log/points/checkpoint`);
      expect(Object.fromEntries(checkpoint.headers)).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'public, max-age=1',
      });
      for (const path of ['points/nothing', 'points/tile/0/5', 'points/..%2f..%2flock', 'nobody/checkpoint'])
        expect((await fetch(`${url}/log/${path}`)).status, path).toBe(404);
    } finally {
      await app.close();
    }
  });

  test('is told in words, with what is not proven', async () => {
    const { out, code } = await pando(now, '--against', join(then, 'checkpoint'));
    expect(code).toBe(0);
    expect(out).toMatch(/brand\.example\/log\/points is whole/);
    expect(out).toMatch(/exactly this history of 1,122 entries \(1,120 movements\)/);
    expect(out).toMatch(/continues what was seen before \(622 entries/);
    expect(out).toMatch(/1,860 points outstanding, 1,860 backed by a reserve of 186 EUR at 10 to 1/);
    expect(out).toMatch(/Not proven:[\s\S]+the key is really the brand's/);
  });
});

test('a log passes on to a new key, for those who knew the old one', async () => {
  const rotated = await testPublicLog({ name: 'rotated' });
  const rotate = async (retireOlder: boolean) => {
    await rotated.transparency().rotateKey('rotated', { retireOlder });
    await rotated.move(3);
    await rotated.settled();
  };
  try {
    await rotated.move(3);
    await rotated.settled();
    const first = { size: 3, keys: [expect.stringMatching(/^brand\.example/)] };
    expect(await told(rotated.folder)).toMatchObject({ good: true, ...first });
    const stranger = memory.replace('seen', 'stranger');
    cpSync(memory, stranger);
    await rotate(false);
    expect(await told(rotated.folder)).toMatchObject({ good: true, size: 6, trust: 'remembered' });
    await rotate(true);
    expect(await told(rotated.folder)).toMatchObject({ good: true, size: 9, continued: [{ size: 6 }] });
    // Who was not there while both signed has to be told the new key.
    memory = stranger;
    expect(kindsOf(await told(rotated.folder))).toEqual(['signature']);
    expect(await told(rotated.folder, '--key', join(rotated.folder, 'key'))).toMatchObject({ good: true });
  } finally {
    await rotated.drop();
  }
});

describe('what is refused', () => {
  test('a changed entry', async () => {
    const found = await told(changed('tile/entries/001', flip(150)));
    expect(found).toMatchObject({ code: 3, good: false });
    expect(kindsOf(found)).toContain('root');
    expect(found.problems[0]?.detail).toMatch(/Entry 260 does not hash/);
  });

  test('a changed tile, of whatever level, and one that is away', async () => {
    const low = await told(changed('tile/0/002', flip(70)));
    expect(kindsOf(low)).toEqual(['entry']);
    const high = await told(changed('tile/1/000.p/4', flip(70)));
    expect(kindsOf(high)).toEqual(['tile']);
    const copy = copyOf(now);
    rmSync(join(copy, 'tile/0/003'));
    expect(kindsOf(await told(copy))).toEqual(['missing']);
    rmSync(join(copy, 'tile/entries/003'));
    expect(kindsOf(await told(copy))).toEqual(['missing']);
  });

  test('a checkpoint that was changed, or signed by another key', async () => {
    expect(
      kindsOf(await told(changed('checkpoint', (text) => text.toString().replace('\n1122\n', '\n1121\n')))),
    ).toEqual(['signature']);
    expect(kindsOf(await told(changed('checkpoint', () => 'nothing')))).toEqual(['form']);
    const other = await testPublicLog({ name: 'other' });
    try {
      await other.settled();
      await told(now);
      // The same place, taken over by a log of somebody else's.
      for (const path of ['key', 'checkpoint'])
        writeFileSync(join(now, `${path}.kept`), readFileSync(join(now, path)));
      for (const path of ['key', 'checkpoint'])
        writeFileSync(join(now, path), readFileSync(join(other.folder, path)));
      expect(kindsOf(await told(now))).toEqual(['origin']);
    } finally {
      for (const path of ['key', 'checkpoint']) cpSync(join(now, `${path}.kept`), join(now, path));
      await other.drop();
    }
  });

  test('a log that was rolled back', async () => {
    expect(await told(now)).toMatchObject({ good: true });
    const found = await told(then);
    expect(found).toMatchObject({ code: 3, good: false });
    expect(found.problems[0]).toMatchObject({
      kind: 'rollback',
      detail: expect.stringMatching(/622 leaves now; it had 1122/),
    });
    // By a checkpoint that somebody kept, without a memory of one's own.
    memory = join(scratch, 'fresh.json');
    expect(kindsOf(await told(then, '--against', join(now, 'checkpoint')))).toEqual(['rollback']);
  });

  test('a forked history, signed by the true key over entries that fit: each is whole, and not the other', async () => {
    const fork = await forked();
    expect(await told(fork)).toMatchObject({ good: true });
    memory = join(scratch, 'another.json');
    expect(await told(now)).toMatchObject({ good: true });
    const found = await told(fork);
    expect(found).toMatchObject({ code: 3, good: false });
    expect(kindsOf(found)).toEqual(['fork']);
    // What was refused is not remembered.
    expect(await told(now)).toMatchObject({ good: true });
  });

  test('totals that do not add up, or count other movements than there are', async () => {
    const liar = await testPublicLog({
      tellTotals: async (tx, log) => {
        const totals = await toldOfLedger(tx, log);
        return (
          totals && { ...totals, outstanding: String(Number(totals.outstanding) + 7), movements: { 1: '41' } }
        );
      },
    });
    try {
      await liar.move(40);
      await liar.totals();
      const { problems } = await told(liar.folder);
      expect(problems.map(({ detail }) => detail).join('\n')).toMatch(/issued and owed are not/);
      expect(problems.map(({ detail }) => detail).join('\n')).toMatch(
        /count 41 movements of kind 1; before them stand 40/,
      );
    } finally {
      await liar.drop();
    }
  });
});

/** The log that a dishonest operator with the true key would show to others: the last leaves are different ones. */
async function forked(): Promise<string> {
  const { rows } = await world.pg.raw.query('select * from transparency_keys');
  const liar = await testPublicLog({ name: 'points' });
  try {
    await liar.pg.raw.query('update transparency_keys set public_key = $1, sealed_key = $2', [
      rows[0].public_key,
      rows[0].sealed_key,
    ]);
    await liar.pg.raw.query('delete from transparency_checkpoints');
    await liar.again(mkdtempSync(join(scratch, 'liar-')));
    await liar.move(1200);
    await liar.settled();
    const copy = mkdtempSync(join(scratch, 'fork-'));
    for (const path of await liar.paths())
      cpWrite(join(copy, path), (await liar.transparency().file('points', path)) ?? expect.unreachable(path));
    return copy;
  } finally {
    await liar.drop();
  }
}

function cpWrite(file: string, content: Uint8Array): void {
  cpSync(join(now, 'key'), file);
  writeFileSync(file, content);
}

describe('a receipt', () => {
  const file = () => join(scratch, 'mine.tlog-proof');
  beforeAll(async () => {
    writeFileSync(file(), (await world.receipt(moved[300] ?? expect.unreachable()))?.text ?? '');
  });
  const broken = (change: (text: string) => string) => {
    const path = join(scratch, 'broken.tlog-proof');
    writeFileSync(path, change(readFileSync(file(), 'utf8')));
    return path;
  };

  test('is good by itself with a key, and against the log', async () => {
    const alone = await pando('receipt', file(), '--key', join(now, 'key'));
    expect(alone).toMatchObject({
      code: 0,
      out: expect.stringMatching(/The receipt is good: entry 301 of brand\.example[\s\S]+"points":"903"/),
    });
    const asked = await pando('receipt', file(), '--log', now);
    expect(asked.out).toMatch(/1,122 entries\) still has that history/);
    expect(await told('receipt', file(), '--key', readFileSync(join(now, 'key'), 'utf8'))).toMatchObject({
      good: true,
      view: { points: '903' },
    });
    expect((await pando('receipt', file())).code).toBe(2);
    // Once the log was seen, its key is known.
    await told(now);
    expect((await pando('receipt', file())).code).toBe(0);
  });

  test('that was changed is refused, and it is said in which part', async () => {
    const withView = (text: string) =>
      text.replace(
        /^extra (.+)$/m,
        (_, extra: string) =>
          `extra ${btoa(atob(extra).replace('\\"points\\":\\"903\\"', '\\"points\\":\\"913\\"'))}`,
      );
    const fault = async (change: (text: string) => string, ...words: string[]) => {
      const { code, ...answer } = await told('receipt', broken(change), ...words);
      expect(code).toBe(3);
      return (answer as { fault?: string }).fault;
    };
    const log = ['--log', now];
    const key = ['--key', join(now, 'key')];
    expect(await fault(withView, ...log)).toBe('content');
    expect(await fault(withView, ...key)).toBe('unlogged');
    expect(await fault((text) => text.replace('index 301', 'index 302'), ...log)).toBe('content');
    expect(await fault((text) => text.replace(/\n[A-Za-z0-9+/=]{44}\n/, '\n'), ...log)).toBe('path');
    expect(await fault((text) => text.replace('\n1122\n', '\n1123\n'), ...log)).toBe('signature');
    expect(await fault((text) => text.replaceAll('brand.example', 'brand.invalid'), ...log)).toBe('origin');
    expect(await fault((text) => text.slice(0, 200), ...log)).toBe('form');
    // The log was rolled back since the receipt was given.
    expect(await fault((text) => text, '--log', then)).toBe('history');
  });
});
