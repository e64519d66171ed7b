import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// The tokens of the console, held to WCAG: text at least 4.5:1 on whatever it may stand, lines of controls and marks 3:1.

const css = readFileSync(join(import.meta.dirname, '../console/kit/tokens.css'), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['paper', 'raised', 'sunken'];
const faces = [1, 2, 3, 4, 5, 6, 7].map((n) => `face-${n}`);
const pairs: [text: string, ground: string, least: number][] = [
  ...grounds.flatMap((ground) =>
    ['ink', 'quiet', 'gold-ink', 'good', 'wrong', 'info'].map((text): [string, string, number] => [
      text,
      ground,
      4.5,
    ]),
  ),
  ...['gold', 'good', 'wrong', 'info'].map((name): [string, string, number] => [
    name === 'gold' ? 'gold-ink' : name,
    `${name}-wash`,
    4.5,
  ]),
  ...['gold', 'good', 'wrong', 'info'].map((name): [string, string, number] => ['ink', `${name}-wash`, 4.5]),
  ['act-ink', 'act', 4.5],
  ...faces.map((face): [string, string, number] => ['ink', face, 4.5]),
  ...grounds.flatMap((ground) =>
    ['edge', 'gold', 'before', ...[1, 2, 3, 4, 5, 6, 7].map((n) => `series-${n}`)].map(
      (line): [string, string, number] => [line, ground, 3],
    ),
  ),
];

test('the tokens were read', () => {
  expect(tokens.size).toBeGreaterThan(30);
  expect(contrast('#000000', '#ffffff')).toBe(21);
});

test.each(pairs)('%s on %s', (text, ground, least) => {
  for (const theme of ['light', 'dark'] as const) {
    const [front, back] = [tokens.get(text), tokens.get(ground)];
    if (!front || !back) throw new Error(`There is no token ${text} or ${ground}.`);
    expect(contrast(front[theme], back[theme]), `${text} on ${ground}, ${theme}`).toBeGreaterThanOrEqual(
      least,
    );
  }
});
