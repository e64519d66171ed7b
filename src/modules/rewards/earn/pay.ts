import type { Order, Outcome } from '#modules/points';
import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import * as sql from './award-sql.ts';
import type { Ledger } from './ledger.ts';

const mostAtOnce = 500;
const leaseMs = 60_000;
const napMs = 1_000;
/** What time or the team may mend; anything else stays refused until the rule is looked at. */
const mayPass = new Set([
  'points/reserve-short',
  'points/busy',
  'points/not-enough',
  'points/no-such-programme',
]);
const againMs = 30_000;

/**
 * Brings the ledger to what was decided: in bounded batches, each step under a key of its own that was written down
 * before. What the reserve does not cover waits, and is tried again.
 */
export class Payer {
  readonly #deps: { pg: Postgres; ledger: Ledger; clock: Clock; log: Log };
  readonly #rests: Rests;
  #running: Promise<void> | null = null;

  constructor(deps: { pg: Postgres; ledger: Ledger; clock: Clock; log: Log }) {
    this.#deps = deps;
    this.#rests = new Rests(deps.clock);
  }

  wake(): void {
    this.#rests.wake();
  }

  start(): void {
    this.#rests.begin();
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#rests.end();
    await this.#running;
    this.#running = null;
  }

  async #run(): Promise<void> {
    const { pg, clock, log } = this.#deps;
    while (!this.#rests.hasEnded) {
      let worked = false;
      try {
        for (const workspaceId of await pg.asSystem((tx) => sql.workspacesDue(tx, clock.now())))
          worked = (await this.step(workspaceId)) > 0 || worked;
      } catch (error) {
        log.warn(
          { reason: withoutValues(error) },
          'points that were earned could not be booked; it is tried again',
        );
        worked = false;
      }
      if (!worked) await this.#rests.rest(napMs);
    }
  }

  /** One batch of a workspace; how many it was. */
  async step(workspaceId: number): Promise<number> {
    const { pg, ledger, clock } = this.#deps;
    const now = clock.now();
    const again = new Date(now.getTime() + leaseMs);
    const due = await pg.inWorkspace(workspaceId, (tx) =>
      sql.takeDue(tx, workspaceId, { now, again, most: mostAtOnce }),
    );
    if (due.length === 0) return 0;
    const asked = due.flatMap((row) => {
      const order = orderOf(row);
      return order ? [{ row, order }] : [];
    });
    const outcomes =
      asked.length === 0
        ? []
        : await ledger.transferMany(
            workspaceId,
            asked.map(({ order }) => order),
          );
    const done = due
      .filter((row) => row.step === row.posted)
      .map(({ id, step }) => ({ id, step, earn: null as string | null }));
    const problems: { id: number; problem: string; tryAt: Date | null }[] = [];
    asked.forEach(({ row, order }, i) => {
      const outcome = outcomes[i] as Outcome;
      if (outcome.ok)
        done.push({ id: row.id, step: row.step, earn: order.kind === 'earn' ? outcome.id : null });
      else {
        const { type, detail } = outcome.refusal;
        const tryAt = mayPass.has(type) ? new Date(now.getTime() + againMs) : null;
        problems.push({ id: row.id, problem: detail, tryAt });
      }
    });
    await pg.inWorkspace(workspaceId, async (tx) => {
      await sql.saveSteps(tx, workspaceId, done, clock.now());
      await sql.saveProblems(tx, workspaceId, problems);
    });
    return due.length;
  }
}

/** The step from what the ledger has to what it is to have. */
function orderOf(row: sql.DueRow): Order | null {
  if (row.step === row.posted) return null;
  const about = {
    programme: row.programme,
    rule: `rule:${row.rule}@${row.version}`,
    ...(row.order_id === null ? {} : { order: row.order_id.slice(0, 200) }),
  };
  if (row.posted === 0 && row.earn === null) {
    return {
      ...about,
      kind: 'earn',
      key: `award ${row.id}`,
      to: { person: row.person },
      amount: row.step,
      origin: row.origin as 'purchase',
      ...(row.expires === null ? {} : { expires: row.expires }),
      ...(row.held_until ? { hold: { until: row.held_until, atEnd: 'settle' as const } } : {}),
    };
  }
  return {
    ...about,
    kind: 'claw-back',
    key: `award ${row.id} to ${row.step}`,
    ...(row.earn === null ? {} : { of: row.earn }),
    amount: row.posted - row.step,
  };
}
