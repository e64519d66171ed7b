import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { askClickHouse } from './rig/click.ts';
import { sendCrowd } from './rig/crowd.ts';
import { measureFill } from './rig/fill.ts';
import { newProgram, writeKey } from './rig/program.ts';
import { hundredRules } from './rig/segment-rules.ts';
import { watchTree } from './rig/watch.ts';

/**
 * How soon segments are right: people with history, a hundred segments, events offered at an even rate to the whole
 * program with embedded engines, and beside them probes: from sending a request to the moment at which the API says
 * that the person is in. Afterwards, how late the changes by time alone were told, and whether live is as afresh.
 * With --fill: how long fifty new segments take to be filled for a million people, and how that compares with
 * statements written by hand.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    people: { type: 'string' },
    history: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '120' },
    profile: { type: 'string' },
    fill: { type: 'boolean', default: false },
    events: { type: 'string', default: '10000000' },
  },
});
const people = Number(values.people ?? (values.fill ? 1_000_000 : 200_000));
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const say = (text: string) => process.stderr.write(`${text}\n`);

const program = await newProgram({
  nodeArgs: values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [],
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
  const result = values.fill ? await fill() : await measure();
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
} finally {
  await leave();
}

async function fill() {
  await program.start();
  return measureFill(program, { people, events: Number(values.events), say });
}

interface Listed {
  items: { id: string; name: string; state: string; size: number | null; error: string | null }[];
  lag_ms: number;
  error: string | null;
}

async function measure() {
  await program.start();
  const target = { url: program.url, writeKey, people, connections: 24 };
  say(`Sending the history of ${people.toLocaleString('en')} people.`);
  const past = await sendCrowd({ ...target, events: Number(values.history), days: 60, perSecond: 0 });
  say(`${Math.round(past.sent / past.seconds).toLocaleString('en')} events/s were taken.`);
  const probe = await program.send<{ id: string }>('POST', '/api/segments', {
    name: 'Probe',
    rule: { did: 'Probe', in: { last: { minutes: 2 } } },
  });
  const filling = performance.now();
  for (const one of hundredRules()) await program.send('POST', '/api/segments', one);
  for (;;) {
    const { items, error } = await program.ask<Listed>('/api/segments');
    const faulty = items.find((one) => one.error !== null);
    if (faulty || error) throw new Error(`A segment is faulty: ${faulty?.error ?? error}`);
    if (items.every((one) => one.state === 'live')) break;
    await sleep(500);
  }
  const fillS = (performance.now() - filling) / 1000;
  say(`101 segments were filled in ${fillS.toFixed(1)} s. Warming up.`);
  const warming = performance.now();
  await quiet();
  await sendCrowd({ ...target, events: rate * 20, days: 0, perSecond: rate });
  await caughtUp();
  const warmS = (performance.now() - warming) / 1000;
  const cpuBefore = watchTree(program);
  say(`Offering ${rate.toLocaleString('en')} events/s for ${seconds} s.`);
  let over = false;
  const probing = probes(probe.id, () => over);
  const lags: number[] = [];
  const watching = (async () => {
    while (!over) {
      lags.push((await lagMs()) ?? Number.POSITIVE_INFINITY);
      await sleep(1_000);
    }
  })();
  const started = performance.now();
  const startedMs = Date.now();
  const sent = await sendCrowd({
    ...target,
    connections: 48,
    events: rate * seconds,
    days: 0,
    perSecond: rate,
  });
  await caughtUp();
  const processedS = (performance.now() - started) / 1000;
  over = true;
  const changes = await probing;
  await watching;
  const cpu = cpuBefore.cpu();
  await cpuBefore.stop();
  say('Proving that live is as afresh.');
  const { items } = await program.send<{ items: { name: string; proof: { different: number } | null }[] }>(
    'POST',
    '/api/segments/proof',
    {},
  );
  const timers = await timersLate();
  const [late, lateBefore] = [true, false].map((after) =>
    timers.filter(({ at }) => at >= startedMs === after).map((one) => one.late),
  ) as [number[], number[]];
  return {
    offered_per_s: rate,
    processed_per_s: Math.round(sent.sent / processedS),
    change_p50_ms: quantile(changes.total, 0.5),
    change_p99_ms: quantile(changes.total, 0.99),
    after_ack_p50_ms: quantile(changes.afterAck, 0.5),
    after_ack_p99_ms: quantile(changes.afterAck, 0.99),
    ack_p50_ms: quantile(sent.ms, 0.5),
    ack_p99_ms: quantile(sent.ms, 0.99),
    probes: changes.total.length,
    timer_late_p99_ms: quantile(late, 0.99),
    timers: late.length,
    // While segments were filled, what time would change was only being looked up.
    timer_late_before_p99_ms: lateBefore.length > 0 ? quantile(lateBefore, 0.99) : null,
    lag_max_ms: Math.max(...lags),
    peak_tree_mb: Math.round(cpuBefore.peakMb() ?? 0) || null,
    fill_101_s: Math.round(fillS * 10) / 10,
    warm_up_s: Math.round(warmS * 10) / 10,
    different: items.reduce((sum, one) => sum + (one.proof?.different ?? 0), 0),
    not_proved: items.filter((one) => !one.proof).length,
    cpu_s: cpu,
    cpu_s_per_100k: {
      program: per100k(cpu.program, sent.sent),
      clickhouse: per100k(cpu.clickhouse, sent.sent),
      postgres: per100k(cpu.postgres, sent.sent),
    },
  };
}

/** The program has nothing to do of its own any more: everybody is at hand. */
async function quiet(): Promise<void> {
  for (let still = 0, looks = 0; still < 3 && looks < 180; looks++) {
    const watch = watchTree(program);
    await sleep(1_000);
    still = watch.cpu().program < 0.2 ? still + 1 : 0;
    await watch.stop();
  }
}

/** How far behind the segments are, ms; null where the program has too much to do to say so. */
async function lagMs(): Promise<number | null> {
  try {
    return (await program.ask<Listed>('/api/segments')).lag_ms;
  } catch {
    return null;
  }
}

/** Everything that was sent is evaluated. */
async function caughtUp(): Promise<void> {
  for (let still = 0; still < 2; ) {
    still = (await lagMs()) === 0 ? still + 1 : 0;
    await sleep(50);
  }
}

async function probes(segment: string, over: () => boolean) {
  const total: number[] = [];
  const afterAck: number[] = [];
  for (let n = 0; !over(); n++) {
    const userId = `u${(n * 7919) % people}`;
    const ask = <T>(path: string) => program.ask<T>(path).catch(() => null);
    const found = await ask<{ items: { id: string }[] }>(`/api/people?identifier=user_id:${userId}`);
    const person = found?.items[0]?.id;
    if (!person) {
      await sleep(100);
      continue;
    }
    const isIn = async () =>
      (await ask<{ in: boolean }>(`/api/segments/${segment}/members/${person}`))?.in ?? false;
    if (await isIn()) continue;
    const sentAt = performance.now();
    const answer = await fetch(`${program.url}/v1/track`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ userId, event: 'Probe', messageId: `probe-${n}` }),
    });
    await answer.arrayBuffer();
    const ackAt = performance.now();
    // Asked without a pause, the question alone would be a tenth of the load.
    while (!(await isIn()) && performance.now() - sentAt < 30_000) await sleep(25);
    total.push(performance.now() - sentAt);
    afterAck.push(performance.now() - ackAt);
    await sleep(100);
  }
  return { total, afterAck };
}

/** From the moment that a change by time alone was due to the round that told it. */
async function timersLate(): Promise<{ at: number; late: number }[]> {
  const text = await askClickHouse(program.home)(
    `select at_ms, noted_ms - at_ms from segment_history final where cause = '{"what":"time"}' format TabSeparated`,
  );
  const rows = text.trimEnd().split('\n').filter(Boolean);
  return rows.map((row) => {
    const [at, late] = row.split('\t').map(Number) as [number, number];
    return { at, late };
  });
}

function per100k(seconds: number, events: number): number {
  return Math.round((seconds / events) * 1e7) / 100;
}

function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0) * 10) / 10;
}
