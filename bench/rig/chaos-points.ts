import { setTimeout as sleep } from 'node:timers/promises';
import { primitives } from '#modules/transparency';
import { checkReceipt, parseVerifierKey } from '#platform/tlog';
import { fill } from './points-http.ts';
import { newProgram, type Program } from './program.ts';
import { postmasterOf } from './tree.ts';

const batchSize = 40;
const lanes = 4;
const people = 300;
const comesBackWithinMs = 120_000;

interface Outcome {
  ok: boolean;
  id?: string;
  amount?: number;
  type?: string;
}
interface Movement {
  id: string;
  amount: number;
}

export async function runPointsChaos(o: { kills: number; seed: number; say: (line: string) => void }) {
  const program = await newProgram();
  let finished = false;
  const load = { acknowledged: new Map<string, Movement>(), sentAgain: 0, stopped: false, batches: 0 };
  try {
    await program.start();
    const path = await fill(program, people);
    const first = await patient(() =>
      program.send<Movement>('POST', `${path}/transfers/batch`, { orders: [order('before-all')] }),
    );
    const firstId = (first as unknown as { items: Movement[] }).items[0]?.id ?? '';
    const receipt = await patient(() =>
      program.ask<{ text: string }>(`${path}/transfers/${firstId}/receipt`),
    );
    const checkpoints: string[] = [];
    const supervision = supervise(program, () => finished);
    const running = Promise.all(Array.from({ length: lanes }, (_, lane) => run(program, path, lane, load)));
    const random = randomFrom(o.seed);
    for (let i = 0; i < o.kills; i++) {
      const before = load.batches;
      await until(() => load.batches > before + lanes);
      await sleep(200 + random() * 1500);
      checkpoints.push(await patient(() => text(program, '/log/bench/checkpoint')));
      const victim = i % 2 === 0 ? 'program' : 'postgres';
      const pid = victim === 'program' ? program.pid() : postmasterOf(program.home);
      const at = performance.now();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      const killed = load.batches;
      await until(() => load.batches > killed + lanes);
      o.say(
        `${String(i + 1).padStart(3)}  killed ${victim.padEnd(9)} moving again after ${Math.round(performance.now() - at)} ms`,
      );
    }
    load.stopped = true;
    await running;
    const faults = await examine(program, path, { ...load, receipt: receipt.text, firstId, checkpoints });
    finished = true;
    const { logged } = faults;
    await program.stop();
    await supervision;
    return {
      acknowledged: load.acknowledged.size,
      sentAgain: load.sentAgain,
      logged,
      faults: faults.list,
    };
  } finally {
    finished = true;
    load.stopped = true;
    await program.remove();
  }
}

let number = 0;
const order = (key: string) => ({
  key,
  kind: 'spend',
  from: { person: `user_id:h-${number++ % people}` },
  to: { partner: 'hot' },
  amount: 1 + (number % 3),
});

/** Keeps every batch until it is answered; the same keys each time. */
async function run(
  program: Program,
  path: string,
  lane: number,
  load: { acknowledged: Map<string, Movement>; sentAgain: number; stopped: boolean; batches: number },
): Promise<void> {
  for (let turn = 0; !load.stopped; turn++) {
    const orders = Array.from({ length: batchSize }, (_, i) => order(`${lane}-${turn}-${i}`));
    for (;;) {
      try {
        const { items } = await program.send<{ items: Outcome[] }>('POST', `${path}/transfers/batch`, {
          orders,
        });
        items.forEach((item, i) => {
          if (!item.ok) throw new Error(`An order was refused: ${item.type}`);
          load.acknowledged.set(orders[i]?.key ?? '', { id: item.id ?? '', amount: item.amount ?? 0 });
        });
        break;
      } catch {
        load.sentAgain++;
        await sleep(100);
      }
    }
    load.batches++;
  }
}

async function examine(
  program: Program,
  path: string,
  o: {
    acknowledged: Map<string, Movement>;
    receipt: string;
    firstId: string;
    checkpoints: readonly string[];
  },
): Promise<{ list: string[]; logged: number }> {
  const list: string[] = [];
  const moved = [...o.acknowledged.values()];
  const ids = new Set(moved.map(({ id }) => id));
  if (ids.size !== moved.length)
    list.push(`${moved.length - ids.size} movements were acknowledged twice under other keys.`);
  // What the seller has is what was acknowledged and nothing more: none is missing, none is double.
  const expected = moved.reduce((sum, { amount }) => sum + amount, 0);
  const { wallet } = await patient(() => program.ask<{ wallet: number }>(`${path}/balances?partner=hot`));
  const { items } = await patient(() => program.ask<{ items: Movement[] }>(`${path}/transfers/${o.firstId}`));
  const all = expected + (items[0]?.amount ?? 0);
  if (wallet !== all) list.push(`The seller has ${wallet} points, ${all} were acknowledged.`);
  const laws = await patient(() => program.send<{ items: { says: string }[] }>('POST', `${path}/laws`, {}));
  for (const { says } of laws.items) list.push(`A law is broken: ${says}.`);
  // The log: whole, and no smaller or other than at any time before.
  const sizeOf = (checkpoint: string) => Number(checkpoint.split('\n')[1]);
  const newest = await patient(async () => {
    const checkpoint = await text(program, '/log/bench/checkpoint');
    // Beside these, what every member was given, the reserve, and the first movement.
    if (sizeOf(checkpoint) < moved.length + people + 2) throw new Error('The log is on its way.');
    return checkpoint;
  });
  const sizes = [...o.checkpoints, newest].map(sizeOf);
  if (sizes.some((size, i) => i > 0 && size < (sizes[i - 1] ?? 0)))
    list.push(`The log went back: ${sizes.join(', ')}.`);
  // What was given out before the first kill, and what is given out now: against the log as it is now.
  const key = parseVerifierKey(primitives, await text(program, '/log/bench/key'));
  if (!key) throw new Error('The log has no key.');
  const read = async (path: string) => {
    const answer = await fetch(`${program.url}/log/bench/${path}`);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  };
  const given = await Promise.all(
    [...[...ids].slice(0, 20), ...[...ids].slice(-20)].map((id) =>
      patient(() => program.ask<{ text: string }>(`${path}/transfers/${id}/receipt`)),
    ),
  );
  for (const receipt of [o.receipt, ...given.map((one) => one.text)]) {
    const { fault, index } = await checkReceipt(primitives, receipt, { keys: [key], read });
    if (fault) list.push(`The receipt of leaf ${index} does not verify: ${fault}.`);
  }
  return { list, logged: sizes.at(-1) ?? 0 };
}

async function text(program: Program, path: string): Promise<string> {
  const answer = await fetch(program.url + path);
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
  return answer.text();
}

async function patient<T>(ask: () => Promise<T>): Promise<T> {
  const last = performance.now() + comesBackWithinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > last) throw error;
      await sleep(200);
    }
  }
}

async function until(reached: () => boolean): Promise<void> {
  const last = performance.now() + comesBackWithinMs;
  while (!reached()) {
    if (performance.now() > last) throw new Error('Points did not move again in time.');
    await sleep(20);
  }
}

/** As systemd would: the program is started again when it ended; Postgres is its own business. */
async function supervise(program: Program, finished: () => boolean): Promise<void> {
  while (!finished()) {
    await program.ended();
    if (finished()) return;
    await program.start();
  }
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}
