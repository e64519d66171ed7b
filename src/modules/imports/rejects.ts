import type { Postgres, Tx } from '#platform/postgres';
import { openHead } from './read/file.ts';
import type { Layout } from './read/layout.ts';
import type { RejectPage } from './schema.ts';
import * as sql from './sql.ts';

const pageRows = 1000;

/**
 * The rejected rows of an import as a file of the kind that they came in, each with its line and the reason: once they
 * are mended it can be imported as it is, under the same name.
 */
export async function* writeRejects(
  pg: Postgres,
  row: Pick<sql.ImportRow, 'workspace_id' | 'id' | 'layout'>,
): AsyncGenerator<string> {
  const { layout } = row;
  const csv = layout?.format === 'csv';
  if (csv)
    yield `${['line', 'reason', ...layout.columns].map((cell) => quoted(cell, layout.delimiter)).join(layout.delimiter)}\n`;
  for (let after = 0; ; ) {
    const page = await pg.inWorkspace(row.workspace_id, (tx) =>
      sql.listRejects(tx, row.workspace_id, row.id, after, pageRows),
    );
    if (page.length > 0)
      yield page.map((reject) => (csv ? csvLine(reject, layout) : jsonLine(reject))).join('');
    if (page.length < pageRows) return;
    after = page.at(-1)?.n ?? after;
  }
}

function csvLine({ line, reason, raw, broken }: sql.RejectRow, { delimiter }: Layout): string {
  // What is broken stands whole in the first cell, so that it does not break this file too.
  const cells = broken ? quoted(raw, delimiter, true) : raw;
  return `${line}${delimiter}${quoted(reason, delimiter)}${delimiter}${cells}\n`;
}

function jsonLine({ line, reason, raw, broken }: sql.RejectRow): string {
  return `${JSON.stringify({ line, reason, row: broken ? raw : JSON.parse(raw) })}\n`;
}

function quoted(text: string, delimiter: string, always = false): string {
  return always || /["\r\n]/.test(text) || text.includes(delimiter)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}

/** Rejected rows for a page that shows them, in the order of the file, cut into their cells. */
export async function pageOfRejects(
  tx: Tx,
  { workspace_id, id, layout }: Pick<sql.ImportRow, 'workspace_id' | 'id' | 'layout'>,
  after: { line: number; n: number },
  limit: number,
): Promise<RejectPage> {
  const rows = await sql.listRejectsByLine(tx, workspace_id, id, after, limit + 1);
  const columns = layout?.columns ?? [];
  const file = layout && openHead({ head: '', whole: true }, layout, columns);
  const items = rows.slice(0, limit).map(({ n, line, reason, raw, broken }) => {
    const read = broken || columns.length === 0 ? undefined : file?.cells(raw);
    return { n, line, reason, raw, cells: read && !read.flaw ? [...read.cells] : null };
  });
  const last = items.at(-1);
  return {
    columns: [...columns],
    items,
    next: rows.length > limit && last ? `${last.line}-${last.n}` : null,
  };
}

/** What the download is called and how it is typed. */
export function rejectsFile(row: Pick<sql.ImportRow, 'name' | 'layout'>): { name: string; type: string } {
  const csv = row.layout?.format === 'csv';
  const plain = row.name.replace(/[^\w.-]+/g, '-');
  return csv
    ? { name: `${plain}.rejects.csv`, type: 'text/csv; charset=utf-8' }
    : { name: `${plain}.rejects.jsonl`, type: 'application/x-ndjson' };
}
