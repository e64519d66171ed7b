/** What stands before the packed part of a backup file. */
export const magic = Buffer.from('PANDO BACKUP\n');
export const formatVersion = 1;
/** SHA-256 of everything before it, at the very end of the file. */
export const sumBytes = 32;

/** One after the other, each with its length, packed with zstd as a whole. */
export const kinds = { header: 1, part: 2, data: 3, partEnd: 4, end: 5 } as const;
/** The kind, one byte; the length of what follows, four. */
export const frameHead = 5;

/** So much is packed or unpacked at a time: in smaller steps, most of the time goes into taking them. */
export const chunkSize = 1024 * 1024;

export interface Applied {
  module: string;
  number: number;
  checksum: string;
}

export interface Header {
  format: number;
  /** Of the program that made it. */
  version: string;
  created: string;
  /** What the tables of both engines look like. */
  migrations: { pg: Applied[]; ch: Applied[] };
  /** Of every workspace, the last batch of its event log: the backup's position. */
  heads: { workspaceId: number; head: number; written: number }[];
  /** Where numbering goes on. */
  sequences: { name: string; last: string }[];
}

/** A table's rows as text, tab-separated, a line each, as its engine writes and reads them. */
export interface Part {
  engine: 'postgres' | 'clickhouse' | 'jobs';
  table: string;
  columns: string[];
}

export interface PartSum {
  rows: number;
  bytes: number;
  sha256: string;
}

export type Piece =
  | { kind: 'header'; header: Header }
  | { kind: 'part'; part: Part }
  | { kind: 'data'; data: Buffer }
  | { kind: 'partEnd'; part: Part; sum: PartSum }
  | { kind: 'end' };
