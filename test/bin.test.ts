import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

// A made-up checkout: our own bin/, a lock file of one package, an npm that only pretends, and a program of two lines.

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pando-bin-'));
  cpSync(join(import.meta.dirname, '../bin'), join(root, 'bin'), { recursive: true });
  file('package.json', '{"type":"module"}');
  file('package-lock.json', lockOf('1.0.0'));
  file('fake/npm', FAKE_NPM);
  chmodSync(join(root, 'fake/npm'), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const lockOf = (version: string, more = {}) =>
  JSON.stringify({ packages: { '': {}, 'node_modules/a': { version, ...more } } });

/** Writes down how it was called, and leaves behind a "pinned Node" and npm's own record. */
const FAKE_NPM = `#!/bin/sh
echo "$@" >> "$FAKE_ROOT/npm.log"
mkdir -p "$FAKE_ROOT/node_modules/node/bin"
ln -sf "${process.execPath}" "$FAKE_ROOT/node_modules/node/bin/node"
exit \${FAKE_CODE:-0}
`;

function file(path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

function program(script: string): void {
  file('src/app/main.ts', script);
}

const npmCalls = () =>
  existsSync(join(root, 'npm.log')) ? readFileSync(join(root, 'npm.log'), 'utf8').trim().split('\n') : [];

function begin(words: string[], env: Record<string, string> = {}): ChildProcess & { text: () => string } {
  const { npm_execpath: _, npm_lifecycle_event: __, ...own } = process.env;
  const child = spawn(
    process.execPath,
    words.map((word) => (word.endsWith('.mjs') ? join(root, 'bin', word) : word)),
    {
      env: { ...own, FAKE_ROOT: root, PATH: `${join(root, 'fake')}${delimiter}${process.env.PATH}`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  return Object.assign(child, { text: () => said });
}

async function run(
  words: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const child = begin(words, env);
  const [code] = (await once(child, 'close')) as [number];
  return { code, text: child.text() };
}

const said = (child: { text: () => string }, pattern: RegExp) =>
  expect.poll(() => child.text(), { timeout: 10_000 }).toMatch(pattern);

const pidIn = (text: string) => Number([...text.matchAll(/pid (\d+)/g)].at(-1)?.[1]);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the packages', () => {
  test('are installed when they are not there, and not again while the lock file stays the same', async () => {
    program("console.log('words', process.argv.slice(2).join(' '));");
    const first = await run(['pando.mjs', 'doctor', '--json']);
    expect(first.text).toMatch(/^Installing the packages[\s\S]*words doctor --json\n$/);
    expect(npmCalls()).toEqual(['ci --include=dev --no-audit --no-fund --loglevel=error']);
    expect((await run(['run.mjs', 'start'])).text).toBe('words start\n');
    expect(npmCalls()).toHaveLength(1);
    file('package-lock.json', lockOf('2.0.0'));
    await run(['run.mjs', 'start']);
    expect(npmCalls()).toHaveLength(2);
  });

  test('are taken as they are when somebody has installed this lock file by hand', async () => {
    program("console.log('runs');");
    mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
    symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'));
    file('node_modules/.package-lock.json', lockOf('1.0.0'));
    expect((await run(['run.mjs', 'start'])).text).toBe('runs\n');
    file('package-lock.json', lockOf('1.0.1'));
    await run(['run.mjs', 'start']);
    expect(npmCalls()).toHaveLength(1);
  });

  test('a lock file that leaves out packages of other systems is left to npm install', async () => {
    program('');
    file('package-lock.json', lockOf('1.0.0', { optionalDependencies: { 'a-for-windows': '1.0.0' } }));
    await run(['run.mjs', 'start']);
    expect(npmCalls()).toEqual(['install --no-save --include=dev --no-audit --no-fund --loglevel=error']);
  });

  test('when npm fails, its code is ours, with a sentence; the next time it is tried again', async () => {
    program("console.log('never');");
    const { code, text } = await run(['run.mjs', 'start'], { FAKE_CODE: '7' });
    expect(code).toBe(7);
    expect(text).toContain('npm ended with code 7');
    expect(text).not.toContain('never');
    expect((await run(['run.mjs', 'start'])).text).toContain('never');
  });

  test('two commands at once: one installs, the other waits', async () => {
    program("console.log('runs');");
    const both = await Promise.all([run(['run.mjs', 'start']), run(['run.mjs', 'start'])]);
    expect(both.every(({ text }) => text.endsWith('runs\n'))).toBe(true);
    expect(npmCalls()).toHaveLength(1);
  });
});

describe('a program', () => {
  test('its exit code is passed on, and what is unknown is told', async () => {
    program('process.exit(3);');
    expect((await run(['run.mjs', 'start'])).code).toBe(3);
    const { code, text } = await run(['run.mjs', 'fly']);
    expect([code, text]).toEqual([2, 'Use: node bin/run.mjs start|test|check|bench|chaos|shots\n']);
    file('bench/ingest.ts', "console.log('measured', process.argv[2]);");
    file('bench/chaos-ingest.ts', "console.log('broken', process.argv[2]);");
    expect((await run(['run.mjs', 'bench', 'ingest', '--json'])).text).toContain('measured --json');
    expect((await run(['run.mjs', 'chaos', 'ingest'])).text).toContain('broken');
    const unknown = await run(['run.mjs', 'bench', 'chaos-ingest']);
    expect([unknown.code, unknown.text]).toEqual([2, expect.stringContaining('NAME one of: ingest')]);
  });

  test('is told to stop when we are', async () => {
    program(
      "process.on('SIGTERM', () => process.exit(5)); console.log('pid', process.pid); setInterval(() => {}, 9e5);",
    );
    const child = begin(['run.mjs', 'start']);
    await said(child, /pid \d+/);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(5);
  });

  test('is started again when it is killed, until we are asked to stop', async () => {
    program("console.log('pid', process.pid); setInterval(() => {}, 9e5);");
    const child = begin(['run.mjs', 'start']);
    await said(child, /pid \d+/);
    const first = pidIn(child.text());
    process.kill(first, 'SIGKILL');
    await said(child, /ended by itself \(SIGKILL\); starting it again\.\npid \d+/);
    const second = pidIn(child.text());
    expect(second).not.toBe(first);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(143);
    expect(isAlive(second)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('stops when the npm above us is killed outright', async () => {
    program("console.log('pid', process.pid); setInterval(() => {}, 9e5);");
    // As npm does it: a shell in between, which lives on.
    const script = `const { spawn } = require('node:child_process');
      spawn('/bin/sh', ['-c', '"$0" "$1" start; true', process.execPath, ${JSON.stringify(join(root, 'bin/run.mjs'))}],
        { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'start' } });`;
    const npm = begin(['-e', script]);
    await said(npm, /pid \d+/);
    const pid = pidIn(npm.text());
    npm.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test('does not outlive us when we are killed outright', async () => {
    program("console.log('pid', process.pid); setInterval(() => {}, 9e5);");
    const child = begin(['run.mjs', 'start']);
    await said(child, /pid \d+/);
    const pid = pidIn(child.text());
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});

describe('npm test', () => {
  const one = (name: string, ...words: string[]) => ({
    name: join(root, name),
    status: words.length > 0 ? 'failed' : 'passed',
    assertionResults: [
      { status: 'passed', failureMessages: [] },
      { status: words.length > 0 ? 'failed' : 'skipped', failureMessages: words },
    ],
  });
  /** A vitest that leaves one report after the other. */
  function reports(...all: ReturnType<typeof one>[][]): void {
    file('reports.json', JSON.stringify(all));
    file(
      'node_modules/vitest/vitest.mjs',
      `import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
       const [testResults, ...others] = JSON.parse(readFileSync('reports.json', 'utf8'));
       mkdirSync('.cache', { recursive: true });
       writeFileSync('reports.json', JSON.stringify(others));
       writeFileSync('.cache/test-report.json', JSON.stringify({ testResults }));
       appendFileSync('vitest.log', process.argv.slice(2).join(' ') + '\\n');
       process.exit(testResults.some(({ status }) => status === 'failed') ? 1 : 0);`,
    );
  }
  const runs = () => readFileSync(join(root, 'vitest.log'), 'utf8').trim().split('\n');

  test('tries files that failed once more, alone, and tells both as they ended', async () => {
    reports(
      [one('a.test.ts'), one('b.test.ts', 'Timeout'), one('c.test.ts', 'Timeout')],
      [one('b.test.ts'), one('c.test.ts', 'Timeout again')],
    );
    const { code, text } = await run(['run.mjs', 'test']);
    expect([code, text]).toEqual([
      1,
      expect.stringContaining('Failed when tried again: b.test.ts, c.test.ts'),
    ]);
    expect(runs()).toEqual([
      'run',
      `run --maxWorkers=1 ${join(root, 'b.test.ts')} ${join(root, 'c.test.ts')}`,
    ]);
    expect(JSON.parse(readFileSync(join(root, '.cache/test-report.json'), 'utf8'))).toMatchObject({
      success: false,
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
    });
    reports([one('a.test.ts'), one('b.test.ts', 'Timeout')], [one('b.test.ts')]);
    expect((await run(['run.mjs', 'test'])).code).toBe(0);
  });

  test.each([
    ['a broken law', ['Property failed after 3 tests'], 1],
    ['a broken law, told by the seed', ['With the seed 7: 1 is not 2'], 1],
    ['seven files', ['Timeout'], 7],
  ])('gives no second try to %s', async (_what, words, files) => {
    reports(Array.from({ length: files }, (_, i) => one(`${i}.test.ts`, ...words)));
    expect((await run(['run.mjs', 'test'])).code).toBe(1);
    expect(runs()).toEqual(['run']);
  });

  test('gives none to the tests somebody named', async () => {
    reports([one('a.test.ts', 'Timeout')]);
    expect((await run(['run.mjs', 'test', 'a.test.ts'])).code).toBe(1);
    expect(runs()).toEqual(['run a.test.ts']);
  });
});
