import type { TSchema } from 'typebox';
import type { RuleJson } from '../schema.ts';
import type { Atom } from './atoms.ts';
import type { Days } from './days.ts';
import type { EventView } from './event.ts';
import type { Matcher, Series } from './series.ts';
import type { SqlWriter } from './sql-writer.ts';
import type { PersonState } from './timeline.ts';

/** A rule taken apart: what every kind of condition becomes. */
export type Node = { all: readonly Node[] } | { any: readonly Node[] } | { not: Node } | { leaf: Leaf };

/**
 * One condition, in both forms. Two of the same key (a JSON text) mean the same, so that many rules share one.
 */
export interface Leaf {
  readonly key: string;
  /** An event that matches none of them cannot change it. */
  readonly atoms: readonly Atom[];
  /** Whether it looks at the person's facts, and at which. */
  readonly facts?: {
    traits?: readonly string[];
    consent?: boolean;
    lists?: boolean;
    /** The name of a value. */
    snapshot?: string;
    more?: string;
  };
  /** Its truth for somebody without events and facts; absent where that depends on who it is. */
  readonly ofNobody?: boolean;
  /** A Bool for each person, over the columns that it asks the writer for. */
  sql(w: SqlWriter): string;
  /** When it can change by time alone: aggregates in ms, not before the moment, for `timersSql`; too early is allowed. */
  due(w: SqlWriter): readonly string[];
  /** The same over the rows of a person's identifiers; without any, a number from 9*10^15 on. */
  duePeople?(w: SqlWriter): readonly string[];
  live(b: LiveBuilder): Live;
}

/** What a set of rules gives its conditions when they are made. */
export interface LiveBuilder {
  matcher(atoms: readonly Atom[]): Matcher;
  /** By shape a bit for each of these lists of atoms (at most 16) that it matches. */
  masks(lists: readonly (readonly Atom[])[]): Masks;
  /** Where a trait stands among those of a person's state. */
  trait(name: string): number;
  /** The events that match, with the cells of a slot that all of them then carry. */
  series(atoms: readonly Atom[], slot?: Slot): Series;
}

/** To be read afresh as well. */
export interface Masks {
  readonly of: Uint16Array;
}

/** Values that an event carries: `width` cells, NaN for nothing. */
export interface Slot {
  readonly key: string;
  readonly width: number;
  readonly needsProperties: boolean;
  read(view: EventView): readonly (number | string)[];
}

/** The truth of a condition at a moment, from a person's state. */
export interface Live {
  test(person: PersonState, now: number): boolean;
  /** After `test`: it will not change before this instant as long as no event comes. */
  readonly next: number;
  /** After `test`: it changes at `next`, surely. */
  readonly exact: boolean;
  /** What was found, for "why"; times of the events that count. */
  explain?(person: PersonState, now: number): { found: unknown; wanted: unknown; times?: readonly number[] };
}

/** A value of snapshots: what it is, and which version of it statements look at (0: none yet). */
export interface SnapshotAt {
  readonly kind: 'number' | 'text';
  readonly version: number;
}

export interface Given {
  readonly days: Days;
  readonly consentDefaults: Readonly<Record<string, boolean>>;
  readonly stages: { names: readonly string[]; stages: readonly number[] };
  sources(id: string): number | null;
  lists(id: number): boolean;
  /** What is known of a value of snapshots; null where nobody makes such. */
  snapshot(name: string): SnapshotAt | null;
  /** A test of a computed trait, by its name or its definition. */
  computed(of: string | object, test: Record<string, unknown>): Node;
  /** The rule of another segment, in its place. */
  segment(id: string | number): Node;
  rule(json: RuleJson, place: string): Node;
}

/**
 * A kind of condition: the key that tells it, its schema, and what it becomes. This is all that a later module adds
 * for conditions of its own. `lower` throws a RangeError for what the schema cannot say.
 */
export interface ConditionKind {
  readonly key: string;
  readonly schema: TSchema;
  lower(json: never, given: Given): Node;
}
