/** Hands a file to whoever sits there. */
export function download(name: string, content: Blob | string, type = 'text/plain'): void {
  const blob = content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export type CsvValue = string | number | boolean | null | undefined;

/** Lines of CSV (RFC 4180) that spreadsheets read as text: what looks like a formula is not one. */
export function toCsv(head: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [head.map(cellOf).join(',')];
  for (const row of rows) lines.push(row.map(cellOf).join(','));
  // Spreadsheets take it for UTF-8 by the mark at its beginning.
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function cellOf(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
