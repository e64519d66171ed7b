import { setImmediate } from 'node:timers/promises';
import type { Collect } from '#modules/collect';
import type { People } from '#modules/people';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import type { Delivery } from './post.ts';
import { type Score, scorePeople } from './score.ts';
import { deliveries } from './simulate.ts';
import { type StoryResult, type StoryRow, savePosition, saveResult } from './sql.ts';
import { ensureSources, tell } from './tell.ts';
import { createTruth, type TruthLearner } from './truth.ts';
import { createWorld, type World } from './world.ts';

export interface FillDeps {
  readonly pg: Postgres;
  readonly collect: Collect;
  readonly people: People;
  readonly clock: Clock;
  load(): number;
}

/**
 * The brand lives on after its past is told, for so long; then nothing happens by itself any more. Those who come later
 * take their memory from the beginning, so a large brand has fewer of them.
 */
const LIVES_ON_DAYS = 730;
const LARGE_LIVES_ON_DAYS = 31;
const SAVE_EVERY_MS = 1000;
/** Larger brands are not compared with the truth: it would take the memory that the program has for its work. */
const MOST_COMPARED = 100_000;
const SLICE_MS = 8;

export function worldOf(row: Pick<StoryRow, 'seed' | 'people' | 'months' | 'now'>): World {
  const { seed, people, months } = row;
  const daysAfter = people > MOST_COMPARED ? LARGE_LIVES_ON_DAYS : LIVES_ON_DAYS;
  return createWorld({ seed, people, months, now: row.now.getTime(), daysAfter });
}

/** Where a story stands that is being told: how much was handed in, kept in Postgres every second. */
export class Bookmark {
  position: number;
  arrivedAt = 0;
  readonly #pg: Postgres;
  readonly #clock: Clock;
  readonly #workspaceId: number;
  #savedAt = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(deps: { pg: Postgres; clock: Clock }, row: StoryRow) {
    this.#pg = deps.pg;
    this.#clock = deps.clock;
    this.#workspaceId = row.workspaceId;
    this.position = row.position;
  }

  moveOn(handedIn: number, arrivedAt: number): void {
    this.position += handedIn;
    this.arrivedAt = arrivedAt;
    if (this.#clock.tick() - this.#savedAt < SAVE_EVERY_MS) return;
    this.#savedAt = this.#clock.tick();
    // A failure here is mended by the next one; what counts is `save` at the end.
    this.#saving = this.#saving.then(() => this.#write()).catch(() => {});
  }

  async save(): Promise<void> {
    await this.#saving;
    if (this.arrivedAt > 0) await this.#write();
  }

  async #write(): Promise<void> {
    const at = { position: this.position, arrivedAt: new Date(this.arrivedAt) };
    await this.#pg.inWorkspace(this.#workspaceId, (tx) => savePosition(tx, this.#workspaceId, at));
  }
}

/** What is learned of a story on the way, from its beginning: who is who, and how many orders there are. */
export interface Reader {
  readonly truth: TruthLearner | null;
  orders: number;
}

function learn(reader: Reader, delivery: Delivery): void {
  reader.truth?.learn(delivery);
  const { oddity, message } = delivery;
  if (message.event !== 'Order Completed') return;
  if (oddity !== 'repeat' && oddity !== 'restamped' && oddity !== 'malformed') reader.orders++;
}

/** Passes over what was told before, without keeping others from their turn. */
export async function passOver(
  stream: Iterator<Delivery>,
  count: number,
  clock: Clock,
  signal: AbortSignal,
  seen: (delivery: Delivery) => void = () => {},
): Promise<void> {
  let sliceBegan = clock.tick();
  for (let i = 0; i < count && !signal.aborted; i++) {
    const next = stream.next();
    if (next.done) return;
    seen(next.value);
    if (clock.tick() - sliceBegan <= SLICE_MS) continue;
    await setImmediate();
    sliceBegan = clock.tick();
  }
}

function* read(stream: Iterable<Delivery>, reader: Reader): Generator<Delivery, void, void> {
  for (const delivery of stream) {
    learn(reader, delivery);
    yield delivery;
  }
}

/**
 * Tells a story from where it stands up to this moment, and compares what the program made of it with the truth.
 * Null when it was left off because the signal was aborted; the next call goes on from there.
 */
export async function fill(deps: FillDeps, row: StoryRow, signal: AbortSignal): Promise<StoryResult | null> {
  const { pg, collect, clock } = deps;
  const { workspaceId } = row;
  const sources = await ensureSources(collect, workspaceId);
  const world = worldOf(row);
  const reader: Reader = { truth: row.people <= MOST_COMPARED ? createTruth(world.parent) : null, orders: 0 };
  const stream = deliveries(world, Math.max(row.now.getTime(), clock.ms()));
  await passOver(stream, row.position, clock, signal, (delivery) => learn(reader, delivery));
  const bookmark = new Bookmark(deps, row);
  const teller = {
    workspaceId,
    collect,
    clock,
    load: deps.load,
    onProgress: (handedIn: number, arrivedAt: number) => bookmark.moveOn(handedIn, arrivedAt),
  };
  try {
    await tell(teller, sources, read(stream, reader), signal);
  } finally {
    await bookmark.save();
  }
  if (signal.aborted) return null;
  await collect.settled(workspaceId);
  const result = await compare(deps, workspaceId, world, reader);
  await pg.inWorkspace(workspaceId, (tx) => saveResult(tx, workspaceId, result));
  return result;
}

async function compare(
  deps: FillDeps,
  workspaceId: number,
  world: World,
  reader: Reader,
): Promise<StoryResult> {
  const figures = (await deps.collect.sources.list(workspaceId)).map((source) => source.figures);
  const sum = (of: 'accepted' | 'duplicates' | 'quarantined' | 'withheld') =>
    figures.reduce((total, figure) => total + figure[of], 0);
  const { knownPersons, score } = await look(deps.people, workspaceId, reader.truth);
  return {
    people: reader.truth?.people ?? world.people,
    knownPersons,
    events: sum('accepted'),
    orders: reader.orders,
    duplicates: sum('duplicates'),
    quarantined: sum('quarantined'),
    withheld: sum('withheld'),
    precision: score?.precision ?? null,
    recall: score?.recall ?? null,
  };
}

const TELLING_NOBODY = new Set(['anonymous_id', 'device_id']);

async function look(
  people: People,
  workspaceId: number,
  truth: TruthLearner | null,
): Promise<{ knownPersons: number; score: Score | null }> {
  const known = new Set<number>();
  const resolved: { kind: string; value: string; person: number }[] = [];
  for await (const { kind, value, person } of people.allIdentifiers(workspaceId)) {
    if (!TELLING_NOBODY.has(kind)) known.add(person);
    if (truth) resolved.push({ kind, value, person });
  }
  return { knownPersons: known.size, score: truth ? scorePeople(truth, resolved) : null };
}
