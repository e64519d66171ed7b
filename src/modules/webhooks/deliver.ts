import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Postgres, withoutValues } from '#platform/postgres';
import { attempt, type Outcome, pauseAfter } from './attempt.ts';
import * as sql from './sql.ts';

const mostEach = 8;
const most = 64;
const heldMs = 60_000;
const pollMs = 1_000;

/** Sends what is due, a few at a time of each endpoint. Any number of processes may run one. */
export class Deliverer {
  readonly #deps: { pg: Postgres; clock: Clock; log: Log };
  readonly #rests: Rests;
  #running: Promise<void> | null = null;

  constructor(deps: { pg: Postgres; clock: Clock; log: Log }) {
    this.#deps = deps;
    this.#rests = new Rests(deps.clock);
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

  wake(): void {
    this.#rests.wake();
  }

  async #run(): Promise<void> {
    const { log } = this.#deps;
    while (!this.#rests.hasEnded) {
      let sent = 0;
      try {
        sent = await this.#round();
      } catch (error) {
        log.warn({ reason: withoutValues(error) }, 'webhooks could not be sent');
      }
      if (sent === 0) await this.#rests.rest(pollMs);
    }
  }

  async #round(): Promise<number> {
    const { pg, clock } = this.#deps;
    const now = clock.now();
    const heldUntil = new Date(now.getTime() + heldMs);
    const due = await pg.asSystem((tx) => sql.claimDue(tx, { now, heldUntil, mostEach, most }));
    await Promise.all(due.map((delivery) => this.#send(delivery)));
    return due.length;
  }

  async #send(d: sql.DueRow): Promise<void> {
    const { pg, clock } = this.#deps;
    const { url, body, secrets } = d;
    const outcome = await attempt(
      { url, messageId: d.message_id, body, secrets },
      clock.now(),
      this.#rests.ended,
    );
    // Not the receiver's fault, and not known to it either: the next start tries again.
    if (this.#rests.hasEnded && !outcome.delivered) return;
    await pg.asSystem((tx) => this.#save(tx, d, outcome));
  }

  async #save(tx: Parameters<typeof sql.saveAttempt>[0], d: sql.DueRow, outcome: Outcome): Promise<void> {
    const now = this.#deps.clock.now();
    const attempts = d.attempts + 1;
    // Taken from the message's own id, so that those of one moment are spread, and a test can foretell it.
    const pause = pauseAfter(attempts, (d.id % 100) / 100);
    const { status, error } = outcome;
    const state = outcome.delivered ? 1 : pause === null || outcome.gone ? 2 : 0;
    const dueAt = new Date(now.getTime() + (pause ?? 0));
    await sql.saveAttempt(tx, d, { state, attempts, dueAt, now, status, error });
    if (outcome.gone) {
      await sql.disableEndpoint(tx, d.workspace_id, d.endpoint_id, 'The receiver answered 410, gone.', now);
    }
  }
}
