import type { Statement } from '../rule/index.ts';

/** In the languages of the console; pages of this module have words of their own for what they know. */
export interface Label {
  en: string;
  zh: string;
}

/** One value of a person, by which rules ask for it: `{ trait: { computed: name }, ... }`. */
export interface SnapshotValue {
  /** Small letters, digits and underscores; of all modules once. */
  name: string;
  /** Numbers are kept as decimals of at most six places (further ones are cut off). */
  kind: 'number' | 'text';
  label: Label;
  /** Of a text: what it can be. */
  options?: readonly { value: string; label: Label }[];
  /** For the module that made it: rules, lists and pages do not know it. */
  inner?: true;
}

export interface SnapshotMoment {
  workspaceId: number;
  /** Events up to this number of the log count, */
  position: number;
  /** and up to this moment, ms. */
  now: number;
  settings: Readonly<Record<string, unknown>>;
}

export interface SnapshotRow {
  /** The key of the person, as `people_now` and `people_events` have it. */
  person: number;
  /** A value that is missing, null or empty is none. */
  values: Readonly<Record<string, string | number | null>>;
}

/**
 * Values that compare people with each other, made together, anew each night and on request: by one ClickHouse
 * statement (`person`, and a column for each value), or worked out here and handed over in pieces.
 */
export interface SnapshotKind {
  name: string;
  values: readonly SnapshotValue[];
  statement?(o: SnapshotMoment): Promise<Statement> | Statement;
  compute?(o: SnapshotMoment): AsyncIterable<readonly SnapshotRow[]>;
}
