import type { Contents } from './unpack.ts';

/** What programs read about a backup. */
export function summaryOf({ header, parts }: Contents) {
  const rowsOf = (engine: string, table: string) =>
    parts.find((part) => part.engine === engine && part.table === table)?.rows ?? 0;
  return {
    created: header.created,
    version: header.version,
    workspaces: rowsOf('postgres', 'workspaces'),
    events: rowsOf('clickhouse', 'events'),
    identifiers: rowsOf('postgres', 'identifiers'),
    tables: parts.length,
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
  };
}

/** The same for people. */
export function describeContents(contents: Contents): string {
  const { created, version, workspaces, events, identifiers, tables, rows } = summaryOf(contents);
  const n = (value: number) => value.toLocaleString('en');
  return (
    `Made ${created} by Pando ${version}. In it: ${n(workspaces)} ${workspaces === 1 ? 'workspace' : 'workspaces'}, ` +
    `${n(identifiers)} identifiers of people, ${n(events)} events and what was just being written; ` +
    `${n(rows)} rows of ${n(tables)} tables in all, each table with its checksum.\n`
  );
}
