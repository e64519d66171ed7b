import { openBytes } from './bytes.ts';
import { createCsvSplitter, splitRecord } from './csv.ts';
import { type CellsOf, createArraySplitter, createLineSplitter, createPicker } from './json.ts';
import type { Layout } from './layout.ts';
import type { RawRecord, Splitter } from './record.ts';
import { decodeText } from './text.ts';

/** A file that is read record by record. */
export interface ImportFile {
  /** The names of the cells, in their order. */
  columns: readonly string[];
  /** All records, a piece of the file at a time. */
  records(): AsyncGenerator<RawRecord[]>;
  /** The cells of a record that was read before, from its raw text. */
  cells(raw: string): CellsOf;
  /** Bytes of the file on the disk that were read so far. */
  readBytes(): number;
  /** True once text was seen that the encoding could not have written. */
  garbled(): boolean;
}

/** `paths`: which values of JSON objects are the cells; of CSV they are what its header says. */
export function openImportFile(path: string, layout: Layout, paths: readonly string[] = []): ImportFile {
  let readBytes = () => 0;
  async function* text(): AsyncGenerator<string> {
    const bytes = await openBytes(path);
    readBytes = bytes.readBytes;
    yield* decodeText(bytes.chunks, layout.encoding === null ? {} : { encoding: layout.encoding });
  }
  return { ...recordsOf(text, layout, paths, { toTheEnd: true }), readBytes: () => readBytes() };
}

/** The beginning of a file as if it were all of it; a last record that may be cut off is left out. */
export function openHead(
  o: { head: string; whole: boolean },
  layout: Layout,
  paths: readonly string[] = [],
): ImportFile {
  async function* text(): AsyncGenerator<string> {
    yield o.head;
  }
  return { ...recordsOf(text, layout, paths, { toTheEnd: o.whole }), readBytes: () => 0 };
}

function recordsOf(
  text: () => AsyncIterable<string>,
  layout: Layout,
  paths: readonly string[],
  o: { toTheEnd: boolean },
): Omit<ImportFile, 'readBytes'> {
  const csv = layout.format === 'csv';
  const columns = csv ? layout.columns : paths;
  const shape = { delimiter: layout.delimiter, newline: layout.newline };
  const pick = createPicker(paths);
  let garbled = false;

  function createSplitter(): Splitter {
    if (csv) return createCsvSplitter(shape);
    return layout.format === 'json-array' ? createArraySplitter(pick) : createLineSplitter(pick);
  }

  async function* records(): AsyncGenerator<RawRecord[]> {
    const splitter = createSplitter();
    let header = csv && layout.header;
    const finish = (batch: RawRecord[]): RawRecord[] => {
      if (header && batch.length > 0) {
        header = false;
        batch.shift();
      }
      return csv ? checkWidths(batch, columns.length) : batch;
    };
    for await (const piece of text()) {
      garbled ||= piece.includes('\uFFFD');
      yield finish(splitter.push(piece));
    }
    if (o.toTheEnd) yield finish(splitter.end());
  }

  return {
    columns,
    records,
    cells: csv ? (raw) => checkWidth(splitRecord(raw, shape), columns.length) : pick,
    garbled: () => garbled,
  };
}

function checkWidths(batch: RawRecord[], width: number): RawRecord[] {
  for (let i = 0; i < batch.length; i++) {
    const record = batch[i] as RawRecord;
    if (record.cells.length !== width) batch[i] = checkWidth(record, width);
  }
  return batch;
}

/** Superfluous empty cells at the end do no harm; another number of cells means that they cannot be told apart. */
function checkWidth<R extends CellsOf>(record: R, width: number): R {
  const { cells, flaw } = record;
  if (flaw || cells.length === width) return record;
  if (cells.length > width && cells.slice(width).every((cell) => cell.trim() === '')) {
    return { ...record, cells: cells.slice(0, width) };
  }
  const found = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
  return {
    ...record,
    flaw: `The line has ${found} where ${width} are expected. Is a delimiter missing, or does one stand in a text without quotes?`,
  };
}
