import type { Truth } from './truth.ts';

/** What a program believes: which person an identifier (in normal form) belongs to. */
export interface Resolved {
  readonly kind: string;
  readonly value: string;
  readonly person: string | number;
}

export interface Score {
  /**
   * Of the pairs of identifiers that were put into one person, the share that truly are one person's. A pair is
   * right when some true person stands behind both (behind a family tablet stand several). 1 when nothing was joined.
   */
  readonly precision: number;
  /**
   * Of the pairs of identifiers that are one true person's and could be known to be, the share that was put into one
   * person. "Could be known": a chain of messages ties them by identifiers that are this person's alone. What
   * several people share, and a cookie that never told anything, is left out: no program can know better.
   */
  readonly recall: number;
  /** B-cubed: the same two questions asked of each identifier and averaged, so that big people count no more. */
  readonly bCubedPrecision: number;
  readonly bCubedRecall: number;
  readonly pairs: {
    /** Put together, and rightly so. */
    readonly joined: number;
    readonly joinedRightly: number;
    /** That could be known to belong together, and those of them that were put together. */
    readonly knowable: number;
    readonly knowableJoined: number;
  };
  /** Identifiers compared, and those that the truth has never heard of (left out of everything). */
  readonly identifiers: number;
  readonly strangers: number;
}

interface Entry {
  readonly owners: readonly number[];
  readonly evidence: number;
}

/** Compares what a program resolved with the truth. Pure; memory grows with the identifiers it is given. */
export function scorePeople(truth: Truth, resolved: Iterable<Resolved>): Score {
  const clusters = new Map<string | number, Entry[]>();
  const bodies = new Map<string, Map<string | number, number>>();
  let identifiers = 0;
  let strangers = 0;
  for (const { kind, value, person } of resolved) {
    const owners = truth.owners(kind, value);
    if (owners.length === 0) {
      strangers++;
      continue;
    }
    identifiers++;
    const evidence = truth.evidence(kind, value);
    const cluster = clusters.get(person);
    if (cluster) cluster.push({ owners, evidence });
    else clusters.set(person, [{ owners, evidence }]);
    if (evidence < 0) continue;
    const name = `${evidence}/${owners[0]}`;
    const body = bodies.get(name) ?? new Map<string | number, number>();
    bodies.set(name, body.set(person, (body.get(person) ?? 0) + 1));
  }

  let joined = 0;
  let joinedRightly = 0;
  let cubedPrecision = 0;
  for (const cluster of clusters.values()) {
    joined += pairsOf(cluster.length);
    const company = rightCompany(cluster);
    let sum = 0;
    for (const count of company) sum += count;
    // Each right pair was seen from both of its ends.
    joinedRightly += sum / 2;
    cubedPrecision += (sum + cluster.length) / cluster.length;
  }

  let knowable = 0;
  let knowableJoined = 0;
  let cubedRecall = 0;
  let counted = 0;
  for (const body of bodies.values()) {
    let size = 0;
    let squares = 0;
    for (const count of body.values()) {
      size += count;
      squares += count * count;
      knowableJoined += pairsOf(count);
    }
    knowable += pairsOf(size);
    cubedRecall += squares / size;
    counted += size;
  }
  return {
    precision: share(joinedRightly, joined),
    recall: share(knowableJoined, knowable),
    bCubedPrecision: share(cubedPrecision, identifiers),
    bCubedRecall: share(cubedRecall, counted),
    pairs: { joined, joinedRightly, knowable, knowableJoined },
    identifiers,
    strangers,
  };
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

/** For each identifier of a cluster, how many others in it have a true person in common with it. */
function rightCompany(cluster: readonly Entry[]): number[] {
  const single = new Map<number, number>();
  const several: Entry[] = [];
  for (const entry of cluster) {
    const [owner] = entry.owners;
    if (entry.owners.length > 1) several.push(entry);
    else if (owner !== undefined) single.set(owner, (single.get(owner) ?? 0) + 1);
  }
  return cluster.map((entry) => {
    let company = 0;
    for (const owner of entry.owners) company += single.get(owner) ?? 0;
    for (const other of several) if (other.owners.some((owner) => entry.owners.includes(owner))) company++;
    return company - 1;
  });
}
