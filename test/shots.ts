import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { systemClock } from '#platform/clock';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { compose } from '../src/app/compose.ts';
import { openBrowser } from './fixtures/browser.ts';
import { addressOf, consolePages, owner, settingsPages, signIn } from './fixtures/console.ts';

// npm run shots: every page of the console with the demo brand, wide and narrow, light and dark, in both languages,
// into ./shots. A home of its own is made for it and removed afterwards.

const folder = join(import.meta.dirname, '../shots');
const home = mkdtempSync(join(tmpdir(), 'pando-shots-'));
const config = readConfig({
  PANDO_HOME: home,
  PORT: '0',
  PANDO_ADMIN_EMAIL: owner.email,
  PANDO_ADMIN_PASSWORD: owner.password,
});
const pando = await compose(config, { log: createLog({ level: 'error', pretty: false }) });
let browser: Browser | undefined;
try {
  const url = await pando.listen();
  browser = await openBrowser();
  mkdirSync(folder, { recursive: true });
  await demoFilled(browser, url);
  for (const width of [1280, 390]) {
    for (const theme of ['light', 'dark'] as const) {
      for (const language of ['en', 'zh']) await shoot(browser, url, { width, theme, language });
    }
  }
} finally {
  await browser?.close();
  await pando.close();
  rmSync(home, { recursive: true, force: true });
}

async function demoFilled(opened: Browser, url: string): Promise<void> {
  const context = await opened.newContext();
  await signIn(await context.newPage(), url);
  process.stdout.write('Waiting until the demo brand is told.\n');
  for (;;) {
    const answer = await context.request.get(`${url}/api/demo?workspace=demo`);
    const { state } = (await answer.json()) as { state: string };
    if (state === 'filled') break;
    await systemClock.sleep(1000);
  }
  await context.close();
}

async function shoot(
  opened: Browser,
  url: string,
  o: { width: number; theme: 'light' | 'dark'; language: string },
) {
  const context = await opened.newContext({
    colorScheme: o.theme,
    viewport: { width: o.width, height: o.width > 500 ? 860 : 844 },
  });
  await context.addInitScript(
    `localStorage.setItem('pando.language', '${o.language}'); localStorage.setItem('pando.workspace', 'demo')`,
  );
  const page = await context.newPage();
  const take = async (path: string) => {
    // Live pages never fall silent, so the pictures and letters get a moment instead.
    await systemClock.sleep(1500);
    const name = path === '/' ? 'home' : path.replaceAll(/[^a-z-]/g, '');
    const file = `${name}-${o.width > 500 ? 'wide' : 'narrow'}-${o.theme}-${o.language}.png`;
    await page.screenshot({ path: join(folder, file) });
    process.stdout.write(`shots/${file}\n`);
  };
  await page.goto(`${url}/sign-in`);
  await take('/sign-in');
  await signIn(page, url);
  for (const path of [...consolePages, ...settingsPages]) {
    await page.goto(await addressOf(context, url, path));
    await page.locator('#content h1').waitFor();
    await take(path);
  }
  await context.close();
}
