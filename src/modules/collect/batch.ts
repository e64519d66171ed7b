import type { Observation, ResolvedEvent } from '#modules/people';
import type { BufferPool } from './buffer-pool.ts';
import { type Delivery, marks } from './delivery.ts';
import { hashBytes } from './id-memory.ts';
import { longestHead, rowHead } from './row.ts';
import type { SourceCount } from './sql.ts';

type Identifier = Observation['identifiers'][number];

/** What became of an event before it was resolved; 0 is a fresh one. */
export const sightings = { duplicate: 1, erased: 2 } as const;

/**
 * Marks the events that an import brings of people who were erased and may not come back this way. `suppressed` tells by
 * places which identifiers are theirs; asked within the transaction, it holds until the commit.
 */
export async function markErased(
  deliveries: readonly Delivery[],
  seen: Uint8Array,
  suppressed: (identifiers: readonly Identifier[]) => Promise<ReadonlySet<number>>,
): Promise<void> {
  const identifiers: Identifier[] = [];
  const places: number[] = [];
  let at = 0;
  for (const { source, count, observations } of deliveries) {
    for (let place = 0; place < count; place++, at++) {
      if (source.kind !== 'import') continue;
      for (const identifier of observations[place]?.identifiers ?? []) {
        identifiers.push(identifier);
        places.push(at);
      }
    }
  }
  if (identifiers.length === 0) return;
  for (const found of await suppressed(identifiers)) seen[places[found] ?? -1] = sightings.erased;
}

/** Calls with each event that was not seen before: its delivery, its place there, its place among all. */
export function eachFresh(
  deliveries: readonly Delivery[],
  seen: Uint8Array,
  call: (delivery: Delivery, place: number, at: number) => void,
): void {
  let at = 0;
  for (const delivery of deliveries) {
    for (let place = 0; place < delivery.count; place++, at++) if (!seen[at]) call(delivery, place, at);
  }
}

/** A batch as it will stand in the log: what is stored, what is only counted, whose traits change. */
export interface Batch {
  /** For ClickHouse; a part of `memory`, which is the pool's. */
  rows: Buffer;
  memory: Buffer;
  stored: number;
  ids: Buffer;
  /** Of sources that remember for ever. */
  keptIds: Buffer;
  /** Places of the events whose people denied analytics. */
  withheld: ReadonlySet<number>;
  bots: ReadonlyMap<number, number>;
  profiles: { key: number; at: number; traits: Record<string, unknown> }[];
}

/** Puts the events that were not seen before together, now that it is known whose they are; `resolved` in their order. */
export function compose(
  pool: BufferPool,
  workspaceId: number,
  deliveries: readonly Delivery[],
  seen: Uint8Array,
  resolved: readonly ResolvedEvent[],
  seq: number,
): Batch {
  const bytes = deliveries.reduce((sum, { tails, count }) => sum + tails.length + count * longestHead, 0);
  const memory = pool.take(bytes);
  let end = 0;
  let stored = 0;
  const ids = new Ids(resolved.length);
  const keptIds = new Ids(resolved.length);
  const withheld = new Set<number>();
  const bots = new Map<number, number>();
  const profiles: Batch['profiles'] = [];
  let next = 0;
  eachFresh(deliveries, seen, (delivery, place, at) => {
    const who = resolved[next++];
    const observation = delivery.observations[place];
    if (!who || !observation) throw new Error('An event of the batch was not resolved.');
    const { source } = delivery;
    (source.kind === 'import' ? keptIds : ids).push(delivery.ids, place);
    const traits = delivery.profiles.get(place);
    if (traits) profiles.push({ key: who.key, at: observation.at, traits });
    const mark = delivery.marks[place] ?? 0;
    const denied = who.denied ?? !delivery.analyticsByDefault;
    if (denied && (mark & marks.behaviour) !== 0) {
      withheld.add(at);
      return;
    }
    if ((mark & marks.bot) !== 0) bots.set(source.id, (bots.get(source.id) ?? 0) + 1);
    end += memory.write(rowHead(workspaceId, who, denied, seq), end, 'latin1');
    end = delivery.tails.copy(place, memory, end);
    stored++;
  });
  return {
    rows: memory.subarray(0, end),
    memory,
    stored,
    ids: ids.packed(),
    keptIds: keptIds.packed(),
    withheld,
    bots,
    profiles,
  };
}

class Ids {
  readonly #bytes: Buffer;
  #end = 0;

  constructor(most: number) {
    this.#bytes = Buffer.allocUnsafe(most * hashBytes);
  }

  push(from: Buffer, place: number): void {
    this.#end += from.copy(this.#bytes, this.#end, place * hashBytes, (place + 1) * hashBytes);
  }

  packed(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }
}

/** What the batch means for the figures of its sources. */
export function count(
  deliveries: readonly Delivery[],
  seen: Uint8Array,
  batch: Pick<Batch, 'withheld' | 'bots'>,
): SourceCount[] {
  const counts = new Map<number, SourceCount>();
  let at = 0;
  for (const delivery of deliveries) {
    const sourceId = delivery.source.id;
    let line = counts.get(sourceId);
    if (!line) {
      const bots = batch.bots.get(sourceId) ?? 0;
      line = { sourceId, accepted: 0, duplicates: 0, quarantined: 0, withheld: 0, bots };
      counts.set(sourceId, line);
    }
    line.quarantined += delivery.quarantined.length;
    for (let place = 0; place < delivery.count; place++, at++) {
      if (seen[at] === sightings.erased) line.withheld++;
      else if (seen[at]) line.duplicates++;
      else if (batch.withheld.has(at)) line.withheld++;
      else line.accepted++;
    }
  }
  return [...counts.values()];
}
