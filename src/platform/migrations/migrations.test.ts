import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '#platform/ids';
import { loadMigrations } from './index.ts';

let source: string;
beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), 'pando-migrations-'));
});
afterEach(() => rmSync(source, { recursive: true }));

function write(owner: string, file: string, sql = 'select 1'): void {
  mkdirSync(join(source, owner, 'migrations'), { recursive: true });
  writeFileSync(join(source, owner, 'migrations', file), sql);
}

const titles = (engine: 'pg' | 'ch') =>
  loadMigrations(engine, source).map((m) => `${m.module} ${m.number} ${m.name}`);

test('migrations of one engine come in the order in which they may refer to each other', () => {
  write('modules/collect', '0001-log.pg.sql');
  write('modules/people', '0010-later.pg.sql');
  write('modules/people', '0009-earlier.pg.sql');
  write('modules/identity', '0001-workspaces.pg.sql');
  write('modules/anything', '0001-unknown.pg.sql');
  write('platform/facts', '0001-facts.pg.sql');
  write('platform/postgres', '0001-protect.pg.sql');
  write('modules/collect', '0001-events.ch.sql');
  mkdirSync(join(source, 'modules', 'without-any'));
  expect(titles('pg')).toEqual([
    'platform/postgres 1 protect',
    'platform/facts 1 facts',
    'identity 1 workspaces',
    'people 9 earlier',
    'people 10 later',
    'collect 1 log',
    'anything 1 unknown',
  ]);
  expect(titles('ch')).toEqual(['collect 1 events']);
});

test('a migration has the SQL of its file, and its checksum', () => {
  write('modules/people', '0001-people.pg.sql', 'create table people ();');
  expect(loadMigrations('pg', source)).toEqual([
    {
      module: 'people',
      number: 1,
      name: 'people',
      sql: 'create table people ();',
      checksum: sha256Hex('create table people ();'),
    },
  ]);
});

test.each(['1-people.pg.sql', '0001_people.pg.sql', '0001-people.sql', '0001-People.pg.sql', 'notes.txt'])(
  'a file that is not named as a migration is not passed over: %s',
  (file) => {
    write('modules/people', file);
    expect(() => loadMigrations('pg', source)).toThrow('not named as a migration');
  },
);

test('a number cannot be taken twice', () => {
  write('modules/people', '0001-people.pg.sql');
  write('modules/people', '0001-traits.pg.sql');
  expect(() => loadMigrations('pg', source)).toThrow('The migration number 0001 is taken twice');
});

test("the program's own migrations can be read", () => {
  expect(loadMigrations('pg')[0]).toMatchObject({ module: 'platform/postgres', number: 1, name: 'protect' });
});
