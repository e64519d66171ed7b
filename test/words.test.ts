import { expect, test } from 'vitest';
import { words as en } from '../console/words/en.ts';
import { words as zh } from '../console/words/zh.ts';

// Every word that a person reads in the console exists in both languages.

type Words = { [key: string]: string | Words };

/** Keys with their paths; English has forms for one and for several, Chinese has one form. */
function keysOf(words: Words, path = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [`${path}${key.replace(/_(?:zero|one|other)$/, '')}`]
      : keysOf(value, `${path}${key}.`),
  );
}

function textsOf(words: Words, path = ''): [path: string, text: string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : textsOf(value, `${path}${key}.`),
  );
}

test('both languages have the same keys', () => {
  const [english, chinese] = [new Set(keysOf(en)), new Set(keysOf(zh))];
  expect(english.size).toBeGreaterThan(200);
  expect([...english].filter((key) => !chinese.has(key))).toEqual([]);
  expect([...chinese].filter((key) => !english.has(key))).toEqual([]);
});

test('nothing is empty, and what is filled in is filled in in both', () => {
  const filled = (text: string) => new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]));
  const chinese = new Map(textsOf(zh));
  for (const [path, text] of textsOf(en)) {
    expect(text.trim(), path).not.toBe('');
    const other = chinese.get(path);
    if (other === undefined || path.endsWith('_one') || path.endsWith('_zero')) continue;
    // What is left out there would be lost; what is used there must be given, as it is to English.
    for (const name of filled(text)) {
      if (/^home\.(?:change|answer)/.test(path)) continue;
      expect([...filled(other)], path).toContain(name);
    }
  }
});
