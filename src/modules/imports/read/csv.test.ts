import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvShape, createCsvSplitter, splitRecord } from './csv.ts';
import type { RawRecord } from './record.ts';

const comma: CsvShape = { delimiter: ',', newline: '\n' };

function split(pieces: string[], shape = comma): RawRecord[] {
  const splitter = createCsvSplitter(shape);
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

/** Cuts text at random places. */
const pieces = (text: string) =>
  fc.array(fc.nat(Math.max(text.length - 1, 0)), { maxLength: 5 }).map((places) => {
    const cuts = [0, ...places.sort((a, b) => a - b), text.length];
    return cuts.slice(1).map((end, i) => text.slice(cuts[i], end));
  });

const cell = fc.string({
  unit: fc.constantFrom('a', 'é', '订', '"', ',', ';', '\t', '|', '\n', '\r', ' ', "'", '\\', '\u{1f600}'),
  maxLength: 6,
});
const delimiter = fc.constantFrom(',', ';', '\t', '|');

function written(rows: string[][], shape: { delimiter: string; eol: string; always: boolean }): string {
  const quoted = (text: string) =>
    shape.always || /["\r\n]/.test(text) || text.includes(shape.delimiter)
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  return rows.map((row) => row.map(quoted).join(shape.delimiter) + shape.eol).join('');
}

test('any table comes back as it was written, and as csv-parse reads it, however the text is cut', () => {
  const tables = fc
    .record({
      rows: fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      delimiter,
      eol: fc.constantFrom('\n', '\r\n', '\r'),
      always: fc.boolean(),
    })
    .chain((t) => fc.record({ ...constants(t), pieces: pieces(written(t.rows, t)) }));
  fc.assert(
    fc.property(tables, (t) => {
      const records = split(t.pieces, { delimiter: t.delimiter, newline: t.eol === '\r' ? '\r' : '\n' });
      const oracle = parse(written(t.rows, t), {
        delimiter: t.delimiter,
        record_delimiter: t.eol,
        relax_column_count: true,
        relax_quotes: true,
      });
      expect(records.map((r) => r.cells)).toEqual(t.rows);
      expect(records.map((r) => r.cells)).toEqual(oracle);
      expect(records.every((r) => r.flaw === null)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

function constants<T extends object>(o: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  return Object.fromEntries(Object.entries(o).map(([k, v]) => [k, fc.constant(v)])) as never;
}

test('arbitrary text never throws, loses no line, and is cut the same in one piece and in many', () => {
  const texts = fc
    .string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' '), maxLength: 40 })
    .chain((text) => fc.record({ text: fc.constant(text), pieces: pieces(text) }));
  fc.assert(
    fc.property(texts, ({ text, pieces }) => {
      const whole = split([text]);
      expect(split(pieces)).toEqual(whole);
      expect(
        whole
          .map((r) => r.raw)
          .join('\n')
          .replaceAll('\r', '')
          .replaceAll('\n', ''),
      ).toBe(text.replaceAll('\r', '').replaceAll('\n', ''));
      for (const record of whole) {
        expect(splitRecord(record.raw, comma)).toEqual({ cells: record.cells, flaw: expectedFlaw(record) });
      }
    }),
    { numRuns: 1000 },
  );
  function expectedFlaw(record: RawRecord): unknown {
    return record.flaw === null ? null : expect.any(String);
  }
});

test('a stray quote costs its own line and not the rest of the file', () => {
  const records = split(['id,name\n1,"5 inch nail\n2,hammer\n3,"a ""b"" c"\n4,"x" y\n5,saw\n']);
  expect(records.map((r) => [r.line, r.flaw === null, r.cells[0]])).toEqual([
    [1, true, 'id'],
    [2, false, '1'],
    [3, true, '2'],
    [4, true, '3'],
    [5, false, '4'],
    [6, true, '5'],
  ]);
  expect(records[3]?.cells[1]).toBe('a "b" c');
});

test('the line of a record is where it begins, also behind cells that go over several lines', () => {
  const records = split(['a,b\n1,"x\ny\n\nz"\n\n2,w\n']);
  expect(records.map((r) => [r.line, r.cells[1]])).toEqual([
    [1, 'b'],
    [2, 'x\ny\n\nz'],
    [7, 'w'],
  ]);
});

test('a line of more than 1 MB is one flaw, and the next line is read', () => {
  const long = 'x'.repeat(600_000);
  const records = split(['a,b\n1,', long, long, '\n2,y\n']);
  expect(records.map((r) => [r.line, r.flaw === null])).toEqual([
    [1, true],
    [2, false],
    [3, true],
  ]);
});

test('a quote that is opened in one line of many is found before a megabyte is held', () => {
  const line = `${'y'.repeat(99)},z\n`;
  const records = split(['1,"open\n', ...Array.from({ length: 30 }, () => line.repeat(500))]);
  expect(records.length).toBe(15_001);
  expect(records.filter((r) => r.flaw !== null).map((r) => r.line)).toEqual([1]);
});
