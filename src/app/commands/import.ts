import { existsSync, openAsBlob, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { systemClock } from '#platform/clock';
import { Refusal } from '#platform/refusal';
import type { Guess, Import } from '#schema/imports';
import { type Door, withDoor } from '../door.ts';
import { stopAsked } from '../signals.ts';
import { type AddCommand, exitCodes, type Terminal } from '../terminal.ts';
import { chooseWorkspace } from './choose-workspace.ts';
import { describeGuess, describeImport } from './import-words.ts';
import { progressView } from './progress-view.ts';

interface Options {
  as: string;
  preset?: string;
  mapping?: string;
  with: Record<string, string>;
  workspace?: string;
  dryRun?: boolean;
  yes?: boolean;
  rejects?: string;
  json?: boolean;
}

/** What is sent along with the file. */
interface Request {
  door: Door;
  workspace: string;
  file: string;
  fields: { name: string; preset?: string; mapping?: string };
  lookups: Record<string, string>;
}

const headBytes = 1024 * 1024;
const lookEveryMs = 300;

export const addImport: AddCommand = (program, io) => {
  program
    .command('import')
    .description('bring past sales, or other events, in from a file: CSV, JSON lines, an archive of Segment')
    .argument('<file>', 'packed with gzip or not')
    .requiredOption(
      '--as <name>',
      'what the import and its source are called; the same name adds nothing twice',
    )
    .option('--preset <name>', 'a mapping that Pando brings along; the name of --as where it is one')
    .option('--mapping <file>', 'a mapping of your own (YAML), see docs/importing.md')
    .option('--with <name=file>', 'a file in which the mapping looks values up', lookup, {})
    .option('--workspace <slug>', 'the only one besides the demo, unless told otherwise')
    .option('--dry-run', 'show what would be done, and do nothing')
    .option('--yes', 'take the guessed mapping without asking')
    .option('--rejects <file>', 'where to write the rows that could not be taken')
    .option('--json', 'one JSON object as the last line, for programs')
    .addHelpText('after', exitCodesHelp)
    .action((file: string, options: Options) => bringIn(file, options, io));
};

const exitCodesHelp = `
Exit codes: 0 all rows are in, 1 failed, 2 wrong use (also a mapping that does not fit the file),
3 it is in, except for rows that were rejected; they are written to a file, to be mended and imported again.`;

function lookup(text: string, known: Record<string, string>): Record<string, string> {
  const [name = '', ...file] = text.split('=');
  return { ...known, [name]: file.join('=') };
}

async function bringIn(file: string, options: Options, io: Terminal): Promise<void> {
  const missing = [file, options.mapping, ...Object.values(options.with)].find(
    (path) => path !== undefined && !existsSync(path),
  );
  if (missing !== undefined) {
    io.err(`There is no file ${missing}.\n`);
    return io.exit(exitCodes.wrongUse);
  }
  try {
    await withDoor(async (door) => {
      const workspace = await chooseWorkspace(door, options.workspace);
      const fields: Request['fields'] = { name: options.as };
      if (options.preset !== undefined) fields.preset = options.preset;
      if (options.mapping !== undefined) fields.mapping = readFileSync(options.mapping, 'utf8');
      await work({ door, workspace, file, fields, lookups: options.with }, options, io);
    });
  } catch (error) {
    if (!(error instanceof Refusal) || !wrongUse.has(error.type)) throw error;
    io.err(`${error.message}\n`);
    io.exit(exitCodes.wrongUse);
  }
}

/** Refusals that the caller can do something about with other words. */
const wrongUse = new Set([
  'imports/bad-mapping',
  'imports/unknown-preset',
  'imports/mapping-needed',
  'imports/unreadable-file',
  'imports/name-taken',
  'imports/bad-form',
  'identity/no-such-workspace',
  'cli/workspace-needed',
]);

async function work(request: Request, options: Options, io: Terminal): Promise<void> {
  const { door, workspace, fields } = request;
  const say = options.json ? () => {} : io.out;
  const known = fields.mapping ?? fields.preset ?? (await isPreset(request, fields.name));
  if (options.dryRun || !known) {
    const guess = await guessed(request, known === true ? fields.name : undefined);
    const decided = known || guess.preset !== null;
    if (options.dryRun || !decided) say(describeGuess(guess));
    if (!decided) {
      if (guess.mapping === null) throw needed('There is no mapping for it.');
      if (!options.dryRun && !options.yes && !(await agreed(options, io))) {
        throw needed(
          'Save the mapping above to a file, change what is wrong, and run this again with --mapping.',
        );
      }
      fields.mapping = guess.mapping;
    }
  }
  const startedMs = systemClock.tick();
  const begun = await upload(request, options.dryRun === true);
  const ended = await follow(door, workspace, begun, io);
  const seconds = (systemClock.tick() - startedMs) / 1000;
  const rejectsFile =
    ended && ended.rejected > 0 && !ended.dry_run ? await saveRejects(request, ended, options) : null;
  if (!ended) return io.exit(exitCodes.failed);
  const result = resultOf(ended, { workspace, seconds, rejectsFile });
  io.out(options.json ? `${JSON.stringify(result)}\n` : describeImport(ended, { seconds, rejectsFile }));
  if (ended.state !== 'done') io.exit(exitCodes.failed);
  else if (ended.rejected > 0) io.exit(exitCodes.problemFound);
}

function needed(detail: string): Refusal {
  return new Refusal({
    type: 'imports/mapping-needed',
    status: 422,
    title: 'It is not known what the columns mean',
    detail,
  });
}

async function isPreset({ door, workspace }: Request, name: string): Promise<boolean> {
  const { items } = await door.ask<{ items: { name: string }[] }>('/api/imports/presets', { workspace });
  return items.some((preset) => preset.name === name);
}

/** What the beginning of the file looks like. */
async function guessed({ door, workspace, file, fields }: Request, preset?: string): Promise<Guess> {
  const form = new FormData();
  if (fields.mapping !== undefined) form.set('mapping', fields.mapping);
  const named = fields.preset ?? preset;
  if (named !== undefined) form.set('preset', named);
  const blob = await openAsBlob(file);
  form.set('file', blob.slice(0, headBytes), basename(file));
  return door.ask<Guess>('/api/imports/guess', { workspace, body: form });
}

async function agreed(options: Options, io: Terminal): Promise<boolean> {
  if (options.json || !io.isPerson || !process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question('Import it so? [y/N] ')).trim());
  } finally {
    asking.close();
  }
}

async function upload({ door, workspace, file, fields, lookups }: Request, dryRun: boolean): Promise<Import> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (dryRun) form.set('dry_run', 'true');
  for (const [name, path] of Object.entries(lookups))
    form.set(`lookup:${name}`, await openAsBlob(path), basename(path));
  form.set('file', await openAsBlob(file), basename(file));
  return door.ask<Import>('/api/imports', { workspace, body: form });
}

/** Looks on until the import has ended; undefined when somebody would not wait for it. */
async function follow(
  door: Door,
  workspace: string,
  begun: Import,
  io: Terminal,
): Promise<Import | undefined> {
  const stop = new AbortController();
  void stopAsked(systemClock).then(() => stop.abort());
  const view = progressView(io);
  let now = begun;
  while ((now.state === 'waiting' || now.state === 'running') && !stop.signal.aborted) {
    view.show(now.progress, wordsOf(now));
    await systemClock.sleep(lookEveryMs, stop.signal);
    now = await door.ask<Import>(`/api/imports/${begun.id}`, { workspace });
  }
  view.end(now.progress, wordsOf(now));
  if (now.state !== 'waiting' && now.state !== 'running') return now;
  io.err(
    door.pando
      ? 'Left off. It goes on when Pando runs, or with the same command.\n'
      : 'Pando goes on with it in the background.\n',
  );
  return undefined;
}

function wordsOf({ rows, sent, events, dry_run }: Import): string {
  const number = (value: number) => value.toLocaleString('en');
  return dry_run
    ? `${number(rows)} rows, ${number(events)} events`
    : `${number(rows)} rows, ${number(sent)} events sent`;
}

async function saveRejects(
  { door, workspace, file }: Request,
  ended: Import,
  options: Options,
): Promise<string> {
  const answer = await door.fetch(`/api/imports/${ended.id}/rejects`, { workspace });
  const ending = answer.headers.get('content-type')?.startsWith('text/csv') ? 'csv' : 'jsonl';
  const path =
    options.rejects ??
    `${basename(file).replace(/(\.csv|\.tsv|\.txt|\.jsonl?|\.ndjson)?(\.gz)?$/i, '')}.rejects.${ending}`;
  if (answer.body) await writeFile(path, answer.body);
  return path;
}

/** What programs read. */
function resultOf(ended: Import, o: { workspace: string; seconds: number; rejectsFile: string | null }) {
  const {
    id,
    name,
    state,
    dry_run,
    rows,
    events,
    accepted,
    duplicates,
    rejected,
    quarantined,
    withheld,
    skipped,
    error,
  } = ended;
  const seconds = Math.round(o.seconds * 1000) / 1000;
  return {
    ...{ id, name, workspace: o.workspace, state, dry_run, rows, events, accepted, duplicates, rejected },
    ...{ quarantined, withheld, skipped, seconds, rows_per_s: Math.round(rows / o.seconds) },
    ...(o.rejectsFile ? { rejects_file: o.rejectsFile } : {}),
    ...(error ? { error } : {}),
  };
}
