import { pace } from './ledger.ts';
import { newProgram, type Program, writeKey } from './program.ts';

const members = 2_000;
const batchSize = 1000;
const lanes = 4;

interface Outcomes {
  items: { ok: boolean; detail?: string }[];
}

/** Over HTTP, against the whole program with embedded engines: four callers, each a batch of spends at one hot seller at a time. */
export async function overHttp(o: {
  seconds: number;
  say: (line: string) => void;
}): Promise<Record<string, number>> {
  const program = await newProgram();
  try {
    await program.start();
    o.say('Giving members of the whole program points to move over HTTP.');
    const path = await fill(program);
    let key = 0;
    const member = () => `user_id:h-${Math.floor(Math.random() * members)}`;
    const spend = () => ({
      key: `s${++key}`,
      kind: 'spend',
      from: { person: member() },
      to: { partner: 'hot' },
      amount: 1,
    });
    const hot = await pace({ callers: lanes, seconds: o.seconds, units: batchSize }, async () => {
      const orders = Array.from({ length: batchSize }, spend);
      const { items } = await program.send<Outcomes>('POST', `${path}/transfers/batch`, { orders });
      const refused = items.find((item) => !item.ok);
      if (refused) throw new Error(refused.detail);
    });
    o.say(
      `http_hot, ${lanes} callers with batches of ${batchSize}: ${hot.perSecond.toLocaleString('en')}/s   p99 ${hot.p99Ms.toFixed(1)} ms a batch`,
    );
    return { http_hot_per_s: hot.perSecond, http_hot_p99_ms: Math.round(hot.p99Ms * 10) / 10 };
  } finally {
    await program.remove();
  }
}

/** A programme whose reserve is paid in by two people, and members with points; the path of its API. */
export async function fill(program: Program, people = members): Promise<string> {
  const made = await program.send<{ id: string }>('POST', '/api/points', {
    name: 'Bench',
    slug: 'bench',
    currency: 'EUR',
  });
  const path = `/api/points/${made.id}`;
  const second = await program.send<{ secret: string }>('POST', '/api/keys', {
    name: 'A second person',
    scopes: ['points:write'],
  });
  const proposal = await program.send<{ id: string }>('POST', `${path}/proposals`, {
    kind: 'pay-in',
    amount: 1_000_000_000_000,
    reason: 'The reserve of the bench',
  });
  const agreed = await fetch(`${program.url}${path}/proposals/${proposal.id}/decide`, {
    method: 'POST',
    headers: { authorization: `Bearer ${second.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ approve: true }),
  });
  if (!agreed.ok) throw new Error(`The reserve was not paid in: ${await agreed.text()}`);
  const ids = Array.from({ length: people }, (_, i) => `h-${i}`);
  for (let i = 0; i < ids.length; i += 100) {
    const batch = ids.slice(i, i + 100).map((userId) => ({ type: 'identify', userId, traits: {} }));
    const sent = await fetch(`${program.url}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch }),
    });
    if (!sent.ok) throw new Error(`The members were not made: ${await sent.text()}`);
  }
  for (let i = 0; i < ids.length; i += 1000) {
    const orders = ids.slice(i, i + 1000).map((id) => ({
      key: `first-${id}`,
      kind: 'earn',
      to: { person: `user_id:${id}` },
      amount: 1_000_000,
      origin: 'purchase',
    }));
    const { items } = await program.send<Outcomes>('POST', `${path}/transfers/batch`, { orders });
    const refused = items.find((item) => !item.ok);
    if (refused) throw new Error(refused.detail);
  }
  return path;
}
