import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { runCommandLine } from '../src/app/cli.ts';
import { compose } from '../src/app/compose.ts';
import { testClickHouse } from './fixtures/clickhouse.ts';
import { testPostgres } from './fixtures/postgres.ts';
import { secretKey } from './fixtures/program.ts';

// backup, verify and restore as commands, over the whole program.

const ends: (() => Promise<void> | void)[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pando-backup-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

describe('the command line', () => {
  const said = { out: '', err: '' };
  async function pando(env: Record<string, string>, ...words: string[]): Promise<number> {
    said.out = said.err = '';
    let code = 0;
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    try {
      const ended = await runCommandLine(words, {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        isPerson: false,
        exit: (told) => void (code = told),
        exitCode: () => code,
      });
      return ended;
    } finally {
      vi.unstubAllEnvs();
    }
  }

  async function installation(): Promise<Record<string, string>> {
    const [postgres, clickhouse] = await Promise.all([
      testPostgres({ empty: true }),
      testClickHouse(undefined, { empty: true }),
    ]);
    ends.push(
      () => postgres.drop(),
      () => clickhouse.drop(),
    );
    const home = mkdtempSync(join(folder, 'home-'));
    return {
      ...{ DATABASE_URL: postgres.url, CLICKHOUSE_URL: clickhouse.url, PANDO_HOME: home },
      ...{ PORT: '0', PANDO_DEMO: 'off', PANDO_LOG_LEVEL: 'silent', PANDO_SECRET_KEY: secretKey },
    };
  }

  test('backs up the running program, verifies, restores elsewhere, and refuses what would do harm', async () => {
    const here = await installation();
    const there = await installation();
    const saved = join(folder, 'saved.backup');
    const log = createLog({ level: 'silent', pretty: false });
    const running = await compose(readConfig(here), { log });
    try {
      await running.listen();
      expect(await pando(here, 'backup', saved, '--json')).toBe(0);
      expect(JSON.parse(said.out)).toMatchObject({ file: saved, bytes: statSync(saved).size });
      expect(await pando(here, 'backup', saved)).toBe(1);
      expect(said.err).toContain('--force');
      expect(await pando(here, 'backup', saved, '--force')).toBe(0);
      expect(said.out).toContain(`${saved} is written`);
      expect(await pando(here, 'restore', saved)).toBe(1);
      expect(said.err).toMatch(/Another Pando .*Stop it first/);
    } finally {
      await running.close();
    }
    expect(await pando(here, 'verify', saved)).toBe(0);
    expect(said.out).toMatch(/is whole.\nMade .* In it: 1 workspace, /);
    expect(await pando(here, 'verify', join(folder, 'none'))).toBe(2);
    expect(await pando(here, 'restore', saved)).toBe(1);
    expect(said.err).toContain('empty installation only');
    expect(await pando(there, 'restore', saved, '--json')).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ file: saved, workspaces: 1 });
    const restored = await compose(readConfig(there), { log });
    expect(restored.firstStart.created).toBe(false);
    await restored.close();
  }, 60_000);

  test('does not start on the half of a restore', async () => {
    const half = await installation();
    const log = createLog({ level: 'silent', pretty: false });
    const closed = await compose(readConfig(half), { log });
    await closed.pg.raw.query(
      "insert into installation_secrets (name, value) values ('restore-under-way', '')",
    );
    await closed.close();
    await expect(compose(readConfig(half), { log })).rejects.toMatchObject({ type: 'backup/half-restored' });
  });

  test('only the operator gets a backup over the API', async () => {
    const owned = await installation();
    const running = await compose(readConfig(owned), { log: createLog({ level: 'silent', pretty: false }) });
    try {
      const url = await running.listen();
      for (const authorization of [undefined, `Bearer ${secretKey}`]) {
        const headers = authorization ? { authorization } : {};
        const answer = await fetch(`${url}/api/operator/backup`, { headers });
        expect(answer.status).toBe(authorization ? 403 : 401);
        expect(await answer.text()).not.toContain('PANDO BACKUP');
      }
    } finally {
      await running.close();
    }
  });
});
