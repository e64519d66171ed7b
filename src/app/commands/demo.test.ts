import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fixtures/clickhouse.ts';

/** The command on a home of its own, with engines of its own, where no program runs. */
function pando(home: string, ...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const main = join(import.meta.dirname, '../main.ts');
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env.PATH, PANDO_HOME: home },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

test('pando demo fills a workspace by itself where no program runs, and tells the figures', async () => {
  const home = temporaryFolder();
  try {
    const slug = `try-${process.pid}`;
    const words = ['demo', '--people', '60', '--months', '3', '--seed', '9', '--workspace', slug];
    const { code, out, err } = await pando(home.path, ...words, '--json');
    expect(err).toContain('0 %: 0 messages');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      workspace: slug,
      state: 'filled',
      people: 60,
      months: 3,
      seed: 9,
    });
    expect(JSON.parse(out).result.precision).toBeGreaterThan(0.9);

    const again = await pando(home.path, ...words);
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/Joins +precision \d+\.\d\d %, recall \d+\.\d\d %/);

    const other = await pando(home.path, 'demo', '--people', '61', '--workspace', slug);
    expect(other.code).toBe(1);
    expect(other.err).toContain('holds a brand with people 60, not 61');
  } finally {
    await home.remove();
  }
}, 90_000);

test('a wrong number is a wrong use', async () => {
  const { code, err } = await pando('/nowhere', 'demo', '--people', 'many');
  expect(code).toBe(2);
  expect(err).toContain('It must be a whole number.');
});
