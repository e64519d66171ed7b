import type { Edition } from './edition.ts';
import { DueHeap } from './heap.ts';
import { Memory } from './memory.ts';
import { Ring } from './ring.ts';
import type { RuleSet } from './seam.ts';

/** Somebody to be fetched beside those whom events and changes touch. */
export interface Errand {
  person: number;
  /** Evaluate everything about them; else they are only brought to hand. */
  evaluate: boolean;
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
  backfillFrom: number | null;
  /** When past events were last brought in, by the clock that only runs on. */
  broughtAt = 0;
  errands: Errand[] = [];
  /** The errands are those of a backfill; when they are done it is. */
  backfillUpTo: number | null = null;
  /** Editions that ClickHouse has whole, to be switched over at the next round; with their members at hand. */
  readonly filled: { edition: Edition; members: Set<number>; size: number }[] = [];
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
    seenKey: number;
    backfillFrom: number | null;
  }) {
    this.id = o.id;
    this.set = o.set;
    this.editions = o.editions;
    this.memory = new Memory(o.room);
    this.setVersion = o.setVersion;
    this.contextHash = o.contextHash;
    this.position = o.position;
    this.round = o.round;
    this.nowMs = o.nowMs;
    this.seenKey = o.seenKey;
    this.timersFrom = o.nowMs;
    this.backfillFrom = o.backfillFrom;
  }
}
