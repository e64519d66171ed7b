import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import type { Tx } from '#platform/postgres';
import { Batch } from './batch.ts';
import { GraphCache } from './cache.ts';
import type { IdentityRules } from './identifier.ts';
import type { Observation, Resolved } from './observation.ts';
import * as sql from './sql.ts';

/** The result of a batch; `remember` is called once the transaction is committed. */
export interface Resolution {
  results: Resolved[];
  /** Somebody's identifiers changed person. */
  moved: boolean;
  remember(): void;
}

/**
 * Resolves a batch of observations inside the transaction that accepts their events. The usual cases (a known
 * visitor; somebody new; a new identifier of somebody known) are decided from what is remembered; what touches a
 * conflict, a limit or a decision is settled afterwards by the whole rule. Both ways give the same people.
 */
export class Resolver {
  readonly #facts: Facts;
  readonly #clock: Clock;
  readonly #caches = new Map<number, GraphCache>();
  readonly #cacheLimit: number;

  constructor(deps: { facts: Facts; clock: Clock; cacheLimit: number }) {
    this.#facts = deps.facts;
    this.#clock = deps.clock;
    this.#cacheLimit = deps.cacheLimit;
  }

  /** What is remembered may be wrong: after a transaction whose outcome is not known. */
  forget(workspaceId: number): void {
    this.#caches.get(workspaceId)?.clear();
  }

  async resolve(
    tx: Tx,
    workspaceId: number,
    batch: readonly Observation[],
    rules: IdentityRules,
  ): Promise<Resolution> {
    let cache = this.#caches.get(workspaceId);
    if (!cache) this.#caches.set(workspaceId, (cache = new GraphCache(this.#cacheLimit)));
    const { nextKey, version } = await sql.lockGraph(tx, workspaceId);
    if (cache.version !== version) cache.clear();
    const work = new Batch(tx, workspaceId, rules, cache, nextKey);
    await work.findNodes(batch);
    await work.findTies(batch);
    await work.joinPlainly();
    work.takeConsent(batch);
    const now = this.#clock.now();
    await work.write(now);
    const joins = await work.settleRest();
    await this.#facts.recordMany(
      tx,
      joins.map(({ from, person }) => ({
        type: 'people.moved',
        subject: String(person),
        data: { from, to: person },
      })),
    );
    const changed = work.changed;
    if (changed) await sql.saveGraph(tx, workspaceId, work.nextKey);
    return {
      results: batch.map((observation) => work.result(observation)),
      moved: joins.length > 0,
      remember: () => {
        work.remember();
        cache.version = changed ? version + 1 : version;
      },
    };
  }
}
