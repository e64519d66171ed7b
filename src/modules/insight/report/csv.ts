import type { Lines } from './define.ts';

/** RFC 4180; what a spreadsheet would take for a formula is a text. */
export function csvOf({ head, lines }: Lines): string {
  return [head, ...lines].map((line) => `${line.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
