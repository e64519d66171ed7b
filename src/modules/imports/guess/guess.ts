import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Refusal } from '#platform/refusal';
import { parseMapping } from '../mapping/document.ts';
import type { Mapping } from '../mapping/shape.ts';
import { presetNames, readPreset } from '../presets/presets.ts';
import { openHead } from '../read/file.ts';
import { type Layout, readLayout } from '../read/layout.ts';
import { planFor } from '../run/open-plan.ts';
import type { Outcome } from '../run/outcome.ts';
import { readOutcomes } from '../run/outcomes.ts';
import { count, createTally } from '../run/tally.ts';
import type { Guess } from '../schema.ts';
import { type ColumnGuess, propose } from './propose.ts';
import { type Role, roleByName } from './roles.ts';
import { guessNumber, guessValues } from './values.ts';

const sampledRows = 1000;
const shown = 5;
const longestShown = 2000;

/**
 * Tells what a file seems to be, by its beginning, and what would become of it. With `text` that mapping is tried;
 * without it a preset that fits, or else a mapping that is made up from the names and values of the columns.
 */
export async function guessFile(o: {
  path: string;
  /** The mapping's YAML. */
  text?: string | undefined;
  zone: string;
  /** Of the workspace. */
  currency: string;
  latestMs: number;
}): Promise<Guess> {
  const stated = o.text === undefined ? undefined : parseMapping(o.text);
  const { layout, head, whole } = await readLayout(o.path, stated?.file ?? {});
  const columns = layout.format === 'segment' ? [] : await lookAt({ head, whole }, layout, o.latestMs);
  const sampled = rowsOf(columns);
  const preset = o.text === undefined ? fittingPreset(layout) : null;
  const proposal =
    preset || o.text !== undefined ? { mapping: null, questions: [] } : propose(columns, sampled);
  const text = o.text ?? (preset ? readPreset(preset).text : proposal.mapping);
  const { outcomes, rows } =
    text === null ? { outcomes: [], rows: 0 } : await tryOut({ ...o, head, whole }, layout, text);
  const tally = createTally();
  for (const outcome of outcomes) count(tally, outcome, { saved: Number.POSITIVE_INFINITY, sample: false });
  return {
    format: layout.format,
    encoding: layout.encoding ?? 'utf-8',
    delimiter: layout.format === 'csv' ? layout.delimiter : null,
    rows_sampled: sampled.length,
    preset,
    columns: columns.map(({ name, role, value, filled, texts }) => ({
      name,
      looks: inWords(role, value.kind),
      role,
      kind: value.kind,
      time_format: value.format ?? null,
      filled: Math.round(filled * 1000) / 1000,
      examples: [...new Set(texts)].slice(0, 3),
    })),
    mapping: text,
    questions: proposal.questions.map((question) => question.text),
    asks: proposal.questions.map(({ about, column = null, example = null }) => ({ about, column, example })),
    zone: stated?.zone ?? o.zone,
    currency: o.currency,
    tried: {
      rows,
      events: tally.events,
      rejected: tally.rejected,
      skipped: tally.skipped,
      by_event: tally.byEvent,
      skips: tally.skips,
    },
    sample: outcomes
      .flatMap((outcome) => (outcome.kind === 'event' ? [outcome.message] : []))
      .slice(0, shown),
    problems: outcomes
      .flatMap((outcome) =>
        outcome.kind === 'reject'
          ? [{ line: outcome.line, reason: outcome.reason, raw: outcome.raw.slice(0, longestShown) }]
          : [],
      )
      .sort((a, b) => a.line - b.line)
      .slice(0, 20),
  };
}

type Sampled = ColumnGuess & { cells: readonly string[] };

async function lookAt(
  beginning: { head: string; whole: boolean },
  layout: Layout,
  latestMs: number,
): Promise<Sampled[]> {
  const file = openHead(beginning, layout, layout.columns);
  const cells: (readonly string[])[] = [];
  for await (const batch of file.records()) {
    for (const record of batch) if (!record.flaw && cells.length < sampledRows) cells.push(record.cells);
  }
  const columns: Sampled[] = [];
  for (const [i, name] of file.columns.entries()) {
    const all = cells.map((row) => row[i]?.trim() ?? '');
    const texts = all.filter((text) => text !== '');
    const called = roleByName(name);
    const isNumber = called === 'quantity' || called === 'price' || called === 'total';
    const value = (isNumber ? guessNumber(texts) : null) ?? guessValues(texts, latestMs);
    const filled = texts.length / Math.max(all.length, 1);
    columns.push({ name, role: roleOf(name, value.kind), value, filled, texts, cells: all });
    // A wide file takes a while; others have their turn in between.
    await setImmediate();
  }
  return columns;
}

/** The name tells, unless the values contradict it; without a telling name the values do. */
function roleOf(name: string, kind: string): Role {
  const role = roleByName(name);
  if (kind === 'email') return 'email';
  if (role === 'email' || (role === 'time' && kind !== 'time')) return 'other';
  if (['quantity', 'price', 'total'].includes(role) && kind !== 'integer' && kind !== 'decimal')
    return 'other';
  if (role !== 'other') return role;
  if (kind === 'time') return 'time';
  return kind === 'phone' ? 'phone' : 'other';
}

function rowsOf(columns: readonly Sampled[]): Record<string, string>[] {
  const length = columns[0]?.cells.length ?? 0;
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(columns.map(({ name, cells }) => [name, cells[i] ?? ''])),
  );
}

/** A preset all of whose columns the file has. */
function fittingPreset(layout: Layout): string | null {
  if (layout.format === 'segment') return 'segment';
  if (layout.format !== 'csv') return null;
  for (const name of presetNames()) {
    const { mapping } = readPreset(name);
    if (mapping.file?.format !== 'csv') continue;
    try {
      planFor(mapping, layout, { zone: 'UTC', latestMs: 0 });
      return name;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return null;
}

async function tryOut(
  o: { head: string; whole: boolean; zone: string; latestMs: number },
  layout: Layout,
  text: string,
): Promise<{ outcomes: Outcome[]; rows: number }> {
  const mapping: Mapping = parseMapping(text);
  const plan = planFor(mapping, layout, { zone: o.zone, latestMs: o.latestMs, text });
  const folder = await mkdtemp(join(tmpdir(), 'pando-guess-'));
  const outcomes: Outcome[] = [];
  const reading = { rows: 0, done: 0 };
  try {
    const batches = readOutcomes({
      file: openHead(o, layout, plan.finder.paths),
      fileBytes: 1,
      plan,
      lookups: { join: (cells) => cells },
      spoolFolder: join(folder, 'rows'),
      breathe: () => null,
      reading,
    });
    for await (const batch of batches) outcomes.push(...batch);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { outcomes, rows: reading.rows };
}

function inWords(role: Role, kind: string): string {
  const words: Record<Role, string> = {
    order: 'order number',
    time: 'time',
    user_id: 'customer number',
    anonymous_id: 'visitor or device',
    email: 'e-mail address',
    phone: 'phone number',
    card: 'membership card',
    name: 'name of a person',
    product_id: 'product number',
    sku: 'SKU or barcode',
    product: 'name of a product',
    quantity: 'quantity',
    price: 'price',
    total: 'amount of money',
    currency: 'currency',
    event: 'name of an event',
    message: 'id of an event',
    store: 'store',
    other: '',
  };
  return words[role] || (kind === 'empty' ? 'empty' : kind);
}
