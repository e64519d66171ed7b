import type { Collect } from '#modules/collect';
import type { Identity, Principal } from '#modules/identity';
import { type Erasure, isTelling, type People } from '#modules/people';
import type { Clock } from '#platform/clock';
import type { Disk } from '#platform/disk';
import type { Facts } from '#platform/facts';
import type { Jobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createImport, type Wanted } from './create.ts';
import { guessFile } from './guess/guess.ts';
import { pageOfRejects, rejectsFile, writeRejects } from './rejects.ts';
import { createFiles } from './run/files.ts';
import { runImport } from './run/run.ts';
import { type Guess, type RejectPage, refuse } from './schema.ts';
import * as sql from './sql.ts';

export interface ImportsDeps {
  pg: Postgres;
  collect: Pick<Collect, 'ingest' | 'load' | 'settled' | 'sources'>;
  identity: Pick<Identity, 'actorNames' | 'audit' | 'workspaces'>;
  people: Pick<People, 'addErasurePart'>;
  jobs: Jobs;
  facts: Facts;
  clock: Clock;
  log: Log;
  disk: Pick<Disk, 'refusal'>;
  /** Files under way lie in its folder `imports`. */
  home: string;
}

export type Imports = ReturnType<typeof createImports>;

const dayMs = 86_400_000;
/** Rejected rows are personal data: they are kept as long as somebody may still mend them. */
const keepRejectsMs = 90 * dayMs;
/** How long a process that has the file may be away. */
const waitForFileMs = 60 * 60_000;

/** Past sales come in: files become events, once, whatever happens on the way. */
export function createImports(deps: ImportsDeps) {
  const { pg, identity, people, jobs, clock, log, home, disk } = deps;
  const files = createFiles(home, disk);

  people.addErasurePart({
    name: 'imports',
    hide: (tx, workspaceId, erasure) => sql.erase(tx, workspaceId, tracesOf(erasure)),
  });

  jobs.define<{ workspaceId: number; id: string }>('imports.run', async ({ workspaceId, id }, { signal }) => {
    if (await files.has(id)) return runImport({ ...deps, files }, { workspaceId, id, signal });
    await pg.inWorkspace(workspaceId, async (tx) => {
      const row = await sql.findImport(tx, workspaceId, id);
      if (!row || !underWay(row)) return;
      if (clock.ms() - row.created_at.getTime() < waitForFileMs) {
        // The file came to another process of this installation; that one shall have the job.
        const runAt = new Date(clock.ms() + 5000);
        await jobs.enqueue(
          tx,
          'imports.run',
          { workspaceId, id },
          { key: `imports.run:${id}`, runAt, maxAttempts: 1000 },
        );
        return;
      }
      await sql.endImport(tx, workspaceId, id, { state: 'failed', now: clock.now(), error: fileIsAway });
    });
  });

  jobs.define('imports.tidy', async () => {
    const before = new Date(clock.ms() - keepRejectsMs);
    for (const workspace of await identity.workspaces.list()) {
      await pg.inWorkspace(workspace.id, (tx) => sql.forgetOld(tx, workspace.id, before));
    }
    const wanted = await pg.asSystem((tx) => sql.listUnderWay(tx));
    const removed = await files.sweep(new Set(wanted), clock.ms() - dayMs);
    if (removed > 0) log.info({ files: removed }, 'files of imports that were never finished are removed');
  });
  jobs.cron('imports.tidy', '41 3 * * *');

  async function find(workspaceId: number, id: string): Promise<sql.ImportRow> {
    const row = await pg.inWorkspace(workspaceId, (tx) => sql.findImport(tx, workspaceId, id));
    if (!row) throw refuse('import-not-found', 'No import of this workspace has this id.');
    return row;
  }

  return {
    /** Where the files of a new import go before `create`. */
    files,
    create: (principal: Principal, wanted: Wanted) => createImport({ ...deps, files }, principal, wanted),
    find,
    /** Newest first; `before` is the id of the last one of the page before. */
    list: (workspaceId: number, before: string | null, limit: number): Promise<sql.ImportRow[]> =>
      pg.inWorkspace(workspaceId, (tx) => sql.listImports(tx, workspaceId, before, limit)),
    /** Ends it where it stands; what was accepted stays. */
    async cancel(principal: Principal, id: string): Promise<sql.ImportRow> {
      const { workspaceId } = principal;
      await find(workspaceId, id);
      return pg.inWorkspace(workspaceId, async (tx) => {
        const ended = await sql.endImport(tx, workspaceId, id, { state: 'cancelled', now: clock.now() });
        if (!ended) throw refuse('already-ended', 'The import has ended; there is nothing to cancel.');
        await identity.audit(tx, principal, 'imports.cancelled', `import:${id}`);
        return ended;
      });
    },
    /** A file of what was rejected, piece by piece. Refuses `nothing-rejected`. */
    async rejects(workspaceId: number, id: string) {
      const row = await find(workspaceId, id);
      if (row.rejects_kept === 0) {
        throw refuse(
          'nothing-rejected',
          underWay(row) ? 'Up to now no row was rejected.' : 'All rows were taken.',
        );
      }
      return { ...rejectsFile(row), lines: writeRejects(pg, row) };
    },
    /** Rejected rows behind this one, to be looked at. */
    async rejected(
      workspaceId: number,
      id: string,
      after: { line: number; n: number },
      limit: number,
    ): Promise<RejectPage> {
      const row = await find(workspaceId, id);
      return pg.inWorkspace(workspaceId, (tx) => pageOfRejects(tx, row, after, limit));
    },
    /** What those who began imports are called, by actor. */
    names: (workspaceId: number, rows: readonly sql.ImportRow[]): Promise<Map<string, string>> =>
      pg.inWorkspace(workspaceId, (tx) =>
        identity.actorNames(
          tx,
          rows.map((row) => row.created_by),
        ),
      ),
    /** What a file seems to be, by its beginning. */
    guess: (principal: Principal, o: { path: string; text?: string | undefined }): Promise<Guess> =>
      guessFile({
        ...o,
        zone: principal.workspace.timeZone,
        currency: principal.workspace.currency,
        latestMs: clock.ms(),
      }),
  };
}

/** A text that tells who it was counts wherever it stands, others as whole cells, and the shortest where identifiers are. */
function tracesOf({ needles, identifiers }: Erasure): sql.Traces {
  const small = (texts: readonly string[]) => texts.map((text) => text.trim().toLowerCase());
  return {
    parts: needles.filter(isTelling),
    // Also those of the parts, which a card's row may have with dashes in between.
    texts: small(needles),
    ids: small(identifiers.map(({ value }) => value)),
  };
}

function underWay({ state }: sql.ImportRow): boolean {
  return state === 'waiting' || state === 'running';
}

const fileIsAway =
  'The file is not on this machine. Where Pando runs as several processes, they have to share the folder imports of PANDO_HOME.';
