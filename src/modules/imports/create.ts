import type { Collect } from '#modules/collect';
import type { Identity, Principal } from '#modules/identity';
import type { Clock } from '#platform/clock';
import type { Jobs } from '#platform/jobs';
import type { Postgres } from '#platform/postgres';
import { guessFile } from './guess/guess.ts';
import { parseMapping } from './mapping/document.ts';
import { presetNames, readPreset } from './presets/presets.ts';
import type { Files } from './run/files.ts';
import { openPlan } from './run/open-plan.ts';
import { eventOrder } from './run/outcomes.ts';
import { refuse } from './schema.ts';
import * as sql from './sql.ts';

/** What came with a request, its files already on the disk. */
export interface Wanted {
  /** Under which the files lie. */
  id: string;
  name: string;
  preset?: string | undefined;
  /** YAML. */
  mapping?: string | undefined;
  dryRun: boolean;
  fileName: string;
  bytes: number;
  sha256: string;
  /** Names of the lookups whose files came too. */
  lookups: string[];
}

export interface CreateDeps {
  pg: Postgres;
  collect: Pick<Collect, 'sources'>;
  identity: Pick<Identity, 'audit'>;
  jobs: Jobs;
  clock: Clock;
  files: Files;
}

/** A few imports go on side by side, those of one workspace one after the other. */
const queues = 3;
const belowEverythingElse = 10;

/**
 * Checks that the file and the mapping fit each other, and puts the import in line. The same file under the same name
 * that is under way already is not begun anew: `joined` is then true, and the files of this request are not needed.
 */
export async function createImport(
  deps: CreateDeps,
  principal: Principal,
  wanted: Wanted,
): Promise<{ row: sql.ImportRow; joined: boolean }> {
  const { pg, collect, identity, jobs, clock, files } = deps;
  const { workspaceId } = principal;
  const { id, name } = wanted;
  const { preset, text } = await mappingFor(deps, principal, wanted);
  const mapping = parseMapping(text);
  const zone = mapping.zone ?? principal.workspace.timeZone;
  const now = clock.now();
  const { layout } = await openPlan({
    path: files.path(id),
    mapping,
    zone,
    text,
    lookups: Object.fromEntries(wanted.lookups.map((lookup) => [lookup, files.lookupPath(id, lookup)])),
    latestMs: now.getTime(),
  });
  if (!wanted.dryRun) {
    const source = await collect.sources.ensure(workspaceId, { name, kind: 'import' });
    if (source.kind !== 'import') {
      throw refuse(
        'name-taken',
        `There is a source "${source.name}" of the kind ${source.kind} already; import under another name.`,
      );
    }
  }
  return pg.inWorkspace(workspaceId, async (tx) => {
    const row = await sql.insertImport(tx, workspaceId, {
      id,
      name,
      preset,
      mapping: text,
      zone,
      file_name: wanted.fileName,
      file_bytes: wanted.bytes,
      sha256: wanted.sha256,
      lookups: wanted.lookups,
      dry_run: wanted.dryRun,
      created_by: principal.actor,
      created_at: now,
      layout,
      event_order: eventOrder,
    });
    if (!row) {
      const underWay = await sql.findUnderWay(tx, workspaceId, {
        ...wanted,
        mapping: text,
        dry_run: wanted.dryRun,
      });
      if (!underWay)
        throw refuse('busy', 'The same import has ended this moment. Send it again.', { retryAfterS: 1 });
      return { row: underWay, joined: true };
    }
    await identity.audit(tx, principal, 'imports.created', `import:${id}`, { name, dryRun: wanted.dryRun });
    await jobs.enqueue(
      tx,
      'imports.run',
      { workspaceId, id },
      {
        key: `imports.run:${id}`,
        queue: `imports-${workspaceId % queues}`,
        priority: belowEverythingElse,
        maxAttempts: 1000,
      },
    );
    return { row, joined: false };
  });
}

/** The mapping that was sent, the preset that was named, or the preset that the name or the columns tell. */
async function mappingFor(
  { files, clock }: Pick<CreateDeps, 'files' | 'clock'>,
  principal: Principal,
  wanted: Wanted,
): Promise<{ preset: string | null; text: string }> {
  if (wanted.mapping !== undefined) return { preset: null, text: wanted.mapping };
  const named = wanted.preset ?? (presetNames().includes(wanted.name) ? wanted.name : undefined);
  if (named !== undefined) return { preset: named, text: readPreset(named).text };
  const guess = await guessFile({
    path: files.path(wanted.id),
    zone: principal.workspace.timeZone,
    currency: principal.workspace.currency,
    latestMs: clock.ms(),
  });
  if (guess.preset) return { preset: guess.preset, text: readPreset(guess.preset).text };
  throw refuse(
    'mapping-needed',
    'The columns fit no preset. Have a look at the mapping that was guessed (member "guess"), change what is wrong, and send it along.',
    { guess },
  );
}
