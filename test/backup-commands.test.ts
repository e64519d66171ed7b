import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { compose } from '../src/app/compose.ts';
import { testInstallations } from './fixtures/installation.ts';
import { secretKey } from './fixtures/program.ts';

// backup, verify and restore as commands, over the whole program.

let installations: ReturnType<typeof testInstallations>;
beforeAll(() => {
  installations = testInstallations();
});
afterAll(() => installations.drop());

describe('the command line', () => {
  const installation = () => installations.settings();
  const pando: (typeof installations)['pando'] = (...words) => installations.pando(...words);

  test('backs up the running program, verifies, restores elsewhere, and refuses what would do harm', async () => {
    const here = await installation();
    const there = await installation();
    const { folder, said } = installations;
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
