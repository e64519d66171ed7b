import {
  type Checkpoint,
  decodeEntries,
  emptyRoot,
  equal,
  hashBytes,
  type LoggedTotals,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseTotals,
  parseVerifierKey,
  type ReadFile,
  readCheckpoint,
  readClearLeaf,
  readUtf8,
  type Tile,
  tileAt,
  tilePath,
  tileWidth,
  totalsFaults,
  type VerifierKey,
} from '#platform/tlog';
import { primitives } from '../primitives.ts';
import { createTree } from './tree.ts';

/** What does not hold, for a program to tell apart; `detail` says it in words. */
export interface LogProblem {
  kind:
    | 'missing'
    | 'form'
    | 'origin'
    | 'signature'
    | 'rollback'
    | 'fork'
    | 'entry'
    | 'tile'
    | 'root'
    | 'twice'
    | 'totals';
  detail: string;
}

/** An earlier state of the log that it must still have in it. */
export interface Seen {
  size: number;
  root: Uint8Array;
  /** Where it is from, in words. */
  from: string;
}

export interface Walked {
  checkpoint?: Checkpoint;
  /** The signed note, to be remembered. */
  note?: string;
  problems: LogProblem[];
  /** Leaves that were read and hashed. */
  entries: number;
  /** How many leaves there are of each kind. */
  kinds: Map<number, number>;
  totals: (LoggedTotals & { index: number })[];
  /** Earlier states that are in the log as it is now. */
  continued: Seen[];
}

// Of one kind of fault, the first few say enough.
const mostOfAKind = 10;
const bundlesAtOnce = 16;
const totalsKept = 10_000;
/** Past so many, the memory for finding a leaf a second time would be too large. */
const mostForTwice = 5_000_000;

/** Walks a log over its public files alone, from the first entry to the signed root. */
export async function walkLog(o: {
  read: ReadFile;
  keys: readonly VerifierKey[];
  seen: readonly Seen[];
  onProgress?: (share: number) => void;
}): Promise<Walked> {
  const walked: Walked = { problems: [], entries: 0, kinds: new Map(), totals: [], continued: [] };
  const report = (kind: LogProblem['kind'], detail: string) => {
    if (walked.problems.filter((problem) => problem.kind === kind).length < mostOfAKind)
      walked.problems.push({ kind, detail });
  };
  const note = readUtf8((await o.read('checkpoint')) ?? new Uint8Array());
  if (!note) {
    report('missing', 'There is no checkpoint.');
    return walked;
  }
  const checkpoint = readCheckpoint(primitives, note, o.keys);
  if (typeof checkpoint === 'string') {
    report(checkpoint, wordsOf(checkpoint, note, o.keys));
    return walked;
  }
  Object.assign(walked, { checkpoint, note });
  for (const seen of o.seen.filter(({ size }) => size > checkpoint.size))
    report(
      'rollback',
      `The log has ${checkpoint.size} leaves now; it had ${seen.size} (${seen.from}). Leaves were taken away.`,
    );
  const roots = await walkEntries(o, checkpoint, walked, report);
  for (const seen of o.seen.filter(({ size }) => size <= checkpoint.size)) {
    const root = roots.get(seen.size);
    if (root && equal(root, seen.root)) walked.continued.push(seen);
    else
      report(
        'fork',
        `The first ${seen.size} leaves are not those of ${seen.from}: there are two histories, and this is another one.`,
      );
  }
  return walked;
}

function wordsOf(fault: string, note: string, keys: readonly VerifierKey[]): string {
  const told = parseCheckpoint(parseNote(note)?.text ?? '');
  if (fault === 'form' || !told)
    return 'The checkpoint is not a signed checkpoint as C2SP tlog-checkpoint has it.';
  if (fault === 'origin')
    return `The checkpoint is of the log ${told.origin}; the key that is trusted is of ${keys.map(({ name }) => name).join(', ') || 'no log'}.`;
  return 'The checkpoint was not signed by the key that is trusted, or it was changed since.';
}

/** Reads every entry; resolves to the roots at the sizes that somebody asks about. */
async function walkEntries(
  o: Parameters<typeof walkLog>[0],
  checkpoint: Checkpoint,
  walked: Walked,
  report: (kind: LogProblem['kind'], detail: string) => void,
): Promise<Map<number, Uint8Array>> {
  const { size } = checkpoint;
  const tree = createTree(primitives);
  const leaves = createLeafCheck(checkpoint, walked, report);
  const wanted = new Set(o.seen.map((seen) => seen.size));
  const roots = new Map([[0, emptyRoot(primitives)]]);
  const expected: { tile: Tile; content: Uint8Array }[] = [];

  for (let n = 0; n * tileWidth < size; n += bundlesAtOnce) {
    const tiles = Array.from({ length: bundlesAtOnce }, (_, i) => tileAt('entries', n + i, size)).filter(
      (tile) => tile !== undefined,
    );
    const contents = await Promise.all(tiles.map((tile) => o.read(tilePath(tile))));
    for (const [i, tile] of tiles.entries()) {
      const entries = decodeEntries(contents[i] ?? new Uint8Array());
      if (entries?.length !== tile.width) {
        report('missing', `${tilePath(tile)} is not there, or not whole: what follows cannot be checked.`);
        return roots;
      }
      for (const entry of entries) {
        leaves.check(entry, tree.size());
        expected.push(...tree.push(entry));
        if (wanted.has(tree.size())) roots.set(tree.size(), tree.root() ?? new Uint8Array());
      }
      walked.entries = tree.size();
    }
    await Promise.all(expected.splice(0).map((one) => checkTile(o.read, one, report)));
    o.onProgress?.(tree.size() / size);
  }
  await Promise.all(tree.edge().map((one) => checkTile(o.read, one, report)));
  const root = tree.root() ?? emptyRoot(primitives);
  roots.set(size, root);
  if (!equal(root, checkpoint.root))
    report(
      'root',
      'The entries do not lead to the signed root: at least one of them is not what was signed.',
    );
  return roots;
}

async function checkTile(
  read: ReadFile,
  { tile, content }: { tile: Tile; content: Uint8Array },
  report: (kind: LogProblem['kind'], detail: string) => void,
): Promise<void> {
  const path = tilePath(tile);
  const there = await read(path);
  if (!there) {
    report('missing', `${path} is not there.`);
    return;
  }
  if (equal(there, content)) return;
  const place = Array.from({ length: tile.width }, (_, i) => i).find(
    (i) =>
      !equal(
        there.subarray(i * hashBytes, (i + 1) * hashBytes),
        content.subarray(i * hashBytes, (i + 1) * hashBytes),
      ),
  );
  if (tile.level === 0 && place !== undefined)
    report('entry', `Entry ${tile.n * tileWidth + place} does not hash to what ${path} holds for it.`);
  else report('tile', `${path} does not follow from the tiles below it.`);
}

function createLeafCheck(
  { origin }: Checkpoint,
  walked: Walked,
  report: (kind: LogProblem['kind'], detail: string) => void,
) {
  const seen = new Set<string>();
  function checkTotals(entry: Uint8Array, index: number): void {
    const content = readClearLeaf(entry);
    const totals = content ? parseTotals(content) : undefined;
    if (!totals) {
      report('totals', `Entry ${index} is in the clear and no totals as they should be.`);
      return;
    }
    const before = walked.totals.at(-1);
    for (const fault of totalsFaults(totals, before))
      report('totals', `The totals at ${index} (${totals.at}): ${totalsWords[fault]}.`);
    if (totals.log !== origin) report('totals', `The totals at ${index} are of the log ${totals.log}.`);
    for (const kind of new Set([...totals.movements.keys(), ...walked.kinds.keys()])) {
      const [told, there] = [totals.movements.get(kind) ?? 0n, BigInt(walked.kinds.get(kind) ?? 0)];
      if (kind > 0 && told !== there)
        report(
          'totals',
          `The totals at ${index} count ${told} movements of kind ${kind}; before them stand ${there}.`,
        );
    }
    walked.totals.push({ ...totals, index });
    if (walked.totals.length > totalsKept) walked.totals.shift();
  }
  return {
    check(entry: Uint8Array, index: number): void {
      const kind = entry[0] ?? 0;
      if (kind === 0) checkTotals(entry, index);
      else if (entry.length !== 1 + hashBytes)
        report('entry', `Entry ${index} is neither a commitment nor in the clear.`);
      walked.kinds.set(kind, (walked.kinds.get(kind) ?? 0) + 1);
      if (index >= mostForTwice) return;
      const key = Buffer.from(leafHash(primitives, entry)).toString('latin1');
      if (seen.has(key)) report('twice', `Entry ${index} is an entry that stands in the log already.`);
      seen.add(key);
    },
  };
}

const totalsWords = {
  books: 'issued and owed are not outstanding, spent, expired and taken back together',
  held: 'more is held than outstanding',
  reserve: 'the reserve times the ratio is not what is said to be backed',
  cover: 'more is outstanding than is backed',
  shrunk: 'a sum since the first day is smaller than in the totals before',
  order: 'they do not follow the totals before them',
} as const;

/** The keys in a log's file `key`; what is no key is left out. */
export function readKeys(text: string): VerifierKey[] {
  return text.split('\n').flatMap((line) => parseVerifierKey(primitives, line) ?? []);
}
