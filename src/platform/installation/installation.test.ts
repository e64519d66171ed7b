import { expect, test } from 'vitest';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { installationSecret } from './index.ts';

test('a secret is made once, however many ask at the same time, and each name has its own', async () => {
  const { pg, drop } = await testPostgres();
  try {
    const asked = await Promise.all(Array.from({ length: 8 }, () => installationSecret(pg, 'suppression')));
    expect(new Set(asked).size).toBe(1);
    expect(asked[0]).toMatch(/^\w{40,}$/);
    expect(await installationSecret(pg, 'suppression')).toBe(asked[0]);
    expect(await installationSecret(pg, 'other')).not.toBe(asked[0]);
    // A workspace's own transactions must not see it.
    await expect(pg.inWorkspace(1, (tx) => tx.query('select * from installation_secrets'))).rejects.toThrow(
      /permission denied/,
    );
  } finally {
    await drop();
  }
});
