import type { Api } from '../api/client.ts';
import type { AuditLine, AuditLines } from '../api/types.ts';

type Query = Record<string, string | undefined>;

/** Every line that the filters let through, as a file for a spreadsheet. */
export async function auditCsv(api: Api, query: Query): Promise<Blob> {
  const parts = [row(['time', 'actor', 'name', 'action', 'subject', 'detail'])];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: AuditLines = await api.get<AuditLines>('/api/audit', { ...query, cursor, limit: 500 });
    parts.push(page.items.map(rowOf).join(''));
    cursor = page.cursor;
  }
  // The mark in front tells Excel that it is UTF-8.
  return new Blob(['\uFEFF', ...parts], { type: 'text/csv;charset=utf-8' });
}

function rowOf({ at, actor, actorName, action, subject, detail }: AuditLine): string {
  return row([at, actor, actorName ?? '', action, subject, JSON.stringify(detail)]);
}

function row(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** What begins like a formula is kept from being one. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
