import type { RuleSet } from '../rule/index.ts';
import type { Edition } from './edition.ts';
import { DueHeap } from './heap.ts';
import { Memory } from './memory.ts';
import { Ring } from './ring.ts';

/** Somebody to be fetched beside those whom events and changes touch. */
export interface Errand {
  person: number;
  /** Evaluate everything about them; else they are only brought to hand. */
  evaluate: boolean;
  /** What snapshots say of them is to be fetched again; and they are told of what follows. */
  refresh?: true;
}

/** What a process remembers of a workspace whose segments it runs. Void as soon as somebody else took a step. */
export class Workspace {
  readonly id: number;
  readonly set: RuleSet;
  readonly editions: readonly Edition[];
  readonly memory: Memory;
  readonly heap = new DueHeap();
  readonly ring = new Ring();
  readonly setVersion: number;
  /** What fills are pinned to. */
  readonly openedAt: number;
  readonly openedMs: number;
  readonly openedRound: number;
  /** By the clock that only runs on. */
  readonly openedTick: number;
  /** Of what the set was compiled with beside the rules. */
  readonly contextHash: string;
  /** As of the last committed round. */
  position: number;
  round: number;
  /** The moment of the last round; time never runs back. */
  nowMs: number;
  /** No identifier with a greater key was met in an event or a change so far. */
  seenKey: number;
  /** Moments from ClickHouse are in the heap; until then those before this moment may be missing. */
  timersFrom: number | null;
  /** Events from the past came in batches after this one, and who had them is not evaluated yet. */
  backfillFrom: number | null;
  /** The errands are for those up to this batch; */
  backfillUpTo: number | null = null;
  /** and these came meanwhile. */
  backfillNext: number | null = null;
  lastBackfill: number | null = null;
  /** By the clock that only runs on. */
  broughtAt = 0;
  leasedAt = 0;
  /** No other process can have taken a step before this moment, by the clock that only runs on. */
  heldUntil = Number.NEGATIVE_INFINITY;
  trimmedAt = Number.NEGATIVE_INFINITY;
  errands: Errand[] = [];
  /** Segments that somebody came into or went out of, which is not told yet; and when that was told last. */
  moved: ReadonlySet<number> = new Set();
  movedMs = 0;
  /** Editions that ClickHouse has whole, to be switched over at the next round. */
  readonly filled: Edition[] = [];
  /** Everybody who fits is at hand. */
  warm = false;
  /** While it is proved that live is as afresh: who was evaluated since. */
  watched: Set<number> | null = null;
  #ended = false;
  #waiting: { isOver(): boolean; resolve(): void }[] = [];
  /** Something was changed here that is not committed. */
  dirty = false;

  constructor(o: {
    id: number;
    set: RuleSet;
    editions: readonly Edition[];
    room: number;
    setVersion: number;
    contextHash: string;
    position: number;
    round: number;
    nowMs: number;
    timersFrom: number;
    seenKey: number;
    backfillFrom: number | null;
    openedTick: number;
  }) {
    this.id = o.id;
    this.set = o.set;
    this.editions = o.editions;
    this.memory = new Memory({
      room: o.room,
      editions: o.editions.length,
      newState: (person, held) => o.set.newPerson(person, held),
    });
    this.setVersion = o.setVersion;
    this.contextHash = o.contextHash;
    this.position = o.position;
    this.round = o.round;
    this.nowMs = o.nowMs;
    this.seenKey = o.seenKey;
    this.timersFrom = o.timersFrom;
    this.openedAt = o.position;
    this.openedMs = o.nowMs;
    this.openedRound = o.round;
    this.openedTick = o.openedTick;
    this.backfillFrom = o.backfillFrom;
  }

  /** Resolves when no more than so many errands are left, or with `end`. */
  fewErrands(most: number): Promise<void> {
    return this.#when(() => this.errands.length <= most);
  }

  /** Resolves when a round took up an errand that was left, and all before it, or with `end`. */
  isTaken(errand: Errand): Promise<void> {
    return this.#when(() => !this.errands.includes(errand));
  }

  #when(isOver: () => boolean): Promise<void> {
    if (this.#ended || isOver()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isOver, resolve }));
  }

  tellErrands(): void {
    this.#waiting = this.#waiting.filter(({ isOver, resolve }) => {
      if (!isOver()) return true;
      resolve();
      return false;
    });
  }

  /** Nobody goes on with it. */
  end(): void {
    this.#ended = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** What stands of somebody in an edition as of the last round; undefined where that is not at hand. */
  standing(editionId: number, person: number): { is_in: boolean; until_ms: number } | undefined {
    const place = this.editions.findIndex(({ id, state }) => id === editionId && state === 'live');
    return place < 0 ? undefined : this.memory.standing(person, place);
  }

  /** Somebody at hand is in an edition that was filled; whom the live path wrote about, it knows better. */
  markMember(edition: Edition, place: number, person: number): void {
    if (!edition.known.has(person)) this.memory.markIn(person, place);
  }
}
