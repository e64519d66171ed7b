import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createLog } from './index.ts';

function captured(pretty = false) {
  const lines: string[] = [];
  const log = createLog({ level: 'info', pretty, to: { write: (line: string) => void lines.push(line) } });
  return { log, lines };
}

test('a line is one JSON object with the level in words and the time in UTC', () => {
  const { log, lines } = captured();
  log.info({ events: 3 }, 'taken');
  log.debug('not at this level');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    events: 3,
    msg: 'taken',
  });
});

test('what belongs to people or opens doors is left out, at the top and one level below', () => {
  const { log, lines } = captured();
  const secrets = {
    email: 'ann@example.com',
    traits: { a: 'hidden' },
    password: 'hidden',
    writeKey: 'hidden',
  };
  log.info(
    { ...secrets, inner: secrets, req: { headers: { authorization: 'hidden', cookie: 'hidden' } } },
    'x',
  );
  expect(lines[0]).not.toMatch(/hidden|ann@/);
  expect(lines[0]).toContain('[left out]');
});

test('an error keeps its code and its frames, and loses the row and the addresses that it quotes', () => {
  const { log, lines } = captured();
  const error = Object.assign(new Error('duplicate key: (email)=(ann@example.com), phone 4915112345678'), {
    code: '23505',
    detail: 'Key (email)=(ann@example.com) already exists.',
    cause: new TypeError('while reading bob@example.com'),
  });
  log.error({ err: error }, 'failed');
  const { err } = JSON.parse(lines[0] ?? '');
  expect(err).toMatchObject({
    type: 'Error',
    code: '23505',
    message: 'duplicate key: (email)=([address]), phone [number]',
    cause: { type: 'TypeError', message: 'while reading [address]' },
  });
  expect(err.stack).toContain('log.test.ts');
  expect(lines[0]).not.toContain('example.com');
});

test('on a terminal a line reads as text, with the error below it', () => {
  const { log, lines } = captured(true);
  log.warn({ err: new Error('no answer'), engine: 'postgres' }, 'engine is away');
  const plain = stripVTControlCharacters(lines.join(''));
  expect(plain).toMatch(
    /^\d\d:\d\d:\d\d warn {2}engine is away engine=postgres\n {4}Error: no answer\n {4}at /,
  );
});
