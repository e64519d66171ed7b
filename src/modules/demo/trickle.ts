import type { Collect } from '#modules/collect';
import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { Bookmark, passOver, worldOf } from './fill.ts';
import { liveVisit, SLOT_MS } from './live.ts';
import type { Delivery } from './post.ts';
import { deliveries } from './simulate.ts';
import type { StoryRow } from './sql.ts';
import { BUSY, ensureSources, tell, untilQuiet } from './tell.ts';
import type { World } from './world.ts';

export interface TrickleDeps {
  readonly pg: Postgres;
  readonly collect: Collect;
  readonly clock: Clock;
  load(): number;
}

const TICK_MS = 250;
/** So much of what happened meanwhile is caught up with at a time. */
const MOST_AT_ONCE = 1000;
/**
 * For half an hour there is something to look at every second or two. After that a visit begins every five minutes
 * only: a brand that was left running for weeks must not drown its own year.
 */
const LIVELY_MS = 30 * 60_000;
const CALM_SLOTS = 30;

/**
 * Lets a story go on by the clock until the signal is aborted: what would happen by itself since it was told last,
 * and some visits more. Everything waits while others are busy; visits that would have begun then are left out.
 */
export async function trickle(deps: TrickleDeps, row: StoryRow, signal: AbortSignal): Promise<void> {
  const { collect, clock } = deps;
  const world = worldOf(row);
  const story = deliveries(world, Number.POSITIVE_INFINITY);
  await passOver(story, row.position, clock, signal);
  const sources = await ensureSources(collect, row.workspaceId);
  const bookmark = new Bookmark(deps, row);
  const natural = createInbox(story);
  const visits = createVisits(deps, world);
  const teller = { workspaceId: row.workspaceId, collect, clock, load: deps.load, onProgress: () => {} };
  while (!signal.aborted) {
    await untilQuiet(deps, signal);
    const ofItself = natural.upTo(clock.ms());
    const due = [...ofItself, ...visits.upTo(clock.ms())].sort((a, b) => a.arrivedAt - b.arrivedAt);
    if (due.length > 0) await tell(teller, sources, due, signal);
    const last = ofItself.at(-1);
    if (last && !signal.aborted) {
      bookmark.moveOn(ofItself.length, last.arrivedAt);
      await bookmark.save();
    }
    if (ofItself.length < MOST_AT_ONCE) await clock.sleep(TICK_MS, signal);
  }
}

interface Inbox {
  /** What has arrived by `ms` and was not taken yet, the oldest of it. */
  upTo(ms: number): Delivery[];
}

function createInbox(story: Iterator<Delivery>): Inbox {
  let next = story.next();
  return {
    upTo(ms) {
      const due: Delivery[] = [];
      while (!next.done && next.value.arrivedAt <= ms && due.length < MOST_AT_ONCE) {
        due.push(next.value);
        next = story.next();
      }
      return due;
    },
  };
}

function createVisits({ clock, load }: Pick<TrickleDeps, 'clock' | 'load'>, world: World): Inbox {
  const begunAt = clock.ms();
  let slot = Math.floor(begunAt / SLOT_MS);
  let waiting: Delivery[] = [];
  return {
    upTo(ms) {
      // Those that were missed while others were busy are not made up for.
      slot = Math.max(slot, Math.floor(ms / SLOT_MS) - 1);
      for (; slot * SLOT_MS <= ms; slot++) {
        const wanted = ms - begunAt < LIVELY_MS || slot % CALM_SLOTS === 0;
        if (wanted && load() <= BUSY) waiting.push(...liveVisit(world, slot));
      }
      const due = waiting.filter((delivery) => delivery.arrivedAt <= ms);
      waiting = waiting.filter((delivery) => delivery.arrivedAt > ms);
      return due;
    },
  };
}
