import type { Tx } from '#platform/postgres';
import { Bloom } from './memory.ts';
import * as sql from './run-sql.ts';

/** Message ids of the past lie in Postgres as sorted runs of 64-bit hashes; only their filters are in memory. */
export interface Run {
  run: number;
  kept: boolean;
  ids: number;
  newest: Date;
  filter: Bloom;
}

const idsAPage = 1000;
/** So many runs of about one size are merged into one. */
const mergeAt = 8;

/** Packed hashes as they stand in the log, sorted and without repeats. */
export function sortIds(packed: readonly Buffer[]): BigInt64Array {
  const bytes = Buffer.concat(packed);
  const all = new BigInt64Array(bytes.byteLength / 8);
  Buffer.from(all.buffer).set(bytes);
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i++) {
    if (i === 0 || all[i] !== all[i - 1]) all[kept++] = all[i] as bigint;
  }
  return all.subarray(0, kept);
}

export function filterOf(sorted: BigInt64Array): Bloom {
  const filter = new Bloom(sorted.length);
  const words = new Uint32Array(sorted.buffer, sorted.byteOffset, sorted.length * 2);
  for (let i = 0; i < words.length; i += 2) filter.add(words[i] as number, words[i + 1] as number);
  return filter;
}

/** Writes one run with its pages and its filter. */
export async function writeRun(
  tx: Tx,
  workspaceId: number,
  sorted: BigInt64Array,
  kept: boolean,
  newest: Date,
): Promise<void> {
  if (sorted.length === 0) return;
  const run = await sql.insertRun(tx, workspaceId, {
    kept,
    ids: sorted.length,
    newest,
    filter: filterOf(sorted).bytes(),
  });
  const firsts: string[] = [];
  const pages: Buffer[] = [];
  for (let from = 0; from < sorted.length; from += idsAPage) {
    const page = sorted.subarray(from, from + idsAPage);
    firsts.push((page[0] as bigint).toString());
    pages.push(Buffer.from(page.buffer, page.byteOffset, page.byteLength));
    if (pages.length === 500 || from + idsAPage >= sorted.length) {
      await sql.insertPages(tx, workspaceId, run, firsts.splice(0), pages.splice(0));
    }
  }
}

/** Of the hashes whose filter rang, those that are really there. Packed hash to the runs to look into. */
export async function lookUp(
  tx: Tx,
  workspaceId: number,
  suspects: readonly { hash: bigint; runs: readonly number[] }[],
): Promise<Set<bigint>> {
  const pairs = suspects.flatMap(({ hash, runs }) => runs.map((run) => ({ hash, run })));
  const found = new Set<bigint>();
  if (pairs.length === 0) return found;
  for (const { hash, page } of await sql.findPages(tx, workspaceId, pairs)) {
    const copy = new Uint8Array(page);
    const hashes = new BigInt64Array(copy.buffer, 0, copy.byteLength / 8);
    if (holds(hashes, hash)) found.add(hash);
  }
  return found;
}

function holds(sorted: BigInt64Array, hash: bigint): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const there = sorted[middle] as bigint;
    if (there === hash) return true;
    if (there < hash) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** Merges runs of one size class once there are enough of them; true where something was merged. */
export async function mergeRuns(tx: Tx, workspaceId: number): Promise<boolean> {
  const classes = new Map<string, sql.RunSize[]>();
  for (const run of await sql.runSizes(tx, workspaceId)) {
    const size = `${run.kept}:${Math.floor(Math.log(Math.max(run.ids, 1)) / Math.log(mergeAt))}`;
    const list = classes.get(size);
    if (list) list.push(run);
    else classes.set(size, [run]);
  }
  for (const runs of classes.values()) {
    if (runs.length < mergeAt) continue;
    const first = runs[0] as sql.RunSize;
    const packed = await sql.pagesOf(
      tx,
      workspaceId,
      runs.map((run) => run.run),
    );
    const newest = new Date(Math.max(...runs.map((run) => run.newest.getTime())));
    await sql.deleteRuns(
      tx,
      workspaceId,
      runs.map((run) => run.run),
    );
    await writeRun(tx, workspaceId, sortIds(packed), first.kept, newest);
    return true;
  }
  return false;
}
