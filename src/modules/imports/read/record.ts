/** One record of a file, before anybody asked what it means. */
export interface RawRecord {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** As it stands in the file, without the line's end. */
  readonly raw: string;
  /** The cells in the order of the columns. */
  readonly cells: readonly string[];
  /** Why it cannot be read; the cells are then what could be made of it. */
  readonly flaw: string | null;
}

/** Cuts text that comes in pieces into records. */
export interface Splitter {
  push(text: string): RawRecord[];
  end(): RawRecord[];
}

/** No record is longer: an event of an import may have 1 MB. */
export const longestRecord = 1_000_000;
