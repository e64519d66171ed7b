import { closeSync, fsyncSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Order, Sent } from './client.ts';
import { Shop } from './shop.ts';

/** The child process: makes requests beforehand, into a file, so that sending them costs next to nothing. */

const { url, writeKey, seed } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  writeKey: string;
  seed: number;
};
const shop = new Shop(seed);
const file = openScratchFile();
let end = 0;
let prepared: { at: number; length: number }[] = [];

process.once('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  carryOut(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`The client failed: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function carryOut(order: Order): Promise<Answer> {
  if (order.do === 'prepare') return prepare(order.batches, order.size);
  const batches = prepared;
  prepared = [];
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const latencies: number[] = [];
  let refused = 0;
  const send = async (batch: { at: number; length: number }, dueAt: number) => {
    let waitMs = 50;
    while (!(await post(agent, read(batch)))) {
      refused++;
      await sleep(waitMs);
      waitMs = Math.min(waitMs * 2, 1_000);
    }
    latencies.push(performance.now() - dueAt);
  };
  if (order.do === 'pace') {
    const all: Promise<void>[] = [];
    for (const [i, batch] of batches.entries()) {
      const dueAt = startedAt + (i * 1000) / order.batchesPerSecond;
      const early = dueAt - performance.now();
      if (early > 0) await sleep(early);
      all.push(send(batch, dueAt));
    }
    await Promise.all(all);
  } else {
    let next = 0;
    const lane = async () => {
      for (let batch = batches[next++]; batch; batch = batches[next++]) await send(batch, performance.now());
    };
    await Promise.all(Array.from({ length: order.connections }, lane));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  const cpu = process.cpuUsage(before);
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
  return {
    seconds,
    batches: batches.length,
    refused,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: latencies.at(-1) ?? 0,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  } satisfies Sent;
}

function prepare(batches: number, size: number): Answer {
  const from = end;
  for (let i = 0; i < batches; i++) {
    const body = Buffer.from(shop.batch(size, Date.now()));
    writeSync(file, body, 0, body.length, end);
    prepared.push({ at: end, length: body.length });
    end += body.length;
  }
  fsyncSync(file);
  return { expected: shop.expected, bytes: end - from };
}

function read({ at, length }: { at: number; length: number }): Buffer {
  const body = Buffer.allocUnsafe(length);
  readSync(file, body, 0, length, at);
  return body;
}

const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
const to = new URL(url);

/** True when it was answered with 200. */
function post(agent: Agent, body: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const sending = request(
      {
        host: to.hostname,
        port: to.port,
        method: 'POST',
        path: '/v1/batch',
        agent,
        headers: { authorization, 'content-type': 'application/json', 'content-length': body.length },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode === 200));
        answer.once('error', () => resolve(false));
      },
    );
    sending.once('error', () => resolve(false));
    sending.end(body);
  });
}

/** Its name is gone at once, its space when this process ends. */
function openScratchFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'pando-bench-client-'));
  const opened = openSync(join(folder, 'batches'), 'w+');
  rmSync(folder, { recursive: true });
  process.once('exit', () => closeSync(opened));
  return opened;
}
