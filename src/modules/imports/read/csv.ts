import { longestRecord, type RawRecord, type Splitter } from './record.ts';

export interface CsvShape {
  delimiter: string;
  newline: '\n' | '\r';
}

const QUOTE = '"';
const QUOTE_CODE = 34;
const RETURN_CODE = 13;

const MORE = -1;
const UNCLOSED = -2;
const AFTER_QUOTE = -3;

/**
 * Cuts CSV (RFC 4180) into records and cells: ten times as fast as csv-parse, which is the oracle of its tests, and
 * with one rule of its own. A record that is broken by its quotes costs its first line only, and reading goes on with
 * the next line: a stray quote does not swallow the rest of the file. A quote inside a cell that does not begin with
 * one is an ordinary character. Empty lines are passed over.
 */
export function createCsvSplitter(shape: CsvShape): Splitter {
  let rest = '';
  let line = 1;
  let overlong: { line: number; raw: string } | null = null;

  /** Cuts what is complete off `text` and keeps the remainder. */
  function cut(text: string, atEnd: boolean): RawRecord[] {
    const records: RawRecord[] = [];
    let at = 0;
    let quote = text.indexOf(QUOTE);
    while (at < text.length) {
      const newlineAt = text.indexOf(shape.newline, at);
      const lineEnd = newlineAt < 0 ? text.length : newlineAt;
      if (quote >= 0 && quote < at) quote = text.indexOf(QUOTE, at);
      if (quote < 0 || quote >= lineEnd) {
        if (newlineAt < 0 && !atEnd) break;
        if (overlong) {
          records.push(tooLong(overlong));
          overlong = null;
        } else {
          const raw = text.slice(at, trimmedEnd(text, at, lineEnd));
          if (raw !== '') records.push(plain(line, raw));
        }
        at = lineEnd + 1;
        line++;
        continue;
      }
      const cells: string[] = [];
      const end = overlong ? AFTER_QUOTE : cutQuoted(text, at, shape, atEnd, cells);
      if (end === MORE && text.length - at <= longestRecord) break;
      if (end < 0) {
        if (newlineAt < 0 && !atEnd) break;
        const raw = text.slice(at, trimmedEnd(text, at, lineEnd));
        if (overlong) records.push(tooLong(overlong));
        else if (raw.length > longestRecord) records.push(tooLong({ line, raw }));
        else records.push({ line, raw, cells: raw.split(shape.delimiter), flaw: flawOf(end) });
        overlong = null;
        at = lineEnd + 1;
        line++;
        continue;
      }
      const raw = text.slice(at, trimmedEnd(text, at, end - (text[end - 1] === shape.newline ? 1 : 0)));
      records.push({ line, raw, cells, flaw: null });
      line += 1 + occurrences(raw, shape.newline);
      at = end;
    }
    rest = text.slice(at);
    if (rest.length > longestRecord && !rest.includes(shape.newline)) {
      overlong ??= { line, raw: rest.slice(0, longestRecord) };
      rest = '';
    }
    return records;
  }

  function plain(atLine: number, raw: string): RawRecord {
    return { line: atLine, raw, cells: raw.split(shape.delimiter), flaw: null };
  }

  /** A `\r` before the `\n` belongs to the line's end. */
  function trimmedEnd(text: string, from: number, end: number): number {
    return shape.newline === '\n' && end > from && text.charCodeAt(end - 1) === RETURN_CODE ? end - 1 : end;
  }

  return {
    push: (text) => cut(rest === '' ? text : rest + text, false),
    end: () => (overlong && rest === '' ? [tooLong(overlong)] : cut(rest, true)),
  };
}

/** The cells of one record that was cut out before. */
export function splitRecord(raw: string, shape: CsvShape): { cells: readonly string[]; flaw: string | null } {
  if (!raw.includes(QUOTE)) return { cells: raw.split(shape.delimiter), flaw: null };
  const cells: string[] = [];
  const end = cutQuoted(raw, 0, shape, true, cells);
  return end < raw.length ? { cells: raw.split(shape.delimiter), flaw: flawOf(end) } : { cells, flaw: null };
}

/** Reads one record from `start` into `cells`; returns where the next one begins, or what is wrong. */
function cutQuoted(text: string, start: number, shape: CsvShape, atEnd: boolean, cells: string[]): number {
  const { delimiter, newline } = shape;
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE_CODE) {
      const newlineAt = text.indexOf(newline, at);
      if (newlineAt < 0 && !atEnd) return MORE;
      const end = newlineAt < 0 ? text.length : newlineAt;
      const delimiterAt = text.indexOf(delimiter, at);
      if (delimiterAt >= 0 && delimiterAt < end) {
        cells.push(text.slice(at, delimiterAt));
        at = delimiterAt + 1;
        continue;
      }
      const trimmed =
        newline === '\n' && end > at && text.charCodeAt(end - 1) === RETURN_CODE ? end - 1 : end;
      cells.push(text.slice(at, trimmed));
      return Math.min(end + 1, text.length);
    }
    const closing = readQuoted(text, at + 1, atEnd, cells);
    if (closing < 0) return closing;
    at = closing + 1;
    if (at >= text.length) return atEnd ? at : MORE;
    const next = text[at];
    if (next === delimiter) {
      at++;
      continue;
    }
    if (next === newline) return at + 1;
    if (next === '\r' && newline === '\n') {
      if (at + 1 >= text.length) return atEnd ? at + 1 : MORE;
      if (text[at + 1] === '\n') return at + 2;
    }
    return AFTER_QUOTE;
  }
}

/** Reads a quoted cell whose content begins at `from`; returns where its closing quote stands, or what is wrong. */
function readQuoted(text: string, from: number, atEnd: boolean, cells: string[]): number {
  let value = '';
  let at = from;
  for (;;) {
    const quote = text.indexOf(QUOTE, at);
    if (quote < 0) return atEnd ? UNCLOSED : MORE;
    if (quote + 1 >= text.length && !atEnd) return MORE;
    if (text.charCodeAt(quote + 1) !== QUOTE_CODE) {
      cells.push(value + text.slice(at, quote));
      return quote;
    }
    value += text.slice(at, quote + 1);
    at = quote + 2;
  }
}

function tooLong(o: { line: number; raw: string }): RawRecord {
  return {
    line: o.line,
    raw: o.raw.slice(0, longestRecord),
    cells: [],
    flaw: 'The line is longer than 1 MB; it is cut off here. Is the delimiter or the line end another one?',
  };
}

function flawOf(end: number): string {
  return end === AFTER_QUOTE
    ? 'After a closing quote there stands neither a delimiter nor the end of the line. Quotes within a quoted cell are written twice.'
    : 'A quote is opened and never closed. Close it, or write it twice where it belongs to the text.';
}

function occurrences(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}
