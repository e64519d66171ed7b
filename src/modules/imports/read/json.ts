import { longestRecord, type RawRecord, type Splitter } from './record.ts';

const TOO_LONG = 'The object is longer than 1 MB; it is cut off here. An event of an import may have 1 MB.';

/** Cuts JSON lines: one object a line. `cells` picks out what is asked for; what is no object is a flaw. */
export function createLineSplitter(cells: (raw: string) => CellsOf): Splitter {
  let rest = '';
  let line = 0;
  let skipping = false;

  function take(raw: string, records: RawRecord[]): void {
    line++;
    const trimmed = raw.trim();
    if (skipping) skipping = false;
    else if (trimmed !== '') records.push(toRecord(line, trimmed, cells));
  }

  return {
    push(text) {
      const records: RawRecord[] = [];
      const whole = rest === '' ? text : rest + text;
      let at = 0;
      for (let end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', at)) {
        take(whole.slice(at, end), records);
        at = end + 1;
      }
      rest = whole.slice(at);
      if (rest.length > longestRecord) {
        if (!skipping)
          records.push({ line: line + 1, raw: rest.slice(0, longestRecord), cells: [], flaw: TOO_LONG });
        skipping = true;
        rest = '';
      }
      return records;
    },
    end() {
      const records: RawRecord[] = [];
      if (rest !== '' || skipping) take(rest, records);
      rest = '';
      return records;
    },
  };
}

/** Cuts the elements of one JSON array, which may be laid out over any number of lines. */
export function createArraySplitter(cells: (raw: string) => CellsOf): Splitter {
  let rest = '';
  // The line of the character at `counted` in `rest`.
  let line = 1;
  let counted = 0;
  // Where in `rest` the scan stands, how deep, and whether inside a string; an element begins at depth 1.
  let at = 0;
  let depth = 0;
  let inText = false;
  let start = -1;

  function scan(records: RawRecord[]): void {
    const marks = /["\\{}[\],]/g;
    marks.lastIndex = at;
    for (let mark = marks.exec(rest); mark; mark = marks.exec(rest)) {
      const index = mark.index;
      const sign = mark[0];
      if (inText) {
        if (sign === '\\') {
          if (index + 1 >= rest.length) {
            at = index;
            return;
          }
          marks.lastIndex = index + 2;
        } else if (sign === '"') inText = false;
      } else if (sign === '"') inText = true;
      else if (sign === '{' || sign === '[') {
        depth++;
        if (depth === 1) start = index + 1;
      } else if (sign === '}' || sign === ']') {
        depth--;
        if (depth === 0) finish(index, records);
      } else if (sign === ',' && depth === 1) finish(index, records);
      at = marks.lastIndex;
    }
    at = rest.length;
  }

  function finish(end: number, records: RawRecord[]): void {
    const from = start;
    start = depth === 0 ? -1 : end + 1;
    // Nothing was begun here: between elements that were too long.
    if (from < 0) return;
    const raw = rest.slice(from, end);
    const trimmed = raw.trim();
    if (trimmed === '') return;
    countTo(from + raw.length - raw.trimStart().length);
    records.push(toRecord(line, trimmed, cells));
  }

  function countTo(position: number): void {
    line += newlines(rest, counted, position);
    counted = position;
  }

  /** Forgets what lies before the element under way. */
  function shorten(): void {
    const keep = start < 0 ? at : start;
    countTo(keep);
    rest = rest.slice(keep);
    at -= keep;
    counted = 0;
    if (start >= 0) start = 0;
  }

  return {
    push(text) {
      const records: RawRecord[] = [];
      rest += text;
      scan(records);
      shorten();
      if (rest.length > longestRecord) {
        records.push({ line, raw: rest.slice(0, longestRecord), cells: [], flaw: TOO_LONG });
        // Keeps counting brackets, and takes up again with the next element.
        countTo(rest.length);
        rest = '';
        at = 0;
        counted = 0;
        start = -1;
      }
      return records;
    },
    end() {
      const raw = rest.trim();
      rest = '';
      if (start < 0 || raw === '') return [];
      return [{ line, raw, cells: [], flaw: 'The file ends in the middle of this element: it was cut off.' }];
    },
  };
}

/** The cells that a mapping asks for, out of one object; a flaw where it is none. */
export interface CellsOf {
  cells: readonly string[];
  flaw: string | null;
}

function toRecord(line: number, raw: string, cells: (raw: string) => CellsOf): RawRecord {
  return { line, raw, ...cells(raw) };
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/**
 * Reads the values at these paths (`customer.email`; `*` is all of the object) as text. A number keeps the digits that
 * it was written with; an object or a list becomes its JSON.
 */
export function createPicker(paths: readonly string[]): (raw: string) => CellsOf {
  const steps = paths.map((path) => path.split('.'));
  return (raw) => {
    const object = parseObject(raw, { exact: true });
    if (typeof object === 'string') return { cells: [], flaw: object };
    const cells = steps.map((path, i) =>
      paths[i] === '*' ? raw : toText(valueAt(object, path, paths[i] ?? '')),
    );
    return { cells, flaw: null };
  };
}

/** The object that the text holds, or a sentence why not. With `exact`, numbers that a float would change are text. */
export function parseObject(raw: string, o: { exact?: boolean } = {}): Record<string, unknown> | string {
  let value: unknown;
  try {
    // A double has 15 digits that are sure.
    value = o.exact && /[\d.]{16}/.test(raw) ? parseExactly(raw) : JSON.parse(raw);
  } catch (error) {
    return `This is not JSON: ${(error as Error).message}.`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'This is JSON and not an object: { "name": value, ... } is expected.';
  }
  return value as Record<string, unknown>;
}

type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

function parseExactly(raw: string): unknown {
  const keepSource: Reviver = (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? context.source
      : value;
  return JSON.parse(raw, keepSource as (this: unknown, key: string, value: unknown) => unknown);
}

function valueAt(object: Record<string, unknown>, steps: readonly string[], path: string): unknown {
  // A name that holds a dot itself goes before the path that it looks like.
  if (Object.hasOwn(object, path)) return object[path];
  let value: unknown = object;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
