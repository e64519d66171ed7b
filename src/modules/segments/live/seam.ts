import type { LogEvent } from '#modules/collect';

/** What the runtime needs of the compiled rules. */
export interface Entry {
  readonly time: number;
}
export interface PersonState {
  readonly key: number;
}
export interface Query {
  sql: string;
  params: Record<string, unknown>;
}
export interface Facts {
  traits: Record<string, unknown>;
  consent: Record<string, [granted: boolean, at: number, ...rest: unknown[]]>;
  lists: readonly number[];
  snapshots: Record<string, unknown>;
}
export interface RuleSet {
  readonly size: number;
  entryOf(row: LogEvent): Entry | null;
  loadSql(o: { workspaceId: number; keys: readonly number[]; position: number }): Query;
  entryOfLoaded(row: Record<string, unknown>): { key: number; entry: Entry };
  newPerson(personKey: number): PersonState;
  add(state: PersonState, entry: Entry): void;
  merge(into: PersonState, from: PersonState): void;
  setFacts(state: PersonState, facts: Facts): void;
  touched(entry: Entry): readonly number[];
  touchedByFacts(): readonly number[];
  evaluate(state: PersonState, rule: number, now: number): { in: boolean; until: number };
  timersSql(o: { workspaceId: number; position: number; now: number }): Query;
}
