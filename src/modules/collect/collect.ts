import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { Bots } from './bots.ts';
import { BufferPool } from './buffer-pool.ts';
import { type Delivery, pack } from './delivery.ts';
import { erasurePart } from './erase.ts';
import { Events } from './events.ts';
import { Following } from './follow.ts';
import { FreshRows } from './fresh-rows.ts';
import type { Ingest, IngestAnswer } from './ingest.ts';
import type { Outcome } from './intake.ts';
import { Intake } from './intake.ts';
import { keepLog } from './keep.ts';
import { collectTopics } from './live.ts';
import { LogReader } from './log-reader.ts';
import type { Event, Reading } from './message.ts';
import { isRejection, readMessage } from './message.ts';
import { Paths } from './path.ts';
import { Quarantine } from './quarantine.ts';
import { CollectSettings, collectDefaults } from './schema.ts';
import { Seen } from './seen.ts';
import { Sources } from './sources.ts';
import type { Quarantined } from './sql.ts';
import { readHead } from './sql.ts';
import { Writer } from './writer.ts';
import { lagMs } from './writer-sql.ts';

export interface CollectDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Identity;
  people: People;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  /** Accepted events that ClickHouse may lack before new ones are refused. */
  bufferEvents: number;
}

export type Collect = ReturnType<typeof createCollect>;

export const maxEventBytes = 32 * 1024;

const pooledBytes = 64 * 1024 * 1024;

/** Events from every touchpoint: accepted durably, resolved, and carried into ClickHouse. */
export function createCollect(deps: CollectDeps) {
  const { pg, ch, identity, people, jobs, clock, log } = deps;
  const settings = identity.settings.register('collect', CollectSettings, collectDefaults);
  const sources = new Sources(pg, clock);
  const listeners = new Set<(workspaceId: number, seq: number) => void>();
  const pool = new BufferPool(pooledBytes);
  const freshRows = new FreshRows(pool);
  const writer = new Writer({
    freshRows,
    pg,
    ch,
    clock,
    log,
    gatherMs: 400,
    pollMs: 250,
    onWritten: (workspaceId, seq) => {
      for (const listener of listeners) listener(workspaceId, seq);
    },
  });
  const following = new Following({ pg, clock, log });
  const reader = new LogReader({ pg, freshRows });
  const intake = new Intake({
    pg,
    people,
    clock,
    log,
    bufferEvents: deps.bufferEvents,
    pool,
    onCommit: (workspaceId, seq, { rows, memory }) => {
      freshRows.put(workspaceId, seq, rows, memory);
      writer.wake();
      following.wake();
      reader.tell(workspaceId);
    },
  });
  const bots = new Bots();
  const contractSets = new WeakMap<CollectSettings, ReadonlySet<string>>();

  function contractSet(now: CollectSettings): ReadonlySet<string> {
    let set = contractSets.get(now);
    if (!set) contractSets.set(now, (set = new Set(now.contractEvents)));
    return set;
  }

  const paths = new Paths({ identity });
  const events = new Events({ ch, people, sources, pg, paths });
  const seen = new Seen({ ch, paths, clock });
  people.useBehaviour({
    stageOf: (workspaceId, keys) => events.stageOf(workspaceId, keys),
    lastSeen: (workspaceId, keys, wanted) => seen.last(workspaceId, keys, wanted),
    seen: (workspaceId, wanted) => seen.people(workspaceId, wanted),
    countSeen: (workspaceId, wanted) => seen.count(workspaceId, wanted),
  });
  people.addExport('events', (workspaceId, keys) => events.exportOf(workspaceId, keys));
  people.addErasurePart(erasurePart({ pg, ch, settled: (workspaceId) => settled(workspaceId) }));
  const forgotten = new Set<(workspaceId: number) => Promise<void>>();
  async function onForgotten(workspaceId: number): Promise<void> {
    for (const heard of forgotten) await heard(workspaceId);
  }
  const keeping = keepLog({ pg, ch, clock, log, intake, identity, settings, jobs, onForgotten });

  async function reading(
    request: Ingest,
  ): Promise<{ how: Reading; now: CollectSettings; analyticsByDefault: boolean }> {
    const { workspaceId, source } = request;
    const [rules, now, aboutPeople, workspace] = await Promise.all([
      people.rules(workspaceId),
      settings.read(workspaceId),
      people.settings(workspaceId),
      identity.workspaces.get(workspaceId),
    ]);
    return {
      now,
      analyticsByDefault: aboutPeople.consent.defaults.analytics ?? true,
      how: {
        rules,
        sourceId: source.id,
        sourceName: source.name,
        receivedAt: request.receivedAt.getTime(),
        sentAt: request.sentAt ?? null,
        historical: (request.historical ?? false) || source.kind === 'import',
        maxBytes: request.maxEventBytes ?? maxEventBytes,
        currency: workspace?.currency ?? 'USD',
        bots,
        userAgent: request.userAgent,
      },
    };
  }

  /** Everything of the workspace that was accepted so far is readable when this resolves. */
  async function settled(workspaceId: number): Promise<void> {
    const head = await pg.inWorkspace(workspaceId, (tx) => readHead(tx, workspaceId));
    if (head && head.head > 0) await writer.reached(workspaceId, head.head);
    await people.mirror.flush();
  }

  /**
   * Accepts messages: resolves when they are on disk. What cannot be accepted goes to quarantine with the reason.
   * Throws Unavailable when Postgres is away, and refuses `busy` and `buffer-full`: send the same again later.
   */
  function ingest(request: Ingest): Promise<IngestAnswer> {
    // No frame is left that holds the request while its events wait: what was sent is the largest part of them.
    return read(request).then(accept);
  }

  async function read(request: Ingest): Promise<{ delivery: Delivery; items: IngestAnswer['items'] }> {
    const { source } = request;
    const { how, now, analyticsByDefault } = await reading(request);
    const good: Event[] = [];
    const quarantined: Omit<Quarantined, 'sourceId'>[] = [];
    const items: IngestAnswer['items'] = [];
    for (const raw of request.messages) {
      const event = readMessage(raw, how);
      if (isRejection(event)) {
        items.push({ outcome: 'quarantined', reason: event.reason, detail: event.detail });
        if (!request.isReplay) quarantined.push({ ...event, ...describeRaw(raw, how.sentAt) });
      } else {
        items.push({ outcome: 'accepted' });
        good.push(event);
      }
    }
    const { receivedAt } = how;
    const contractEvents = contractSet(now);
    const delivery = pack(pool, good, {
      source,
      receivedAt,
      contractEvents,
      analyticsByDefault,
      quarantined,
    });
    return { delivery, items };
  }

  async function accept(came: { delivery: Delivery; items: IngestAnswer['items'] }): Promise<IngestAnswer> {
    const { delivery, items } = came;
    if (delivery.count > 0 || delivery.quarantined.length > 0) {
      const outcomes = await intake.accept(delivery);
      let next = 0;
      for (const item of items) {
        if (item.outcome !== 'accepted') continue;
        const outcome = outcomes[next++] ?? 'accepted';
        if (outcome === 'erased') Object.assign(item, { outcome: 'withheld', reason: 'erased' });
        else item.outcome = outcome;
      }
    }
    const counted = (outcome: Outcome) =>
      items.reduce((sum, item) => sum + (item.outcome === outcome ? 1 : 0), 0);
    return {
      accepted: counted('accepted'),
      duplicates: counted('duplicate'),
      quarantined: counted('quarantined'),
      withheld: counted('withheld'),
      items,
    };
  }

  const quarantine = new Quarantine({ pg, clock, sources, ingest });

  return {
    ingest,
    settled,
    sources,
    quarantine,
    events,
    paths,
    /** For who reads the log in transactions of their own. */
    reader,
    /** How busy live collection is, 0 to 1: what works at low priority waits by this. */
    load: () => intake.load(),
    /** Told when a workspace's log is readable up to a batch. */
    onWritten(listener: (workspaceId: number, seq: number) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Called when events were removed for their age: what was made of them is to be made anew. */
    onForgotten(heard: (workspaceId: number) => Promise<void>): void {
      forgotten.add(heard);
    },
    /** What open pages hear of. */
    topics: collectTopics({ pg, people, sources }),
    /** Follows the event log from its end on, or from where the follower of this name stands. */
    follow: following.follow.bind(following),
    /** State of the writer and the followers, for /metrics and the status page. */
    state: async (workspaceId: number) => ({
      lagMs: await pg.inWorkspace(workspaceId, (tx) => lagMs(tx, workspaceId)),
      error: writer.error,
    }),
    writerBehindMs: () => writer.behindMs(),
    fold: keeping.fold,
    start(): void {
      writer.start();
      following.start();
      keeping.start();
    },
    /** Answers what was handed in, then stops; what ClickHouse does not have yet is carried after the next start. */
    async stop(): Promise<void> {
      await intake.drained();
      await keeping.stop();
      await following.stop();
      await writer.stop();
    },
    settings,
  };
}

const maxRawLength = 1_100_000;

function describeRaw(raw: unknown, sentAt: number | null): Pick<Quarantined, 'messageId' | 'sentAt' | 'raw'> {
  let text: string;
  try {
    text = JSON.stringify(raw) ?? 'null';
  } catch {
    text = '"nested too deeply to be shown"';
  }
  const id = typeof raw === 'object' && raw !== null && 'messageId' in raw ? raw.messageId : null;
  return {
    messageId: typeof id === 'string' ? id.slice(0, 500).toWellFormed().replaceAll('\0', '') : null,
    sentAt: sentAt === null ? null : new Date(sentAt).toISOString(),
    raw: text.slice(0, maxRawLength),
  };
}
