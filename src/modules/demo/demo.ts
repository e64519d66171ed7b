import type { Collect } from '#modules/collect';
import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { Clock } from '#platform/clock';
import { secret } from '#platform/ids';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { BRAND } from './brand.ts';
import { fill } from './fill.ts';
import { holding } from './hold.ts';
import { type DemoOrder, type DemoProgress, refuse } from './schema.ts';
import { findStory, insertStory, reopenStory, type StoryRow } from './sql.ts';
import { trickle } from './trickle.ts';

export interface DemoDeps {
  readonly pg: Postgres;
  readonly identity: Identity;
  readonly collect: Collect;
  readonly people: People;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
  /** How busy the program is with others, 0 to 1: above one half the demo waits. */
  load(): number;
  /** Whether the workspace `demo` is kept: filled at the first start, then with a trickle of live events. */
  readonly enabled: boolean;
  /** What the workspace `demo` is given besides its story, once that is told; may be asked again. */
  furnish?(workspaceId: number): Promise<void>;
}

/** A simulated brand in a workspace of its own. */
export interface Demo {
  /**
   * Orders a brand, or that one is told up to now: the work is done by a job. Refuses `demo/not-a-demo` where the
   * workspace has data of its own, and `demo/other-story` where it holds a brand of another seed or size.
   */
  order(wanted: DemoOrder): Promise<DemoProgress>;
  /** Refuses `demo/no-story`. */
  progress(slug: string): Promise<DemoProgress>;
  /** Begins to keep the workspace `demo`, where that is enabled. */
  start(): void;
  stop(): Promise<void>;
}

const DEFAULTS = { people: 5000, months: 12, seed: 1 } as const;
/** Ten events a person are much to look at already where there are so many people: a million make ten million in 4 months. */
const LARGE = { people: 500_000, months: 4 } as const;
const FILL = 'demo.fill';
const LOOK_AGAIN_MS = 5000;

export function createDemo(deps: DemoDeps): Demo {
  const { pg, identity, jobs, clock, log, collect } = deps;
  const me = secret('demo_', 8);
  const stopping = new AbortController();
  /** What `stop` waits for. */
  const running = new Set<Promise<void>>();
  const filling = new Map<number, Promise<void>>();
  let holds = 0;

  const find = (workspaceId: number) => pg.inWorkspace(workspaceId, (tx) => findStory(tx, workspaceId));

  /** The story of a workspace; both are made where they are missing. */
  async function ensureStory(wanted: DemoOrder): Promise<{ row: StoryRow; name: string; slug: string }> {
    const slug = wanted.workspace ?? BRAND.slug;
    const { country, currency, timeZone } = BRAND;
    const workspace =
      (await identity.workspaces.bySlug(slug)) ??
      (await identity.workspaces.create({ name: BRAND.name, slug, country, currency, timeZone }));
    const { id, name } = workspace;
    const known = await find(id);
    if (known) {
      checkSame(known, wanted, slug);
      return { row: known, name, slug };
    }
    if ((await collect.sources.list(id)).length > 0) {
      throw refuse(
        'not-a-demo',
        `The workspace "${slug}" has sources of its own, and a simulated brand would be mixed into its data. Choose another slug.`,
      );
    }
    const { people = DEFAULTS.people, seed = DEFAULTS.seed } = wanted;
    const { months = people > LARGE.people ? LARGE.months : DEFAULTS.months } = wanted;
    const story = { workspaceId: id, seed, people, months, now: clock.now(), createdAt: clock.now() };
    await pg.inWorkspace(id, (tx) => insertStory(tx, story));
    const row = await find(id);
    if (!row) throw new Error('The story is gone as soon as it was made.');
    checkSame(row, wanted, slug);
    return { row, name, slug };
  }

  /** One at a time is enough, in all processes together: even within this one, each has a name of its own. */
  const asOne = () => ({ pg, clock, holder: `${me}-${++holds}` });

  async function fillHeld(workspaceId: number, signal: AbortSignal): Promise<void> {
    await holding(asOne(), workspaceId, { signal, waits: true }, async (held) => {
      const row = await find(workspaceId);
      // Somebody else told it meanwhile.
      if (!row || row.state === 'filled') return;
      const began = clock.tick();
      log.info({ workspaceId, people: row.people, from: row.position }, 'the simulated brand is being told');
      const result = await fill(deps, row, held);
      if (!result) {
        log.info({ workspaceId }, 'the simulated brand was left off; it goes on later');
        if (!signal.aborted) throw new Error('Another process took the story over.');
        return;
      }
      const seconds = Math.round((clock.tick() - began) / 1000);
      log.info({ workspaceId, seconds, ...result }, 'the simulated brand is told up to now');
    });
  }

  jobs.define<{ workspaceId: number }>(FILL, async ({ workspaceId }, { signal }) => {
    const begun = filling.get(workspaceId);
    const work = begun ?? fillHeld(workspaceId, AbortSignal.any([signal, stopping.signal]));
    filling.set(workspaceId, work);
    await untilDone(work).finally(() => filling.delete(workspaceId));
    // Thrown, so that the job counts as not done.
    signal.throwIfAborted();
    stopping.signal.throwIfAborted();
  });

  async function untilDone(work: Promise<void>): Promise<void> {
    running.add(work);
    try {
      await work;
    } finally {
      running.delete(work);
    }
  }

  async function enqueue(workspaceId: number): Promise<void> {
    // Lower is sooner: this is last of all.
    await jobs.enqueue(null, FILL, { workspaceId }, { key: `${FILL}:${workspaceId}`, priority: 100 });
  }

  async function progressOf(workspace: { id: number; name: string; slug: string }): Promise<DemoProgress> {
    const row = await find(workspace.id);
    if (!row) throw refuse('no-story', `The workspace "${workspace.slug}" holds no simulated brand.`);
    return asProgress(row, workspace);
  }

  async function ofSlug(slug: string): Promise<{ id: number; name: string; slug: string }> {
    const workspace = await identity.workspaces.bySlug(slug);
    if (!workspace) throw refuse('no-story', `There is no workspace "${slug}".`);
    return workspace;
  }

  /** The workspace `demo` in its time: filled first, then alive. */
  async function live(): Promise<void> {
    const { signal } = stopping;
    let begun = false;
    while (!signal.aborted) {
      try {
        if (!begun) await begin();
        begun = true;
        const workspace = await identity.workspaces.bySlug(BRAND.slug);
        if (workspace && (await find(workspace.id))?.state === 'filled') {
          await holding(asOne(), workspace.id, { signal, waits: false }, async (held) => {
            const row = await find(workspace.id);
            if (row) await furnish(workspace.id);
            if (row) await trickle(deps, row, held);
          });
        }
      } catch (error) {
        log.warn({ err: error }, 'the simulated brand paused; it goes on by itself');
      }
      await clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  /** The brand is alive without it, too. */
  async function furnish(workspaceId: number): Promise<void> {
    try {
      await deps.furnish?.(workspaceId);
    } catch (error) {
      log.warn(
        { err: error },
        'the simulated brand could not be furnished; it is tried again at the next start',
      );
    }
  }

  async function begin(): Promise<void> {
    const workspace = await identity.workspaces.bySlug(BRAND.slug);
    // A workspace that somebody made for another purpose is left alone.
    if (workspace && workspace.name !== BRAND.name && !(await find(workspace.id))) return;
    const { row } = await ensureStory({});
    if (row.state !== 'filled') await enqueue(row.workspaceId);
  }

  return {
    async order(wanted) {
      const { row, name, slug } = await ensureStory(wanted);
      const workspace = { id: row.workspaceId, name, slug };
      // The one that is kept alive is told up to now already.
      const isAlive = deps.enabled && slug === BRAND.slug && row.state === 'filled';
      if (!isAlive) {
        await pg.inWorkspace(row.workspaceId, (tx) => reopenStory(tx, row.workspaceId));
        await enqueue(row.workspaceId);
      }
      return progressOf(workspace);
    },
    progress: async (slug) => progressOf(await ofSlug(slug)),
    start() {
      if (deps.enabled) void untilDone(live());
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(running);
    },
  };
}

function checkSame(row: StoryRow, wanted: DemoOrder, slug: string): void {
  for (const what of ['seed', 'people', 'months'] as const) {
    if (wanted[what] === undefined || wanted[what] === row[what]) continue;
    throw refuse(
      'other-story',
      `The workspace "${slug}" holds a brand with ${what} ${row[what]}, not ${wanted[what]}. Leave ${what} out, or choose another workspace.`,
    );
  }
}

function asProgress(row: StoryRow, { name, slug }: { name: string; slug: string }): DemoProgress {
  const end = row.now.getTime();
  const start = end - row.months * (365.25 / 12) * 86_400_000;
  const told = row.arrivedAt ? (row.arrivedAt.getTime() - start) / (end - start) : 0;
  const { result } = row;
  return {
    workspace: slug,
    name,
    state: row.state,
    progress: row.state === 'filled' ? 1 : Math.min(0.999, Math.max(0, told)),
    messages: row.position,
    until: row.arrivedAt?.toISOString() ?? null,
    people: row.people,
    months: row.months,
    seed: row.seed,
    result: result && {
      people: result.people,
      known_persons: result.knownPersons,
      events: result.events,
      orders: result.orders,
      duplicates: result.duplicates,
      quarantined: result.quarantined,
      withheld: result.withheld,
      precision: result.precision,
      recall: result.recall,
    },
  };
}
