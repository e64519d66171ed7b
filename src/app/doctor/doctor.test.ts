import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { report } from '../commands/doctor.ts';
import { holdHome } from '../home.ts';
import { checkPostgresVersion } from './engines.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { checkDisk, checkNode, checkSkew, checkSteadiness } from './machine.ts';
import { checkPort } from './port.ts';

const mb = 1024 * 1024;

describe('what is seen in one place', () => {
  test.each<[string, Finding, Finding['state'], RegExp]>([
    ['the pinned Node', checkNode('v24.21.0'), 'fine', /24\.21\.0/],
    ['an old Node', checkNode('v20.20.2'), 'problem', /made for Node 24/],
    ['room', checkDisk('/x', 9000 * mb, 512), 'fine', /8 GB are free on the disk of \/x/],
    ['little room', checkDisk('/x', 1000 * mb, 512), 'warning', /at 512 MB new work will be refused/],
    ['no room', checkDisk('/x', 100 * mb, 512), 'problem', /Only 100 MB are free/],
    ['clocks that agree', checkSkew('PostgreSQL', 1_000_900, 1_000_000), 'fine', /agrees/],
    ['a clock ahead', checkSkew('PostgreSQL', 1_010_500, 1_000_000), 'problem', /10\.5 s ahead of ours/],
    ['a clock behind', checkSkew('the disk', 1_000_000, 1_003_000), 'problem', /3\.0 s behind ours/],
    ['an even clock', checkSteadiness(200, 201), 'fine', /evenly/],
    ['a clock that jumps', checkSteadiness(5200, 200), 'warning', /moved by 5000 ms/],
    ['a Postgres that is new enough', checkPostgresVersion('15.13 (Debian 15.13-0)'), 'fine', /15\.13/],
    ['an old Postgres', checkPostgresVersion('14.9'), 'problem', /too old; Pando needs 15/],
  ])('%s', (_what, finding, state, says) => {
    expect(finding.state).toBe(state);
    expect(finding.says).toMatch(says);
    expect(finding.todo === undefined).toBe(state === 'fine');
  });
});

describe('the port', () => {
  test('a free one, and one that this process has', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    const taken = await checkPort({ host: '127.0.0.1', port });
    expect(taken.state).toBe('problem');
    expect(taken.says).toContain(`Port ${port} is taken by`);
    // Linux tells who it is.
    if (process.platform === 'linux') expect(taken.says).toContain(`(process ${process.pid})`);
    await new Promise((resolve) => server.close(resolve));
    expect((await checkPort({ host: '127.0.0.1', port })).state).toBe('fine');
  });

  test('an address that is not ours', async () => {
    const finding = await checkPort({ host: '192.0.2.1', port: 4680 });
    expect(finding).toMatchObject({ state: 'problem', says: '192.0.2.1 is no address of this machine.' });
  });
});

describe('the whole installation', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'pando-doctor-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const byCheck = (findings: Finding[], check: string) => findings.filter((f) => f.check === check);

  test('before the first start nothing is wrong, and nothing is made', async () => {
    const there = join(home, 'not-yet');
    const findings = await examine(systemClock, { PANDO_HOME: there, PORT: '0' });
    expect(findings.filter((f) => f.state === 'problem')).toEqual([]);
    expect(byCheck(findings, 'home')[0]?.says).toContain('the first start makes it');
    expect(byCheck(findings, 'PostgreSQL')[0]?.says).toBe(
      'The embedded PostgreSQL is made at the first start.',
    );
    const again = await examine(systemClock, { PANDO_HOME: there, PORT: '0' });
    expect(byCheck(again, 'home')[0]?.says).toContain('the first start makes it');
  });

  test('wrong settings are all told', async () => {
    const findings = await examine(systemClock, { PORT: 'x', PANDO_FOO: '1' });
    expect(byCheck(findings, 'settings').map((f) => f.says)).toEqual([
      'PANDO_FOO is no setting of Pando. Correct it or take it out.',
      'PORT must be a number from 0 to 65535, but it is "x".',
    ]);
  });

  test('a home whose holder does not answer', async () => {
    const held = holdHome(home);
    held.announce('http://127.0.0.1:1');
    const findings = await examine(systemClock, { PANDO_HOME: home, PORT: '0' });
    held.release();
    expect(byCheck(findings, 'program')[0]).toMatchObject({
      state: 'problem',
      says: `A Pando (process ${process.pid}) holds ${home}, but it does not answer.`,
    });
  });

  test('engines of others that cannot be reached', async () => {
    const findings = await examine(systemClock, {
      PANDO_HOME: home,
      PORT: '0',
      DATABASE_URL: 'postgres://pando:hunter2@127.0.0.1:1/pando',
      CLICKHOUSE_URL: 'http://pando:hunter2@127.0.0.1:1/pando',
    });
    for (const engine of ['PostgreSQL', 'ClickHouse']) {
      expect(byCheck(findings, engine)[0]).toMatchObject({
        state: 'problem',
        todo: expect.stringContaining('Check the address'),
      });
    }
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  test('the report puts what to do under what is wrong', () => {
    const text = report([checkNode('v24.1.0'), checkDisk('/x', 0, 512)]);
    expect(text).toBe(
      [
        'ok     Node v24.1.0 is the one that Pando brings.',
        'wrong  Only 0 MB are free on the disk of /x; below 512 MB no new work is taken.',
        '         Make room, or move PANDO_HOME to a larger disk. Nothing that was accepted is lost.',
        '',
        '1 thing has to be mended.',
        '',
      ].join('\n'),
    );
  });
});
