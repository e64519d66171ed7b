import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import type { Ingest, IngestAnswer } from './ingest.ts';
import * as sql from './quarantine-sql.ts';
import { refuse } from './schema.ts';
import type { Sources } from './sources.ts';

export interface Replayed {
  accepted: number;
  duplicates: number;
  /** Still cannot be accepted; they stay in quarantine with the new reason. */
  failed: number;
}

/** Events that could not be accepted: to be looked at, mended, replayed or dropped. */
export class Quarantine {
  readonly #deps: {
    pg: Postgres;
    clock: Clock;
    sources: Sources;
    ingest(request: Ingest): Promise<IngestAnswer>;
  };

  constructor(deps: {
    pg: Postgres;
    clock: Clock;
    sources: Sources;
    ingest(request: Ingest): Promise<IngestAnswer>;
  }) {
    this.#deps = deps;
  }

  async list(
    workspaceId: number,
    o: { before: number | null; reason: string | null; most: number },
  ): Promise<sql.Row[]> {
    return this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.listQuarantine(tx, workspaceId, o));
  }

  async count(workspaceId: number): Promise<{ reason: string; events: number }[]> {
    return this.#deps.pg.inWorkspace(workspaceId, (tx) => sql.countQuarantine(tx, workspaceId));
  }

  /**
   * Reads events again as if they came from their source when they first did; `mended` replaces one by a corrected
   * message. What is accepted leaves quarantine. Refuses `no-such-quarantined`.
   */
  async replay(workspaceId: number, ids: readonly number[], mended?: unknown): Promise<Replayed> {
    const { pg, sources, ingest } = this.#deps;
    const rows = await pg.inWorkspace(workspaceId, (tx) => sql.findQuarantined(tx, workspaceId, ids));
    if (rows.length === 0) throw refuse('no-such-quarantined', 'None of these events is in quarantine.');
    const all = new Map((await sources.list(workspaceId)).map((source) => [source.id, source]));
    const replayed: Replayed = { accepted: 0, duplicates: 0, failed: 0 };
    for (const row of rows) {
      const source = all.get(row.source_id);
      if (!source) continue;
      const answer = await ingest({
        workspaceId,
        source,
        messages: [mended ?? parsedOrText(row.raw)],
        receivedAt: row.at,
        ...(row.sent_at ? { sentAt: Date.parse(row.sent_at) } : {}),
        ...(source.kind === 'import' ? { maxEventBytes: 1_000_000 } : {}),
        isReplay: true,
      });
      const [item] = answer.items;
      await pg.inWorkspace(workspaceId, async (tx) => {
        if (item?.outcome === 'quarantined') {
          await sql.saveReason(tx, workspaceId, row.id, item.reason ?? '', item.detail ?? '');
        } else await sql.deleteQuarantined(tx, workspaceId, [row.id]);
      });
      replayed.accepted += answer.accepted + answer.withheld;
      replayed.duplicates += answer.duplicates;
      replayed.failed += answer.quarantined;
    }
    return replayed;
  }

  /** Drops events for good; how many there were. `then` belongs to the same transaction. */
  async drop(
    workspaceId: number,
    ids: readonly number[],
    then: (tx: Tx, dropped: number) => Promise<void>,
  ): Promise<number> {
    return this.#deps.pg.inWorkspace(workspaceId, async (tx) => {
      const dropped = await sql.deleteQuarantined(tx, workspaceId, ids);
      if (dropped > 0) await then(tx, dropped);
      return dropped;
    });
  }
}

/** What was sent; as text where it was too long to be kept whole. */
export function parsedOrText(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
