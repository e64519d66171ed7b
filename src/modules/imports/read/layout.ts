import { stat } from 'node:fs/promises';
import { refuse } from '../schema.ts';
import { openBytes } from './bytes.ts';
import { createCsvSplitter } from './csv.ts';
import { parseObject } from './json.ts';
import { decodeText } from './text.ts';

export type Format = 'csv' | 'json-lines' | 'json-array' | 'segment';

/** How a file is laid out. */
export interface Layout {
  format: Format;
  /** Null as long as everything is ASCII: what comes later may tell. */
  encoding: string | null;
  /** Of CSV. */
  delimiter: string;
  newline: '\n' | '\r';
  /** False where the first line is data already. */
  header: boolean;
  /** The names of the columns; of JSON those that the first objects have, as paths. */
  columns: string[];
}

/** What somebody said about the layout; the rest is guessed. */
export interface StatedLayout {
  format?: Format | undefined;
  encoding?: string | undefined;
  delimiter?: string | undefined;
  columns?: readonly string[] | undefined;
}

const headBytes = 512 * 1024;
const DELIMITERS = [',', ';', '\t', '|'];

/** Reads the beginning of a file and tells how it is laid out, together with that beginning. `whole`: it is all. */
export async function readLayout(
  path: string,
  stated: StatedLayout = {},
): Promise<{ layout: Layout; head: string; whole: boolean }> {
  let encoding = stated.encoding ?? null;
  let head = '';
  const { chunks } = await openBytes(path, { headBytes });
  const text = decodeText(chunks, { encoding: stated.encoding, onEncoding: (name) => (encoding = name) });
  for await (const piece of text) {
    head += piece;
    if (head.length >= headBytes) break;
  }
  const { size } = await stat(path);
  return {
    layout: layoutOf(head, encoding, stated),
    head,
    whole: size < headBytes && head.length < headBytes,
  };
}

function layoutOf(text: string, encoding: string | null, stated: StatedLayout = {}): Layout {
  if (text.trim() === '') throw refuse('unreadable-file', 'The file is empty.');
  const newline = text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
  const format = stated.format ?? guessFormat(text);
  const base = { format, encoding, newline, delimiter: '', header: false } as const;
  if (format !== 'csv') return { ...base, columns: format === 'segment' ? [] : pathsOf(text, format) };
  const delimiter = stated.delimiter ?? guessDelimiter(text, newline);
  const first = firstRecord(text, delimiter, newline);
  if (stated.columns) {
    const repeated = stated.columns.every((name, i) => name === first[i]?.trim());
    return { ...base, delimiter, header: repeated, columns: [...stated.columns] };
  }
  const header = looksLikeHeader(first);
  return {
    ...base,
    delimiter,
    header,
    columns: header ? named(first) : first.map((_, i) => `column ${i + 1}`),
  };
}

function guessFormat(text: string): Format {
  const start = text.trimStart();
  if (start.startsWith('[')) return 'json-array';
  if (!start.startsWith('{')) return 'csv';
  const newlineAt = start.indexOf('\n');
  const first = parseObject(newlineAt < 0 ? start : start.slice(0, newlineAt));
  if (typeof first === 'string') {
    throw refuse(
      'unreadable-file',
      'The file begins as JSON, and its first line is not a whole object. Write one object a line, or one array of objects.',
    );
  }
  return isSegmentMessage(first) ? 'segment' : 'json-lines';
}

const SEGMENT_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'];

function isSegmentMessage(object: Record<string, unknown>): boolean {
  const { type, userId, anonymousId } = object;
  return (
    typeof type === 'string' &&
    SEGMENT_TYPES.includes(type) &&
    (typeof userId === 'string' || typeof anonymousId === 'string')
  );
}

/** The delimiter by which the first lines fall into the same number of cells, and into the most. */
function guessDelimiter(text: string, newline: '\n' | '\r'): string {
  let best = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const splitter = createCsvSplitter({ delimiter, newline });
    const records = [...splitter.push(text.slice(0, 64 * 1024)), ...splitter.end()].slice(0, 50);
    const width = records[0]?.cells.length ?? 1;
    if (width < 2) continue;
    const even = records.filter((record) => !record.flaw && record.cells.length === width).length;
    const score = (even / records.length) * 1000 + Math.min(width, 100);
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

function firstRecord(text: string, delimiter: string, newline: '\n' | '\r'): readonly string[] {
  const splitter = createCsvSplitter({ delimiter, newline });
  const record = splitter.push(text)[0] ?? splitter.end()[0];
  if (!record || record.flaw) {
    throw refuse(
      'unreadable-file',
      `The first line cannot be read as CSV: ${record?.flaw ?? 'it is empty.'}`,
    );
  }
  return record.cells;
}

/** Names are words; numbers, dates and addresses are data. */
function looksLikeHeader(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  return filled.length > 0 && filled.every((cell) => !/^[\s\d.,:/+-]+$|@|^\d{4}-\d\d/.test(cell));
}

/** Every name once: the second `Total` becomes `Total (2)`. */
function named(cells: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, i) => {
    const name = cell.trim() || `column ${i + 1}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

function pathsOf(text: string, format: Format): string[] {
  const paths = new Set<string>();
  const lines = format === 'json-lines' ? text.split('\n').slice(0, 200) : elementsOf(text);
  for (const line of lines) {
    const object = parseObject(line);
    if (typeof object !== 'string') addPaths(object, '', paths);
  }
  return [...paths];
}

function elementsOf(text: string): string[] {
  // The head may end in the middle of an element; it is closed behind the last whole one.
  for (
    let end = text.lastIndexOf('}'), tries = 0;
    end > 0 && tries < 50;
    end = text.lastIndexOf('}', end - 1), tries++
  ) {
    try {
      const list = JSON.parse(`${text.slice(0, end + 1)}]`) as unknown[];
      return list.slice(0, 200).map((element) => JSON.stringify(element));
    } catch {}
  }
  return [];
}

function addPaths(object: Record<string, unknown>, prefix: string, paths: Set<string>): void {
  for (const [key, value] of Object.entries(object)) {
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (nested && prefix.split('.').length < 4) {
      addPaths(value as Record<string, unknown>, `${prefix}${key}.`, paths);
    } else paths.add(prefix + key);
  }
}
