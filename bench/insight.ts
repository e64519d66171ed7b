import { mkdirSync, realpathSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type ClickHouse, openClickHouse } from '#platform/clickhouse';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { reports } from '../src/modules/insight/catalogue.ts';
import { rfmStatement } from '../src/modules/segments/snapshots/rfm-sql.ts';
import { type Brand, brandStatements, emptied, merged, resolvedStatements } from './rig/brand-sql.ts';
import type { When } from './rig/by-hand-rows-sql.ts';
import { byHand } from './rig/by-hand-sql.ts';
import { lifetimeFigures } from './rig/lifetime.ts';
import { clickHouseOf, newProgram } from './rig/program.ts';
import { watchTree } from './rig/watch.ts';

/**
 * How long every report takes on a large brand, and how long statements written by hand take for the same question on
 * the same rows with people already resolved: the whole program with embedded engines, asked over its API with
 * `Cache-Control: no-cache`, so that each answer is really counted. Rows are made in ClickHouse alone (insert from
 * numbers), with the identifiers and the moved ones that the program would have mirrored. Both tables are merged before
 * anything is asked, as the rows of ninety days are in an installation that lived for so long. First a tenth of it is
 * asked, to see how the answers grow; then all of it, beside the statements by hand. With `--home` a folder is filled
 * once, asked as it is in later runs, and stays; there is no tenth of it.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    people: { type: 'string', default: '200000' },
    events: { type: 'string', default: '10000000' },
    days: { type: 'string', default: '90' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    home: { type: 'string' },
  },
});
const runs = Number(values.runs);
/** What takes longer is asked fewer times, but thrice at least, so that all of it ends within minutes. */
const patienceMs = 15_000;
const fewestRuns = 3;
const part = 10;
const say = (line: string) => process.stderr.write(`${line}\n`);

const steps = '["Products Searched","Product Viewed","Product Added","Order Completed"]';
/** Questions that are asked otherwise than by their usual parameters, or of one report several. */
const questions: readonly { name: string; report: string; query: Record<string, string> }[] = [
  {
    name: 'funnel',
    report: 'funnel',
    query: { steps },
  },
  { name: 'funnel-leaving', report: 'funnel-leaving', query: { steps } },
  { name: 'retention', report: 'cohorts', query: { begin: 'visit', unit: 'week' } },
  ...reports
    .filter(({ name }) => name !== 'funnel' && name !== 'funnel-leaving')
    .map(({ name }) => ({ name, report: name, query: {} })),
];

const program = await newProgram({
  env: { PANDO_DEMO: 'off' },
  ...(values.home ? { home: kept(values.home), isOurs: true } : {}),
});
let leaving: Promise<void> | undefined;
const leave = () => (leaving ??= program.remove());
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void leave().finally(() => process.exit(code)));
}
try {
  const result = await measure();
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
} finally {
  await leave();
}

interface Timed {
  p50_ms: number;
  handwritten_ms: number | null;
  ratio: number | null;
}

/** Of a tenth of the events and people, and how many times as long all of them take. */
interface Growth {
  p50_ms: number;
  times: number;
}

async function measure() {
  await program.start();
  const { url, user, password } = clickHouseOf(program.home);
  const address = new URL(url);
  address.username = user;
  address.password = password;
  address.pathname = '/pando';
  const ch = await openClickHouse({
    url: address.href,
    log: createLog({ level: 'warn', pretty: false }),
    clock,
  });
  const watch = watchTree(program);
  try {
    const days = Number(values.days);
    const filled = values.home ? await filledWith(ch) : null;
    const nowMs = filled?.nowMs ?? Date.now();
    const brand = { people: Number(values.people), events: Number(values.events), days, nowMs };
    if (filled && filled.events !== brand.events)
      throw new Error(`The home holds ${filled.events} events, not ${brand.events}.`);
    const when = { from: nowMs - days * 86_400_000, to: nowMs };
    const wanted = (name: string) => !values.only || values.only.split(',').includes(name);
    const asked = questionsOf(ch, when).filter(({ name }) => wanted(name));

    const small = { ...brand, people: brand.people / part, events: brand.events / part };
    const before: Record<string, number> = {};
    if (!values.home) {
      await make(ch, small, [...brandStatements(small), merged('events')]);
      for (const { name, ask } of asked) before[name] = (await measureOne(ask)).p50_ms;
      for (const statement of emptied) await ch.command(statement);
    }
    if (!filled)
      await make(ch, brand, [
        ...brandStatements(brand),
        merged('events'),
        ...resolvedStatements,
        merged('resolved'),
      ]);
    const [load = 0] = loadavg();
    const timed: Record<string, Timed> = {};
    const growth: Record<string, Growth> = {};
    for (const { name, ask } of asked) {
      const statements = byHand[name]?.(when) ?? [];
      const hand = async () => {
        for (const statement of statements) await ch.query(statement);
      };
      const fits = statements.length > 0 && (await isAnswered(name, hand));
      const { p50_ms, other_ms } = await measureOne(ask, fits ? hand : undefined);
      timed[name] = { p50_ms, handwritten_ms: other_ms, ratio: other_ms && rounded(p50_ms / other_ms) };
      const small_ms = before[name];
      if (small_ms !== undefined) growth[name] = { p50_ms: small_ms, times: rounded(p50_ms / small_ms) };
      say(`${name}: ${JSON.stringify(timed[name])}; of a tenth ${small_ms ?? '-'} ms`);
    }
    return {
      people: brand.people,
      events: brand.events,
      days,
      runs,
      rows: 'inserted in ClickHouse from numbers, identifiers mirrored, both tables merged',
      cores: availableParallelism(),
      load_before: Math.round(load * 10) / 10,
      reports: timed,
      of_a_tenth: { people: small.people, events: small.events, reports: growth },
      ...(values.only ? {} : lifetimeFigures()),
      peak_tree_mb: Math.round(watch.peakMb() ?? 0) || null,
    };
  } finally {
    await watch.stop();
    await ch.close();
  }
}

async function make(ch: ClickHouse, { people, events, days }: Brand, statements: readonly string[]) {
  say(
    `Making ${people.toLocaleString('en')} people and ${events.toLocaleString('en')} events of ${days} days.`,
  );
  const started = performance.now();
  for (const statement of statements) await ch.command(statement, {}, { timeoutMs: 1_200_000 });
  say(`Made in ${((performance.now() - started) / 1000).toFixed(0)} s. Asking, up to ${runs} times each.`);
}

/** A folder that Postgres, who may be somebody else, can come to. */
function kept(home: string): string {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  return realpathSync(home);
}

/** What an earlier run made, and until when; null: nothing yet. */
async function filledWith(ch: ClickHouse): Promise<{ events: number; nowMs: number } | null> {
  const [table] = await ch.query<{ result: number }>('exists table resolved');
  if (Number(table?.result) !== 1) return null;
  const [row] = await ch.query<{ n: string; last: string }>(
    'select count() as n, toUnixTimestamp64Milli(max(time)) as last from resolved where workspace_id = 1',
  );
  return { events: Number(row?.n), nowMs: Number(row?.last) + 1 };
}

/** Every report over the API, and the comparison of buyers that is counted each night, as its statement. */
function questionsOf(ch: ClickHouse, when: When): { name: string; ask: () => Promise<unknown> }[] {
  const period = { from: new Date(when.from).toISOString(), to: new Date(when.to).toISOString() };
  const rfm = rfmStatement({
    ...{ workspaceId: 1, position: Number.MAX_SAFE_INTEGER },
    ...{ now: when.to, currency: 'EUR' },
  });
  return [
    ...questions.map(({ name, report, query }) => {
      const path = `/api/reports/${report}?${new URLSearchParams({ ...period, ...query })}`;
      return { name, ask: () => program.ask(path, { 'cache-control': 'no-cache' }) };
    }),
    { name: 'rfm', ask: () => ch.query(`select sum(cityHash64(*)) from (${rfm.sql})`, rfm.params) },
  ];
}

/** What was written by hand may need more memory than the engine has. */
async function isAnswered(name: string, hand: () => Promise<unknown>): Promise<boolean> {
  try {
    await hand();
    return true;
  } catch (thrown) {
    say(`${name}, by hand: ${thrown instanceof Error ? thrown.message : thrown}`);
    return false;
  }
}

/** The first time is for warming up; one after the other, so that both have the same machine. */
async function measureOne(
  ask: () => Promise<unknown>,
  other?: () => Promise<unknown>,
): Promise<{ p50_ms: number; other_ms: number | null }> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const began = performance.now();
  for (let run = 0; run <= runs; run++) {
    if (run > fewestRuns && performance.now() - began > patienceMs) break;
    const ms = await took(ask);
    const otherMs = other && (await took(other));
    if (run === 0) continue;
    ours.push(ms);
    if (otherMs !== undefined) theirs.push(otherMs);
  }
  return {
    p50_ms: Math.round(middle(ours)),
    other_ms: theirs.length > 0 ? Math.round(middle(theirs)) : null,
  };
}

function rounded(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}

async function took(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

function middle(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function table(result: Awaited<ReturnType<typeof measure>>): string {
  const lines = [
    `${result.people.toLocaleString('en')} people, ${result.events.toLocaleString('en')} events of ${result.days} days; ${result.runs} runs; ${result.cores} cores, load ${result.load_before} before.`,
    '',
    `${''.padEnd(20)}   p50 ms  by hand    ratio  a tenth`,
    ...Object.entries(result.reports).map(([name, { p50_ms, handwritten_ms, ratio }]) =>
      [
        name.padEnd(20),
        String(p50_ms).padStart(8),
        String(handwritten_ms ?? '-').padStart(8),
        String(ratio ?? '-').padStart(8),
        String(result.of_a_tenth.reports[name]?.p50_ms ?? '-').padStart(8),
      ].join(' '),
    ),
    '',
  ];
  return lines.join('\n');
}
