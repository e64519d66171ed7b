import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The child process of `startCrowd`: known customers of a shop who look around and buy, now or in the past. */

export interface CrowdOrder {
  url: string;
  writeKey: string;
  people: number;
  events: number;
  /** Spread over so many days before now; 0: now. */
  days: number;
  /** As fast as they are taken where it is 0. */
  perSecond: number;
  connections: number;
}

const batchSize = 50;
const names = [
  'Product Viewed',
  'Product Viewed',
  'Product Viewed',
  'Product Added',
  'Store Entered',
  'Order Completed',
];

process.once('disconnect', () => process.exit(0));
process.once('message', (order: CrowdOrder) => {
  send(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`The crowd failed: ${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function send(
  order: CrowdOrder,
): Promise<{ seconds: number; sent: number; refused: number; ms: number[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const batches = Math.ceil(order.events / batchSize);
  const startedAt = performance.now();
  const ms: number[] = [];
  let next = 0;
  let refused = 0;
  let number = 0;
  const one = async (dueAt: number) => {
    const body = batchOf(order, () => number++);
    for (let waitMs = 50; !(await post(agent, order, body)); waitMs = Math.min(1_000, waitMs * 2)) {
      refused++;
      await sleep(waitMs);
    }
    ms.push(performance.now() - dueAt);
  };
  if (order.perSecond > 0) {
    const all: Promise<void>[] = [];
    for (; next < batches; next++) {
      const dueAt = startedAt + (next * batchSize * 1000) / order.perSecond;
      const early = dueAt - performance.now();
      if (early > 0) await sleep(early);
      all.push(one(dueAt));
    }
    await Promise.all(all);
  } else {
    const lane = async () => {
      while (next++ < batches) await one(performance.now());
    };
    await Promise.all(Array.from({ length: order.connections }, lane));
  }
  agent.destroy();
  return { seconds: (performance.now() - startedAt) / 1000, sent: batches * batchSize, refused, ms };
}

function batchOf(order: CrowdOrder, count: () => number): string {
  const now = Date.now();
  const batch = Array.from({ length: batchSize }, () => {
    const n = count();
    // Everybody in turn first, then by chance.
    const person = n < order.people ? n : Math.floor(Math.random() * order.people);
    const at = order.days === 0 ? now : now - Math.floor(Math.random() * order.days * 86_400_000);
    const head = {
      userId: `u${person}`,
      messageId: `crowd-${order.days}-${n}-${Math.random().toString(36).slice(2)}`,
      timestamp: new Date(at).toISOString(),
    };
    if (n % 20 === 7)
      return {
        ...head,
        type: 'identify',
        traits: { plan: ['free', 'gold'][person % 2], city: `c${person % 50}` },
      };
    const event = names[n % names.length];
    const price = (n * 37) % 100;
    return {
      ...head,
      type: 'track',
      event,
      properties: {
        product_id: `p-${n % 500}`,
        category: `k${n % 20}`,
        price,
        total: price,
        store_id: `s-${n % 9}`,
      },
    };
  });
  return JSON.stringify({ batch });
}

function post(agent: Agent, order: CrowdOrder, body: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      `${order.url}/v1/batch`,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: `Basic ${Buffer.from(`${order.writeKey}:`).toString('base64')}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode === 200));
      },
    );
    asked.on('error', () => resolve(false));
    asked.end(body);
  });
}
