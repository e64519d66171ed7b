import { setTimeout as sleep } from 'node:timers/promises';
import { clickHouseOf, newProgram, type Program, writeKey } from './program.ts';
import { postmasterOf } from './tree.ts';

export const victims = ['program', 'clickhouse', 'postgres', 'postgres-backend'] as const;
export type Victim = (typeof victims)[number];

export interface Kill {
  victim: Victim;
  /** Until a request that was sent after the kill was acknowledged. */
  acceptingAfterMs: number;
}

export interface Outcome {
  kills: Kill[];
  /** Events whose acknowledgement arrived; every event is sent again until it does. */
  acknowledged: number;
  /** Requests that were sent again because no answer, or another than 200, came. */
  sentAgain: number;
  rows: number;
  distinct: number;
  /** Rows with a message id that nobody sent. */
  strangers: number;
}

const batchSize = 25;
const lanes = 6;
const comesBackWithinMs = 120_000;

/** Under load, kills one part after the other with SIGKILL, and counts at the end. */
export async function runChaos(o: {
  kills: number;
  seed: number;
  onKill?: (kill: Kill, number: number) => void;
}): Promise<Outcome> {
  const random = randomFrom(o.seed);
  const program = await newProgram();
  const load = new Load(program.url);
  const kills: Kill[] = [];
  let finished = false;
  try {
    await program.start();
    const supervision = supervise(program, () => finished);
    load.start();
    for (let i = 0; i < o.kills; i++) {
      await load.acknowledgesMore();
      await sleep(300 + random() * 2_000);
      // Each part in turn comes first, so that a short run meets them all; after that by chance.
      const victim =
        i < victims.length
          ? victims[(i + o.seed) % victims.length]
          : victims[Math.floor(random() * victims.length)];
      const kill = await killOne(program, load, victim as Victim);
      kills.push(kill);
      o.onKill?.(kill, i + 1);
    }
    await load.acknowledgesMore();
    await load.stop();
    const counted = await countRows(program, load.sent);
    finished = true;
    await program.stop();
    await supervision;
    return { kills, acknowledged: load.acknowledged, sentAgain: load.sentAgain, ...counted };
  } finally {
    finished = true;
    load.abandon();
    await program.remove();
  }
}

/** As systemd would: the program is started again when it ended; its engines are its own business. */
async function supervise(program: Program, finished: () => boolean): Promise<void> {
  while (!finished()) {
    await program.ended();
    if (finished()) return;
    await program.start();
  }
}

async function killOne(program: Program, load: Load, wanted: Victim): Promise<Kill> {
  const victim = pidOf(program, wanted) === undefined ? 'program' : wanted;
  const pid = pidOf(program, victim);
  const at = performance.now();
  if (pid !== undefined) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // A backend may have ended by itself in this moment.
    }
  }
  await load.acknowledgesMore();
  return { victim, acceptingAfterMs: Math.round(performance.now() - at) };
}

function pidOf(program: Program, victim: Victim): number | undefined {
  const members = program.members();
  const postmaster = postmasterOf(program.home);
  if (victim === 'program') return program.pid();
  if (victim === 'postgres') return postmaster;
  if (victim === 'clickhouse') return members.find((member) => member.role === 'clickhouse')?.pid;
  return members.filter((member) => member.role === 'postgres' && member.pid !== postmaster).at(-1)?.pid;
}

/** Senders that keep every batch until it is acknowledged, as an SDK does. */
class Load {
  acknowledged = 0;
  sentAgain = 0;
  /** Events that were made so far; their ids are numbered from 0. */
  sent = 0;
  readonly #url: string;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #abandoned = false;

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: lanes }, () => this.#lane()));
  }

  /** No new batches; resolves when all that were begun are acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  abandon(): void {
    this.#stopped = true;
    this.#abandoned = true;
  }

  /** Resolves when a batch that is sent from now on was acknowledged. */
  async acknowledgesMore(): Promise<void> {
    const enough = this.acknowledged + (lanes + 1) * batchSize;
    const until = performance.now() + comesBackWithinMs;
    while (this.acknowledged < enough) {
      if (performance.now() > until) throw new Error('The program did not take events again in time.');
      await sleep(20);
    }
  }

  async #lane(): Promise<void> {
    while (!this.#stopped) {
      const first = this.sent;
      this.sent += batchSize;
      const body = JSON.stringify({ batch: Array.from({ length: batchSize }, (_, i) => eventOf(first + i)) });
      while (!(await this.#post(body))) {
        if (this.#abandoned) return;
        this.sentAgain++;
        await sleep(100);
      }
      this.acknowledged += batchSize;
    }
  }

  async #post(body: string): Promise<boolean> {
    try {
      const answer = await fetch(`${this.#url}/v1/batch`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body,
        signal: AbortSignal.timeout(20_000),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }
}

/** New and known people, and ties between their identifiers, so that every part of accepting is at work. */
function eventOf(number: number): Record<string, unknown> {
  const person = number % 5 === 0 ? number : Math.floor((number * 7919) % (number + 1));
  const common = {
    messageId: `chaos-${number}`,
    anonymousId: `browser-${person}`,
    timestamp: new Date().toISOString(),
  };
  if (number % 10 === 3) {
    return {
      ...common,
      type: 'identify',
      userId: `user-${person}`,
      traits: { email: `p${person}@example.com` },
    };
  }
  return {
    ...common,
    type: 'track',
    event: 'Product Viewed',
    properties: { product_id: `T-${number % 100}` },
  };
}

async function countRows(
  program: Program,
  sent: number,
): Promise<{ rows: number; distinct: number; strangers: number }> {
  const until = performance.now() + comesBackWithinMs;
  for (;;) {
    try {
      const { events } = await program.ask<{ events: number }>('/api/overview');
      if (events >= sent) break;
    } catch {
      // The engine that was killed last may still be on its way.
    }
    if (performance.now() > until) break;
    await sleep(200);
  }
  // A row too many may come late: long enough for several rounds of the writer.
  await sleep(1_500);
  const { url, user, password } = clickHouseOf(program.home);
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    body: `select count(), uniqExact(message_id),
             countIf(not startsWith(message_id, 'chaos-') or toUInt64OrNull(substring(message_id, 7)) is null
                     or toUInt64OrNull(substring(message_id, 7)) >= ${sent})
             from pando.events format TabSeparated`,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse could not count: ${text}`);
  const [rows = 0, distinct = 0, strangers = 0] = text.trim().split('\t').map(Number);
  return { rows, distinct, strangers };
}

/** Mulberry32: the same kills again for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What is wrong, a sentence each; empty when every acknowledged event is there exactly once, and no other. */
export function faultsOf(outcome: Outcome): string[] {
  const faults: string[] = [];
  if (outcome.distinct < outcome.acknowledged) {
    faults.push(`${outcome.acknowledged - outcome.distinct} acknowledged events are missing.`);
  }
  if (outcome.rows > outcome.distinct)
    faults.push(`${outcome.rows - outcome.distinct} events are there more than once.`);
  if (outcome.strangers > 0) faults.push(`${outcome.strangers} events are there that nobody sent.`);
  return faults;
}
