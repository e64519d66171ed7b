import { describe, expect, test } from 'vitest';
import { readStatement, splitStatements } from './statement.ts';

const formats = new Set(['json', 'jsoneachrow', 'tabseparated', 'csv', 'null']);
const read = (sql: string) => readStatement(sql, formats);

describe('readStatement', () => {
  test.each([
    ['SELECT 1', 'rows'],
    ['  -- a comment\n select 1', 'rows'],
    ['/* INSERT */ WITH 1 AS x SELECT x', 'rows'],
    ['(SELECT 1) UNION ALL (SELECT 2)', 'rows'],
    ['SHOW TABLES', 'rows'],
    ['explain select 1', 'rows'],
    ['EXISTS TABLE t', 'rows'],
    ['describe table t', 'rows'],
    ["SELECT 'INSERT INTO t VALUES (1)'", 'rows'],
    ['INSERT INTO t FORMAT TSV', 'insert'],
    ['INSERT INTO t (a, `b c`) SETTINGS x = 1 FORMAT JSONEachRow', 'insert'],
    ['insert into t values (1)', 'insert'],
    ['INSERT INTO t SELECT * FROM u', 'other'],
    ['INSERT INTO t WITH 1 AS x SELECT x', 'other'],
    ['WITH u AS (SELECT 1) INSERT INTO t SELECT * FROM u', 'other'],
    ['CREATE TABLE t (a Int8) ENGINE = Memory', 'other'],
    ['OPTIMIZE TABLE t FINAL', 'other'],
    ['SYSTEM RELOAD DICTIONARY d', 'other'],
  ])('%s has %s', (sql, kind) => {
    expect(read(sql).kind).toBe(kind);
  });

  test.each([
    ['SELECT 1 FORMAT JSON', 'JSON'],
    ['SELECT 1 \nformat JSONEachRow', 'JSONEachRow'],
    ['SELECT 1 FORMAT JSON SETTINGS max_threads = 1', 'JSON'],
    ['SELECT 1 FORMAT CSV;  -- the end', 'CSV'],
    ['SELECT a AS format FROM t', null],
    ['SELECT 1 FROM t ORDER BY format DESC', null],
    ["SELECT ' FORMAT JSON'", null],
    ['SELECT 1 -- FORMAT JSON', null],
    ['SELECT * FROM (SELECT 1 FORMAT JSON)', null],
  ])('%s is in format %s', (sql, format) => {
    expect(read(sql).format?.name ?? null).toBe(format);
  });

  test('leaves away what stands after the last token', () => {
    expect(read('SELECT 1 ; \n -- the end').text).toBe('SELECT 1');
    expect(read("SELECT 'a;b', `c;d`, {x:String} /* ; */").text).toBe("SELECT 'a;b', `c;d`, {x:String}");
  });

  test.each([
    ['INSERT INTO t FORMAT TSV', false],
    ['INSERT INTO t FORMAT TSV\n', false],
    ['INSERT INTO t FORMAT TSV\n1\t2\n', true],
    ["INSERT INTO t VALUES (';')", true],
    ['INSERT INTO t VALUES', false],
  ])('knows where the rows of %j are', (sql, inline) => {
    expect(read(sql)).toMatchObject({ kind: 'insert', inline, text: sql });
  });

  test.each(['SELECT 1; SELECT 2', 'SELECT 1;;DROP TABLE t', "SELECT ''; SELECT '"])('refuses %s', (sql) => {
    expect(() => read(sql)).toThrow(/Multi-statements are not allowed/);
  });

  test('refuses to write files', () => {
    expect(() => read("SELECT 1 INTO OUTFILE '/tmp/x'")).toThrow(/INTO OUTFILE is not allowed/);
  });

  test('does not stumble over what is no SQL', () => {
    for (const sql of ['', ' ; ', "'", '`', '$$', '((((', ')))', '/*', '\0', '漢字 "', '{', "SELECT '\\"]) {
      expect(() => read(sql), JSON.stringify(sql)).not.toThrow();
    }
  });
});

test('splitStatements splits a file where a statement ends', () => {
  const sql = `-- the first; table
create table a (x String default ';') engine = Memory;

/* ; */ create table b (y String comment 'it''s; \\';') engine = Memory;
-- nothing more;
`;
  expect(splitStatements(sql)).toEqual([
    "create table a (x String default ';') engine = Memory",
    "create table b (y String comment 'it''s; \\';') engine = Memory",
  ]);
});
