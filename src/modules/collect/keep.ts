import type { Identity, SettingsSection } from '#modules/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { removeOlder } from './event-sql.ts';
import { hashBytes, packId } from './id-memory.ts';
import type { Intake } from './intake.ts';
import { deleteRuns, expiredRuns } from './run-sql.ts';
import { mergeRuns, sortIds, writeRun } from './runs.ts';
import type { CollectSettings } from './schema.ts';
import * as sql from './sql.ts';

/** So many ids of one workspace are remembered one by one before they are folded into a run. */
const foldAt = 400_000;
/** A retry is recognised for at least 30 days; a run is dropped when its newest id is older. */
const rememberDays = 31;
const everyMs = 5_000;

/** Remembers message ids of a source that were accepted elsewhere; as one run, so a few million at a time. */
export async function rememberIds(
  tx: Tx,
  source: { workspaceId: number; id: number },
  messageIds: readonly string[],
  acceptedAt: Date,
): Promise<void> {
  const packed = Buffer.allocUnsafe(messageIds.length * hashBytes);
  for (const [i, messageId] of messageIds.entries()) packId(source.id, messageId, packed, i * hashBytes);
  await sql.lockHead(tx, source.workspaceId);
  await writeRun(tx, source.workspaceId, sortIds([packed]), false, acceptedAt);
  await sql.setFolded(tx, source.workspaceId, 0);
}

/**
 * Keeps the log small: folds message ids into sorted runs, removes batches that everybody has, lets runs expire, and
 * removes events that are older than the workspace keeps them.
 */
export function keepLog(deps: {
  pg: Postgres;
  ch: ClickHouse;
  clock: Clock;
  log: Log;
  intake: Intake;
  identity: Identity;
  settings: SettingsSection<CollectSettings>;
  jobs: Jobs;
  /** Events of the workspace are gone for their age. */
  onForgotten(workspaceId: number): Promise<void>;
}) {
  const { pg, ch, clock, log, intake, identity, settings, jobs } = deps;
  let stopping = new AbortController();
  let running: Promise<void> | null = null;

  /** Moves the ids of all batches up to the log's end into a run. */
  async function fold(workspaceId: number): Promise<boolean> {
    intake.lane(workspaceId).startPart();
    const folded = await pg.inWorkspace(workspaceId, async (tx) => {
      if (!(await sql.lockFold(tx, workspaceId))) return false;
      const head = await sql.readHead(tx, workspaceId);
      if (!head || head.folded === head.head) return false;
      const live: Buffer[] = [];
      const kept: Buffer[] = [];
      let newest = new Date(0);
      let upTo = head.folded;
      while (upTo < head.head) {
        const rows = await sql.idsAfter(tx, workspaceId, upTo, 500);
        for (const row of rows) {
          live.push(row.ids);
          kept.push(row.kept_ids);
          if (row.at > newest) newest = row.at;
          upTo = row.seq;
        }
        if (rows.length === 0) break;
      }
      await writeRun(tx, workspaceId, sortIds(live), false, newest);
      await writeRun(tx, workspaceId, sortIds(kept), true, newest);
      await sql.setFolded(tx, workspaceId, upTo);
      return true;
    });
    if (folded) await merge(workspaceId);
    return folded;
  }

  async function merge(workspaceId: number): Promise<void> {
    await pg.inWorkspace(workspaceId, async (tx) => {
      if (!(await sql.lockFold(tx, workspaceId))) return;
      if (await mergeRuns(tx, workspaceId)) await sql.setFolded(tx, workspaceId, 0);
    });
  }

  async function trim(workspaceId: number): Promise<void> {
    for (let i = 0; i < 20; i++) {
      if ((await pg.inWorkspace(workspaceId, (tx) => sql.trimLog(tx, workspaceId, 200))) < 200) return;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal);
      for (const workspaceId of intake.workspaces()) {
        if (stopping.signal.aborted) return;
        try {
          if (intake.lane(workspaceId).recentIds >= foldAt) await fold(workspaceId);
          await trim(workspaceId);
        } catch (error) {
          log.warn({ workspaceId, err: error }, 'the log could not be made smaller; trying again');
        }
      }
    }
  }

  jobs.define('collect.daily', async () => {
    for (const workspace of await identity.workspaces.list()) {
      // Ids of quiet workspaces too leave the log once a day.
      await fold(workspace.id);
      await trim(workspace.id);
      await pg.inWorkspace(workspace.id, async (tx) => {
        const expired = await expiredRuns(tx, workspace.id, new Date(clock.ms() - rememberDays * 86_400_000));
        if (expired.length === 0) return;
        await deleteRuns(tx, workspace.id, expired);
        await sql.setFolded(tx, workspace.id, 0);
      });
      const { retentionDays } = await settings.read(workspace.id);
      if (retentionDays !== null) {
        const before = clock.ms() - retentionDays * 86_400_000;
        if (!(await removeOlder(ch, workspace.id, before))) continue;
        await deps.onForgotten(workspace.id);
      }
    }
  });
  jobs.cron('collect.daily', '40 3 * * *');

  return {
    fold,
    start(): void {
      stopping = new AbortController();
      running ??= run();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await running;
      running = null;
    },
  };
}
