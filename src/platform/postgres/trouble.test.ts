import pg from 'pg';
import { expect, test } from 'vitest';
import { Unavailable } from '#platform/refusal';
import { asUnavailable, isAway, isRepeatable, withoutValues } from './trouble.ts';

const coded = (code: string, message = 'as it came') => Object.assign(new Error(message), { code });

test.each([
  ['an administrator shuts it down', coded('57P01')],
  ['it is starting up', coded('57P03')],
  ['it has no connection left', coded('53300')],
  ['its disk is full', coded('53100')],
  ['nobody listens', coded('ECONNREFUSED')],
  ['the connection broke', coded('ECONNRESET')],
  ['the connection was closed', new Error('Connection terminated unexpectedly')],
  ['it does not answer', new Error('Query read timeout')],
])('Postgres is away when %s', (_when, error) => {
  expect(isAway(error)).toBe(true);
  expect(asUnavailable(error)).toBeInstanceOf(Unavailable);
});

test.each([
  ['all connections are in use', new Error('timeout exceeded when trying to connect')],
  ['a statement took too long', coded('57014')],
])('it is not away, but unavailable, when %s', (_when, error) => {
  expect(isAway(error)).toBe(false);
  expect(asUnavailable(error)).toBeInstanceOf(Unavailable);
});

test.each([
  ['a rule of a table was broken', coded('23505')],
  ['the statement is wrong', coded('42601')],
  ['it is something else', new Error('anything')],
])('an error stays as it is when %s', (_when, error) => {
  expect(asUnavailable(error)).toBe(error);
});

test('only a transaction that lost against another is repeated', () => {
  expect(['40001', '40P01', '23505', '57P01'].map((code) => isRepeatable(coded(code)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('what is said of an error leaves out what was in the rows', () => {
  const ofDatabase = (message: string, more: Partial<pg.DatabaseError>) =>
    Object.assign(new pg.DatabaseError(message, 0, 'error'), more);
  const twice = ofDatabase('duplicate key value violates unique constraint "people_email"', {
    code: '23505',
    constraint: 'people_email',
    detail: 'Key (email)=(ann@example.com) already exists.',
  });
  const noNumber = ofDatabase('invalid input syntax for type integer: "ann@example.com"', { code: '22P02' });
  expect(withoutValues(twice)).toBe(
    'SQLSTATE 23505 at people_email: duplicate key value violates unique constraint "people_email"',
  );
  expect(withoutValues(noNumber)).toBe('SQLSTATE 22P02');
  expect(withoutValues(new Error('the door is closed'))).toBe('the door is closed');
  expect(withoutValues('anything')).toBe('unknown error');
});
