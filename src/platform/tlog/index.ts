export type { Primitives } from './bytes.ts';
export { concat, equal, fromBase64, readUtf8, toBase64, utf8 } from './bytes.ts';
export type { Checkpoint } from './checkpoint.ts';
export { checkpointText, parseCheckpoint } from './checkpoint.ts';
export { decodeEntries, encodeEntries } from './entries.ts';
export type { Range } from './merkle.ts';
export {
  consistencyRanges,
  emptyRoot,
  inclusionRanges,
  leafHash,
  nodeHash,
  provesConsistency,
  rootFromInclusion,
} from './merkle.ts';
export type { VerifierKey } from './note.ts';
export { formatNote, formatVerifierKey, keyId, parseNote, parseVerifierKey } from './note.ts';
export type { Opening, Party } from './opening.ts';
export {
  clearLeaf,
  decodeOpening,
  encodeOpening,
  encodeView,
  leafOf,
  leafOfOpening,
  partyHash,
  readClearLeaf,
} from './opening.ts';
export { formatProof, parseProof } from './proof.ts';
export type { CheckedReceipt, ReadFile, ReceiptFault } from './receipt.ts';
export { checkReceipt, readCheckpoint, readClearProof } from './receipt.ts';
export type { Tile } from './tiles.ts';
export {
  hashBytes,
  hashRange,
  levelSize,
  parseTilePath,
  subtreeHash,
  tileAt,
  tilePath,
  tilesBetween,
  tilesFor,
  tileWidth,
} from './tiles.ts';
export type { LoggedTotals, TotalsFault } from './totals.ts';
export { parseTotals, totalsFaults } from './totals.ts';
