import { expect, test } from 'vitest';
import { manualClock } from '#platform/clock';
import { secret, sha256Hex, uuidv7 } from './index.ts';

test('a UUID of version 7 begins with its millisecond, and no two are alike', () => {
  const clock = manualClock(Date.UTC(2026, 1, 28));
  const ids = Array.from({ length: 1_000 }, () => uuidv7(clock));
  expect(new Set(ids).size).toBe(1_000);
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(ids.filter((id) => !shape.test(id))).toEqual([]);
  expect(Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(clock.ms());
  clock.advance(1);
  const later = uuidv7(clock);
  expect(ids.filter((id) => id >= later)).toEqual([]);
});

test('a secret keeps its prefix, has one length, and never comes twice', () => {
  const secrets = Array.from({ length: 1_000 }, () => secret('pk_', 16));
  expect(new Set(secrets).size).toBe(1_000);
  expect(secrets.filter((s) => !/^pk_[0-9A-Za-z]{22}$/.test(s))).toEqual([]);
});

test('sha256Hex is the digest of the UTF-8 text', () => {
  expect(sha256Hex('grün')).toBe('fe263064ba02eaeac482aaf1309553779bdb78e385cb1374654de293e191d785');
});
