import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openClickHouse } from '#platform/clickhouse';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { reports } from '../src/modules/insight/catalogue.ts';
import { rfmStatement } from '../src/modules/segments/snapshots/rfm-sql.ts';
import { brandStatements, merged, resolvedStatements } from './rig/brand-sql.ts';
import { byHand } from './rig/by-hand-sql.ts';
import { lifetimeFigures } from './rig/lifetime.ts';
import { clickHouseOf, newProgram } from './rig/program.ts';
import { watchTree } from './rig/watch.ts';

/**
 * How long every report takes on a large brand, and how long statements written by hand take for the same question on
 * the same rows with people already resolved: the whole program with embedded engines, asked over its API with
 * `Cache-Control: no-cache`, so that each answer is really counted. Rows are made in ClickHouse alone (insert from
 * numbers), with the identifiers and the moved ones that the program would have mirrored. Both tables are merged before
 * anything is asked, as the rows of ninety days are in an installation that lived for so long.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    people: { type: 'string', default: '200000' },
    events: { type: 'string', default: '10000000' },
    days: { type: 'string', default: '90' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
});
const runs = Number(values.runs);
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

const program = await newProgram({ env: { PANDO_DEMO: 'off' } });
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
    const nowMs = Date.now();
    const days = Number(values.days);
    const brand = { people: Number(values.people), events: Number(values.events), days, nowMs };
    say(
      `Making ${brand.people.toLocaleString('en')} people and ${brand.events.toLocaleString('en')} events of ${days} days.`,
    );
    const started = performance.now();
    for (const statement of [
      ...brandStatements(brand),
      merged('events'),
      ...resolvedStatements,
      merged('resolved'),
    ])
      await ch.command(statement, {}, { timeoutMs: 1_200_000 });
    say(`Made in ${((performance.now() - started) / 1000).toFixed(0)} s. Asking, ${runs} times each.`);
    const [load = 0] = loadavg();
    const when = { from: nowMs - days * 86_400_000, to: nowMs };
    const timed: Record<string, Timed> = {};
    const wanted = (name: string) => !values.only || values.only.split(',').includes(name);
    const measureOne = async (name: string, ask: () => Promise<unknown>) => {
      const statements = byHand[name]?.(when) ?? [];
      const ours: number[] = [];
      const theirs: number[] = [];
      // The first time is for warming up; one after the other, so that both have the same machine.
      for (let run = 0; run <= runs; run++) {
        const ms = await took(ask);
        if (run > 0) ours.push(ms);
        if (statements.length === 0) continue;
        const handMs = await took(async () => {
          for (const statement of statements) await ch.query(statement);
        });
        if (run > 0) theirs.push(handMs);
      }
      const [p50, hand] = [middle(ours), theirs.length > 0 ? middle(theirs) : null];
      timed[name] = {
        p50_ms: Math.round(p50),
        handwritten_ms: hand === null ? null : Math.round(hand),
        ratio: hand === null ? null : Math.round((p50 / hand) * 100) / 100,
      };
      say(`${name}: ${JSON.stringify(timed[name])}`);
    };
    for (const { name, report, query } of questions) {
      if (!wanted(name)) continue;
      const period = { from: new Date(when.from).toISOString(), to: new Date(when.to).toISOString() };
      const path = `/api/reports/${report}?${new URLSearchParams({ ...period, ...query })}`;
      await measureOne(name, () => program.ask(path, { 'cache-control': 'no-cache' }));
    }
    const rfm = rfmStatement({
      workspaceId: 1,
      position: Number.MAX_SAFE_INTEGER,
      now: nowMs,
      currency: 'EUR',
    });
    const hashed = `select sum(cityHash64(*)) from (${rfm.sql})`;
    if (wanted('rfm')) await measureOne('rfm', () => ch.query(hashed, rfm.params));
    return {
      people: brand.people,
      events: brand.events,
      days,
      runs,
      rows: 'inserted in ClickHouse from numbers, identifiers mirrored, both tables merged',
      cores: availableParallelism(),
      load_before: Math.round(load * 10) / 10,
      reports: timed,
      ...(values.only ? {} : lifetimeFigures()),
      peak_tree_mb: Math.round(watch.peakMb() ?? 0) || null,
    };
  } finally {
    await watch.stop();
    await ch.close();
  }
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
    `${''.padEnd(20)}   p50 ms  by hand    ratio`,
    ...Object.entries(result.reports).map(([name, { p50_ms, handwritten_ms, ratio }]) =>
      [
        name.padEnd(20),
        String(p50_ms).padStart(8),
        String(handwritten_ms ?? '-').padStart(8),
        String(ratio ?? '-').padStart(8),
      ].join(' '),
    ),
    '',
  ];
  return lines.join('\n');
}
