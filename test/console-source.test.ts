import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn } from './fixtures/console.ts';
import { consoleProgram } from './fixtures/console-program.ts';

// What a newcomer does first: make a source on the page, put what it shows into a shop, and see the event come.

const bundles = dirname(createRequire(import.meta.url).resolve('@segment/analytics-next/dist/umd/index.js'));

let program: Awaited<ReturnType<typeof consoleProgram>>;
let shop: Server;
let shopUrl: string;
beforeAll(async () => {
  program = await consoleProgram();
  shop = createServer((request, reply) => {
    const path = request.url ?? '/';
    if (path.startsWith('/sdk/')) {
      reply.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' });
      return reply.end(readFileSync(join(bundles, basename(path))));
    }
    reply.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    reply.end(
      '<!doctype html><html lang="en"><title>Shop</title><script src="/sdk/index.js"></script></html>',
    );
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  // By another name than the program's, so that it is another site.
  shopUrl = `http://localhost:${(shop.address() as AddressInfo).port}`;
});
afterAll(async () => {
  shop.close();
  shop.closeAllConnections();
  await program.close();
});

const languages = [
  {
    language: 'en',
    words: {
      create: 'Create a source',
      name: 'Name',
      connect: 'Connect it',
      arrived: 'The first events have arrived.',
    },
  },
  {
    language: 'zh',
    words: { create: '新建数据源', name: '名称', connect: '接入', arrived: '第一批事件已到达。' },
  },
] as const;

test.each(languages)(
  '$language: a source is made, its snippet runs in a shop, its first event arrives',
  {
    timeout: 120_000,
  },
  async ({ language, words }) => {
    const { context, page, complaints } = await program.open({ language });
    await signIn(page, program.url);
    await page.goto(`${program.url}/sources`);
    await page.getByRole('button', { name: words.create }).first().click();
    await page.getByLabel(words.name, { exact: true }).fill(`Shop ${language}`);
    await page.getByRole('button', { name: words.create }).last().click();
    const code = page.getByLabel(words.connect, { exact: true }).last();
    await code.waitFor();
    const snippet = (await code.textContent()) ?? '';
    expect(snippet).toContain("from '@segment/analytics-next'");

    const visit = await context.newPage();
    await visit.goto(shopUrl);
    // As a bundler would resolve the import.
    const body = snippet.replace(
      /import (\{[^}]+\}) from '@segment\/analytics-next';/,
      'const $1 = AnalyticsNext;',
    );
    await visit.evaluate(
      `(async () => { window.analytics = { _cdn: location.origin }; ${body} await analytics; })()`,
    );

    await page.getByText(words.arrived).waitFor({ timeout: 30_000 });
    await page.goto(`${program.url}/events?bots=yes`);
    await page.getByText('Oolong').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  },
);
