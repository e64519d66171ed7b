import { expect, test } from 'vitest';
import { Refusal, refusals, Unavailable } from './index.ts';

const refuse = refusals('people', {
  'person-not-found': { status: 404, title: 'No such person' },
  'too-busy': { status: 503, title: 'Too busy' },
});

test('a refusal carries what a problem document needs', () => {
  const refusal = refuse('person-not-found', 'No person has this id.', { personId: 'p1' });
  expect(refusal).toBeInstanceOf(Refusal);
  expect({ ...refusal, message: refusal.message }).toEqual({
    name: 'Refusal',
    type: 'people/person-not-found',
    status: 404,
    title: 'No such person',
    detail: 'No person has this id.',
    message: 'No person has this id.',
    more: { personId: 'p1' },
  });
});

test('when to come back is no further member', () => {
  const refusal = refuse('too-busy', 'Come back later.', { retryAfterS: 5 });
  expect([refusal.retryAfterS, refusal.more]).toEqual([5, {}]);
});

test('what is not on the list cannot be refused', () => {
  expect(() => refuse('no-such-kind' as 'too-busy', '')).toThrow('has no refusal "no-such-kind"');
});

test('an engine that is away says when to come back', () => {
  const cause = new Error('connect ECONNREFUSED');
  const unavailable = new Unavailable('Postgres is away.', { cause, retryAfterS: 3 });
  expect([unavailable.message, unavailable.cause, unavailable.retryAfterS]).toEqual([
    'Postgres is away.',
    cause,
    3,
  ]);
  expect(new Unavailable('away').retryAfterS).toBe(1);
});
