import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '#platform/ids';

/** One numbered file of SQL; applied once, in order, and never changed afterwards. */
export interface Migration {
  /** Who owns it: `people`, or `platform/facts`. */
  module: string;
  /** Unique in its module and engine. */
  number: number;
  /** The file's words: `0001-make-people.pg.sql` is `make-people`. */
  name: string;
  sql: string;
  /** SHA-256 of the file, in hex. */
  checksum: string;
}

// A table may only refer to tables of what stands before it here; what is not named follows by alphabet.
const PLATFORM_ORDER = ['postgres', 'clickhouse'];
const MODULE_ORDER = [
  'identity',
  'transparency',
  'people',
  'collect',
  'catalog',
  'segments',
  'points',
  'community',
  'influence',
  'messaging',
  'experiments',
  'journeys',
  'stores',
  'insight',
  'voice',
  'passport',
];

const FILE_NAME = /^(\d{4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.(pg|ch)\.sql$/;

/**
 * All migrations of one engine in the order in which they are applied to an empty database: the platform's,
 * then the modules', each by number. Throws when a file is misnamed or a number is taken twice.
 */
export function loadMigrations(
  engine: 'pg' | 'ch',
  sourceFolder = join(import.meta.dirname, '../..'),
): Migration[] {
  return [
    ...inOrder(join(sourceFolder, 'platform'), PLATFORM_ORDER).flatMap((part) =>
      readMigrations(engine, `platform/${part}`, join(sourceFolder, 'platform', part, 'migrations')),
    ),
    ...inOrder(join(sourceFolder, 'modules'), MODULE_ORDER).flatMap((module) =>
      readMigrations(engine, module, join(sourceFolder, 'modules', module, 'migrations')),
    ),
  ];
}

function inOrder(folder: string, order: readonly string[]): string[] {
  if (!existsSync(folder)) return [];
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return readdirSync(folder)
    .sort()
    .sort((a, b) => rank(a) - rank(b));
}

function readMigrations(engine: 'pg' | 'ch', module: string, folder: string): Migration[] {
  if (!existsSync(folder)) return [];
  const migrations: Migration[] = [];
  for (const file of readdirSync(folder).sort()) {
    const [, digits, name, fileEngine] = FILE_NAME.exec(file) ?? [];
    if (!digits || !name) {
      throw new Error(
        `${join(folder, file)} is not named as a migration: 0001-some-words.pg.sql, or .ch.sql for ClickHouse.`,
      );
    }
    if (fileEngine !== engine) continue;
    const number = Number(digits);
    if (migrations.some((m) => m.number === number)) {
      throw new Error(
        `The migration number ${digits} is taken twice in ${folder}; give one of them the next number.`,
      );
    }
    const sql = readFileSync(join(folder, file), 'utf8');
    migrations.push({ module, number, name, sql, checksum: sha256Hex(sql) });
  }
  return migrations;
}
