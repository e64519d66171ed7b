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
const pagesAtOnce = 100;
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

function addTo(filter: Bloom, sorted: BigInt64Array): void {
  const words = new Uint32Array(sorted.buffer, sorted.byteOffset, sorted.length * 2);
  for (let i = 0; i < words.length; i += 2) filter.add(words[i] as number, words[i + 1] as number);
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
  const filter = new Bloom(sorted.length);
  addTo(filter, sorted);
  const run = await sql.insertRun(tx, workspaceId, {
    kept,
    ids: sorted.length,
    newest,
    filter: filter.bytes(),
  });
  await writePages(tx, workspaceId, run, sorted);
}

async function writePages(tx: Tx, workspaceId: number, run: number, sorted: BigInt64Array): Promise<void> {
  for (let from = 0; from < sorted.length; from += idsAPage * pagesAtOnce) {
    const firsts: string[] = [];
    const pages: Buffer[] = [];
    for (let at = from; at < Math.min(sorted.length, from + idsAPage * pagesAtOnce); at += idsAPage) {
      const page = sorted.subarray(at, at + idsAPage);
      firsts.push((page[0] as bigint).toString());
      pages.push(Buffer.from(page.buffer, page.byteOffset, page.byteLength));
    }
    await sql.insertPages(tx, workspaceId, run, firsts, pages);
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
    await mergeInto(tx, workspaceId, runs);
    return true;
  }
  return false;
}

/** So many ids are in memory at once while runs are merged. */
const idsAStretch = 100_000;
const lowest = -(2n ** 63n);

/** Stretch by stretch of the hashes, each from all runs: what live collection waits for is one stretch. */
async function mergeInto(tx: Tx, workspaceId: number, runs: readonly sql.RunSize[]): Promise<void> {
  const ids = runs.reduce((sum, run) => sum + run.ids, 0);
  const old = runs.map((run) => run.run);
  const filter = new Bloom(ids);
  const run = await sql.insertRun(tx, workspaceId, {
    kept: runs[0]?.kept ?? false,
    ids,
    newest: new Date(Math.max(...runs.map((one) => one.newest.getTime()))),
    filter: Buffer.alloc(0),
  });
  const stretches = BigInt(Math.ceil(ids / idsAStretch));
  for (let n = 0n; n < stretches; n++) {
    const from = lowest + (2n ** 64n * n) / stretches;
    const to = lowest + (2n ** 64n * (n + 1n)) / stretches - 1n;
    const sorted = sortIds(await sql.pagesBetween(tx, workspaceId, old, from, to)).filter(
      (id) => id >= from && id <= to,
    );
    addTo(filter, sorted);
    await writePages(tx, workspaceId, run, sorted);
  }
  await sql.setFilter(tx, workspaceId, run, filter.bytes());
  await sql.deleteRuns(tx, workspaceId, old);
}
