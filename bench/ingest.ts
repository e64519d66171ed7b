import { parseArgs } from 'node:util';
import { bareInsert } from './rig/bare.ts';
import { type Client, startClient } from './rig/client.ts';
import { newProgram, writeKey } from './rig/program.ts';
import { pastId, rememberPast } from './rig/seed.ts';
import type { Expected } from './rig/shop.ts';
import type { CpuSeconds } from './rig/tree.ts';
import { watchTree } from './rig/watch.ts';

/**
 * How fast events become durable, resolved and readable: a client process sends a shop's events, in batches of 100 over
 * HTTP, to the whole program with embedded engines and fsync on.
 *
 *  1. Throughput. The clock runs from the first request until GET /api/overview counts every event and every person
 *     that was sent, so the time until the last event can be read is in it.
 *  2. Answers under an even load of 70% of that, an open loop: a request's time counts from when it was due.
 *  3. A bare bulk insert of the same rows into the same engine, for comparison.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    events: { type: 'string', default: '1000000' },
    remembered: { type: 'string', default: '10000000' },
    connections: { type: 'string', default: '24' },
    seconds: { type: 'string', default: '60' },
    profile: { type: 'string' },
  },
});
const batchSize = 100;
const events = Math.ceil(Number(values.events) / batchSize) * batchSize;
const remembered = Number(values.remembered);
const connections = Number(values.connections);
const evenSeconds = Number(values.seconds);
const evenShare = 0.7;
const again = 50;

interface Overview {
  events: number;
  people: number;
  known_people: number;
  orders: number;
  revenue: Record<string, string>;
}

const program = await newProgram({
  nodeArgs: values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [],
});
let client: Client | undefined;
let leaving: Promise<void> | undefined;
const leave = () => {
  client?.stop();
  leaving ??= program.remove();
  return leaving;
};
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    say('Stopping; the program and its home are removed.');
    void leave().finally(() => process.exit(code));
  });
}

try {
  const result = await measure();
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
} finally {
  await leave();
}

type Result = Awaited<ReturnType<typeof measure>>;

async function measure() {
  say('Starting the program on a fresh home.');
  await program.start();
  await program.stop();
  if (remembered > 0) {
    say(`Having it remember ${remembered.toLocaleString('en')} message ids.`);
    await rememberPast(program.home, remembered);
  }
  const startingAt = performance.now();
  await program.start();
  const startMs = performance.now() - startingAt;
  client = startClient({ url: program.url, writeKey, seed: 42 });
  await checkMemory();

  const flood = await throughput(client);
  const even = await evenLoad(client, flood.eventsPerSecond);
  say('Inserting the same rows into the same engine, with nothing around it.');
  const bare = await bareInsert(program.home, 1_000_000);
  return {
    events,
    events_per_s: Math.round(flood.eventsPerSecond),
    ack_p50_ms: round(even.sent.p50Ms),
    ack_p99_ms: round(even.sent.p99Ms),
    peak_tree_mb: Math.round(Math.max(flood.peakMb ?? 0, even.peakMb ?? 0)) || null,
    engine_rows_per_s: Math.round(bare.rowsPerSecond),
    people: flood.expected.people,
    remembered,
    bytes_per_event: Math.round(flood.bytes / events),
    acked_per_s: Math.round(events / flood.sent.seconds),
    even_events: even.events,
    even_events_per_s: Math.round(even.eventsPerSecond),
    ack_max_ms: round(even.sent.maxMs),
    sent_again: flood.sent.refused + even.sent.refused,
    cpu_s_per_100k: perHundredThousand({ ...flood.cpu, client: flood.sent.cpuSeconds }, events),
    even_cpu_s_per_100k: perHundredThousand({ ...even.cpu, client: even.sent.cpuSeconds }, even.events),
    second_start_ms: Math.round(startMs),
  };
}

async function throughput(sender: Client) {
  say(`Making ${events.toLocaleString('en')} events.`);
  const { bytes, ...made } = await sender.prepare(events / batchSize, batchSize);
  // The answer is a copy, which the next preparation does not change.
  const { expected } = made;
  say('Sending them as fast as they are taken.');
  const watch = watchTree(program);
  const startedAt = performance.now();
  const sent = await sender.send({ do: 'flood', connections });
  await counted(expected);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = watch.cpu();
  await watch.stop();
  say(`${Math.round(events / seconds).toLocaleString('en')} events/s, all of them counted.`);
  return { expected, bytes, sent, cpu, seconds, eventsPerSecond: events / seconds, peakMb: watch.peakMb() };
}

async function evenLoad(sender: Client, fullRate: number) {
  const batchesPerSecond = (fullRate * evenShare) / batchSize;
  const batches = Math.ceil(batchesPerSecond * evenSeconds);
  const { expected } = await sender.prepare(batches, batchSize);
  say(
    `Offering ${Math.round(batchesPerSecond * batchSize).toLocaleString('en')} events/s for ${evenSeconds} s.`,
  );
  const watch = watchTree(program);
  const sent = await sender.send({ do: 'pace', connections: connections * 2, batchesPerSecond });
  await counted(expected);
  const cpu = watch.cpu();
  await watch.stop();
  return {
    sent,
    cpu,
    events: batches * batchSize,
    eventsPerSecond: batchesPerSecond * batchSize,
    peakMb: watch.peakMb(),
  };
}

/** Resolves when the API counts exactly what was sent; throws when it does not come to that. */
async function counted(expected: Expected): Promise<void> {
  let quietSince = performance.now();
  let before = -1;
  for (;;) {
    const now = await program.ask<Overview>('/api/overview');
    if (now.events >= expected.events) {
      const found: Expected = {
        events: now.events,
        people: now.people,
        known_people: now.known_people,
        orders: now.orders,
        revenueCents: Math.round(Number(now.revenue.EUR ?? 0) * 100),
      };
      if (same(found, expected)) return;
    }
    if (now.events !== before) quietSince = performance.now();
    before = now.events;
    if (performance.now() - quietSince > 10_000) {
      throw new Error(
        `The API counts ${JSON.stringify(now)}, but what was sent is ${JSON.stringify(expected)}.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function same(a: Expected, b: Expected): boolean {
  return (Object.keys(b) as (keyof Expected)[]).every((key) => a[key] === b[key]);
}

/** What was remembered is recognised: none of it is counted again. */
async function checkMemory(): Promise<void> {
  if (remembered < again) return;
  const batch = Array.from({ length: again }, (_, i) => ({
    type: 'track',
    event: 'Sent Again',
    messageId: pastId(Math.floor((i * (remembered - 1)) / (again - 1))),
    anonymousId: `again-${i}`,
    timestamp: new Date().toISOString(),
  }));
  const answer = await fetch(`${program.url}/v1/batch`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ batch }),
  });
  const { items } = await program.ask<{ items: { figures: { duplicates: number } }[] }>('/api/sources');
  const duplicates = items[0]?.figures.duplicates;
  if (!answer.ok || duplicates !== again) {
    throw new Error(`Of ${again} messages that were sent again, ${duplicates} were recognised.`);
  }
}

function perHundredThousand(cpu: CpuSeconds & { client: number }, count: number): Record<string, number> {
  return Object.fromEntries(Object.entries(cpu).map(([who, s]) => [who, round((s / count) * 100_000)]));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function table(result: Result): string {
  const lines: [string, string][] = [
    ['Events, durable, resolved and readable', `${result.events_per_s.toLocaleString('en')} a second`],
    [
      '  sent in batches of 100 over HTTP',
      `${result.events.toLocaleString('en')} of ${result.bytes_per_event} bytes`,
    ],
    ['  people they came from', result.people.toLocaleString('en')],
    ['  message ids remembered beforehand', remembered.toLocaleString('en')],
    [
      `Answer, at ${result.even_events_per_s.toLocaleString('en')} a second, median`,
      `${result.ack_p50_ms} ms`,
    ],
    ['  99 of 100', `${result.ack_p99_ms} ms`],
    [
      'Memory of all processes, at most',
      result.peak_tree_mb === null ? 'not told here' : `${result.peak_tree_mb} MB`,
    ],
    [
      'Bare bulk insert into the same engine',
      `${result.engine_rows_per_s.toLocaleString('en')} rows a second`,
    ],
    ['Processor seconds for 100,000 events', JSON.stringify(result.cpu_s_per_100k).replace(/[{}"]/g, '')],
  ];
  return `\n${lines.map(([what, value]) => `${what.padEnd(48)}${value}`).join('\n')}\n`;
}
