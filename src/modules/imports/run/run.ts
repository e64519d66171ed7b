import type { Collect } from '#modules/collect';
import type { Clock } from '#platform/clock';
import type { Disk } from '#platform/disk';
import type { Facts } from '#platform/facts';
import { uuidv7 } from '#platform/ids';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { Refusal, Unavailable } from '#platform/refusal';
import { parseMapping } from '../mapping/document.ts';
import * as sql from '../sql.ts';
import { createBreather } from './breather.ts';
import type { Files } from './files.ts';
import { openPlan } from './open-plan.ts';
import { eventOrder, type Reading, readOutcomes } from './outcomes.ts';
import { createSender, type Sender, type Sent } from './sender.ts';
import { count, createTally, mostRejectsKept, type Tally } from './tally.ts';
import { createTexts } from './texts.ts';

export interface RunDeps {
  pg: Postgres;
  collect: Pick<Collect, 'ingest' | 'load' | 'settled' | 'sources'>;
  facts: Facts;
  clock: Clock;
  log: Log;
  files: Files;
  disk: Pick<Disk, 'refusal'>;
}

/** It is somebody else's now, or was cancelled. */
class LetGo extends Error {
  override readonly name = 'LetGo';
}

const saveEveryMs = 500;
const saveRejects = 1000;
/** A clock of a till may be a little ahead. */
const aheadMs = 5 * 60_000;

/**
 * Brings the file of one import in: the work of the job `imports.run`. It may be called again after a crash, at any
 * point: the file is read from its beginning, what was answered is passed over, and what was sent without an answer is
 * known to collection by its message ids. Throws when it is to be tried again.
 */
export async function runImport(
  deps: RunDeps,
  { workspaceId, id, signal }: { workspaceId: number; id: string; signal: AbortSignal },
): Promise<void> {
  const { pg, clock, log, files } = deps;
  const runner = uuidv7(clock);
  const row = await pg.inWorkspace(workspaceId, (tx) =>
    sql.takeImport(tx, workspaceId, id, { runner, now: clock.now(), eventOrder }),
  );
  if (!row) return files.remove(id);
  log.info({ workspaceId, import: id, resumed: row.resumed, sent: row.sent }, 'an import begins');
  try {
    await bringIn(deps, row, runner, signal);
    await end(deps, row, { state: 'done', runner });
  } catch (error) {
    if (error instanceof LetGo) {
      const now = await pg.inWorkspace(workspaceId, (tx) => sql.findImport(tx, workspaceId, id));
      if (now?.state === 'cancelled') await files.remove(id);
      return;
    }
    // What is a matter of time is tried again by the queue of jobs.
    if (signal.aborted || error instanceof Unavailable) throw error;
    if (!(error instanceof Refusal)) log.error({ err: error, workspaceId, import: id }, 'an import failed');
    await end(deps, row, { state: 'failed', runner, error: sentenceOf(error) });
  }
  await files.remove(id);
}

function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return `Something went wrong inside Pando; its log tells more. What was accepted stays. Import the same file again to go on.`;
}

async function end(
  deps: RunDeps,
  row: sql.ImportRow,
  o: { state: 'done' | 'failed'; runner: string; error?: string },
): Promise<void> {
  const { pg, clock, facts, log } = deps;
  await pg.inWorkspace(row.workspace_id, async (tx) => {
    const ended = await sql.endImport(tx, row.workspace_id, row.id, { ...o, now: clock.now() });
    if (!ended) return;
    await facts.record(tx, { type: `imports.${o.state}`, subject: row.id, data: { dryRun: row.dry_run } });
    const { rows, events, accepted, duplicates, quarantined, rejected } = ended;
    const figures = { rows, events, accepted, duplicates, quarantined, rejected };
    log.info(
      { workspaceId: row.workspace_id, import: row.id, state: o.state, ...figures },
      'an import ended',
    );
  });
}

/** Reads, maps and sends everything. */
async function bringIn(
  deps: RunDeps,
  row: sql.ImportRow,
  runner: string,
  signal: AbortSignal,
): Promise<void> {
  const { clock, files, disk, collect } = deps;
  const { workspace_id: workspaceId, id } = row;
  const mapping = parseMapping(row.mapping);
  const { layout, file, plan, joined } = await openPlan({
    path: files.path(id),
    mapping,
    zone: row.zone,
    text: row.mapping,
    lookups: Object.fromEntries(row.lookups.map((name) => [name, files.lookupPath(id, name)])),
    latestMs: row.created_at.getTime() + aheadMs,
  });
  const leaving = new AbortController();
  const stopped = AbortSignal.any([signal, leaving.signal]);
  const sender = await openSender(deps, row, stopped);
  const reading: Reading = { rows: 0, done: 0 };
  const tally = createTally();
  const save = createSaver(deps, row, runner, {
    reading,
    tally,
    sender,
    textsOf: createTexts(layout, mapping),
    garbled: () => file.garbled(),
  });
  const saving = keepSaving(save, clock, stopped, (reason) => leaving.abort(reason));
  const outcomes = readOutcomes({
    file,
    fileBytes: row.file_bytes,
    plan,
    lookups: joined,
    spoolFolder: files.spool(id),
    breathe: createBreather(clock),
    reading,
  });
  const counting = { saved: row.rejects_kept, sample: row.dry_run };
  try {
    for await (const batch of outcomes) {
      stopped.throwIfAborted();
      while (disk.refusal() && !stopped.aborted) await clock.sleep(1000, stopped);
      for (const outcome of batch) {
        count(tally, outcome, counting);
        if (outcome.kind !== 'event') continue;
        const wait = sender?.push(outcome.message, outcome.bytes);
        if (wait) await wait;
      }
      if (tally.unsaved.length >= saveRejects) await patiently(clock, stopped, save);
    }
    await sender?.drain();
    if (sender) await patiently(clock, stopped, () => collect.settled(workspaceId));
    await patiently(clock, stopped, save);
  } catch (error) {
    throw leaving.signal.reason instanceof LetGo ? leaving.signal.reason : error;
  } finally {
    leaving.abort();
    await saving;
  }
}

/** Writes the progress down while the work goes on, or waits; `leave` is called where it shall not go on. */
async function keepSaving(
  save: () => Promise<void>,
  clock: Clock,
  stopped: AbortSignal,
  leave: (reason: unknown) => void,
): Promise<void> {
  for (;;) {
    await clock.sleep(saveEveryMs, stopped);
    if (stopped.aborted) return;
    try {
      await save();
    } catch (error) {
      // With the database away, what is not saved now is saved later.
      if (!(error instanceof Unavailable)) leave(error);
    }
  }
}

/** While an engine is away nothing can be ended; waits until it is back. */
async function patiently(clock: Clock, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable) || signal.aborted) throw error;
      await clock.sleep(error.retryAfterS * 1000, signal);
    }
  }
}

async function openSender(deps: RunDeps, row: sql.ImportRow, signal: AbortSignal): Promise<Sender | null> {
  if (row.dry_run) return null;
  const { collect, clock } = deps;
  const source = await collect.sources.ensure(row.workspace_id, { name: row.name, kind: 'import' });
  const { sent, accepted, duplicates, quarantined, withheld } = row;
  const from: Sent = { sent, accepted, duplicates, quarantined, withheld };
  return createSender({ collect, workspaceId: row.workspace_id, source, clock, signal, from });
}

/** Makes what writes down how far it is; that throws LetGo where it shall not go on. */
function createSaver(
  { pg }: Pick<RunDeps, 'pg'>,
  row: sql.ImportRow,
  runner: string,
  so: {
    reading: Reading;
    tally: Tally;
    sender: Sender | null;
    textsOf: ReturnType<typeof createTexts>;
    garbled(): boolean;
  },
): () => Promise<void> {
  const { reading, tally, sender } = so;
  const nothing: Sent = { sent: 0, accepted: 0, duplicates: 0, quarantined: 0, withheld: 0 };
  let last: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const rejects = tally.unsaved;
    const saved = rejects.length;
    const progress: sql.Progress = {
      ...(sender?.counts ?? nothing),
      ...tally,
      progress: reading.done,
      rows: reading.rows,
      notes: notesOf(so.garbled(), tally),
    };
    const mine = await pg.inWorkspace(row.workspace_id, async (tx) => {
      if (!(await sql.saveProgress(tx, row.workspace_id, row.id, runner, progress))) return false;
      for (let at = 0; at < saved; at += saveRejects) {
        await sql.insertRejects(
          tx,
          row.workspace_id,
          row.id,
          rejects
            .slice(at, Math.min(at + saveRejects, saved))
            .map((reject) => ({ ...reject, ...so.textsOf(reject.raw, reject.broken) })),
        );
      }
      if (tally.sample.length > 0) await sql.saveSample(tx, row.workspace_id, row.id, tally.sample);
      return true;
    });
    if (!mine) throw new LetGo();
    rejects.splice(0, saved);
  }

  // One after the other, because each begins with the rows that the one before it did not save.
  return () => {
    last = last.then(write, write);
    return last;
  };
}

function notesOf(garbled: boolean, tally: Tally): string[] {
  const notes: string[] = [];
  if (garbled) {
    notes.push(
      'The file has characters that its encoding could not have written; they stand as \uFFFD. If there are many, say the right encoding in the mapping (file.encoding).',
    );
  }
  if (tally.rejected > mostRejectsKept) {
    notes.push(`Of the rejected rows the first ${mostRejectsKept} are kept.`);
  }
  return notes;
}
