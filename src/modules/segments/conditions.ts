import type { People, PersonFacts } from '#modules/people';
import type { Tx } from '#platform/postgres';
import type { ConditionKind, JsonValue } from './rule/index.ts';

/** What a kind of condition looks at beside events: one value for each person, read anew when it is said to have changed. */
export type ConditionFacts = (
  workspaceId: number,
  persons: readonly PersonFacts[],
) => Promise<ReadonlyMap<number, JsonValue>>;

/**
 * Conditions of other modules, each told by its key, which stands first in it. A leaf that looks at `facts` says
 * `facts: { more: key }`, and finds the value in the state's `facts.more`; its SQL finds the same by `person`.
 */
export class Conditions {
  readonly #kinds = new Map<string, { kind: ConditionKind; facts: ConditionFacts | null }>();
  readonly #people: Pick<People, 'changes'>;
  readonly #follower: string;

  constructor(people: Pick<People, 'changes'>, follower: string) {
    this.#people = people;
    this.#follower = follower;
  }

  /** While the program is wired. */
  register(kind: ConditionKind, facts: ConditionFacts | null = null): void {
    if (this.#kinds.has(kind.key)) throw new Error(`There are two conditions named ${kind.key}.`);
    this.#kinds.set(kind.key, { kind, facts });
  }

  /** In the transaction in which the facts of these people changed; they are evaluated again soon. */
  changed(tx: Tx, workspaceId: number, persons: readonly number[]): Promise<void> {
    return this.#people.changes.note(tx, workspaceId, this.#follower, persons);
  }

  kinds(): readonly ConditionKind[] {
    return [...this.#kinds.values()].map(({ kind }) => kind);
  }

  /** By person, the values by the key of their condition. */
  async factsOf(
    workspaceId: number,
    keys: readonly string[],
    persons: readonly PersonFacts[],
  ): Promise<ReadonlyMap<number, Record<string, JsonValue>>> {
    const found = new Map<number, Record<string, JsonValue>>();
    for (const key of keys) {
      const values = await this.#kinds.get(key)?.facts?.(workspaceId, persons);
      for (const [person, value] of values ?? []) found.set(person, { ...found.get(person), [key]: value });
    }
    return found;
  }
}
