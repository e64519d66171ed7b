import { expect, test } from 'vitest';
import { statusPage } from './page.ts';

const up = { name: 'PostgreSQL', up: true, detail: 'answers' };
const away = { name: 'ClickHouse', up: false, detail: 'does not answer; the log says why' };

test('says that it runs, what runs, and where to go from here', () => {
  const page = statusPage({
    version: '1.2.3',
    hasConsole: true,
    parts: [up],
    figures: [{ name: 'Readable', value: 'at once' }],
  });
  expect(page).toContain('<h1>Pando runs.</h1>');
  expect(page).toContain('1.2.3');
  expect(page).toContain('<dt>PostgreSQL</dt><dd class="up">up');
  expect(page).toContain('<dt>Readable</dt><dd>at once</dd>');
  expect(page).toContain('href="/reference"');
  expect(page).toContain('href="/openapi.json"');
});

test('says what it waits for', () => {
  const page = statusPage({ version: '1.2.3', hasConsole: false, parts: [up, away], figures: [] });
  expect(page).toContain('<h1>Pando waits for ClickHouse.</h1>');
  expect(page).toContain('<dd class="away">away');
  expect(page).not.toContain('How it goes');
});

test('text is text, and nothing is inline or from elsewhere', () => {
  const page = statusPage({
    version: '<script>',
    hasConsole: true,
    parts: [{ ...up, detail: '"&\'' }],
    figures: [],
  });
  expect(page).not.toContain('<script');
  expect(page).toContain('&#60;script&#62;');
  expect(page).toContain('&#34;&#38;&#39;');
  expect(page).not.toMatch(/style=|onclick|https?:/);
});
