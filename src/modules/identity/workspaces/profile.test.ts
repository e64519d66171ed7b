import { expect, test } from 'vitest';
import { checkedProfile, slugOf } from './profile.ts';

test.each([
  { name: 'Acme', slug: 'acme' },
  { name: '  Café de Lyon & Söhne ', slug: 'cafe-de-lyon-sohne' },
  { name: 'Brand 24/7', slug: 'brand-24-7' },
  { name: 'ＡＣＭＥ', slug: 'acme' },
  { name: 'x'.repeat(100), slug: 'x'.repeat(63) },
  { name: `${'x'.repeat(62)} y`, slug: 'x'.repeat(62) },
])('$name is $slug', ({ name, slug }) => {
  expect(slugOf(name)).toBe(slug);
});

test('a name without Latin letters needs a slug of its own', () => {
  expect(() => slugOf('白杨')).toThrow(/Give "白杨" a slug/);
});

test.each([
  { given: { timeZone: 'Asia/Shanghai', country: 'CN', currency: 'CNY' }, ok: true },
  { given: { timeZone: 'America/Argentina/Buenos_Aires' }, ok: true },
  { given: { timeZone: 'Europe/Atlantis' }, ok: false },
  { given: { timeZone: '+02:00' }, ok: false },
  { given: { country: 'XX' }, ok: false },
  { given: { country: 'gb' }, ok: false },
  { given: { currency: 'GBX' }, ok: false },
  { given: { currency: 'pounds' }, ok: false },
])('$given is a profile: $ok', ({ given, ok }) => {
  const check = () => checkedProfile({ name: 'Acme', ...given });
  if (ok) expect(check()).toMatchObject(given);
  else expect(check).toThrow();
});

test('what is not said has a default', () => {
  expect(checkedProfile({ name: ' Acme ' })).toEqual({
    name: 'Acme',
    timeZone: 'UTC',
    country: 'US',
    currency: 'USD',
  });
});
