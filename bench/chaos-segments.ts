import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sendCrowd } from './rig/crowd.ts';
import { newProgram, writeKey } from './rig/program.ts';
import { hundredRules } from './rig/segment-rules.ts';

/**
 * Kills the program with SIGKILL in the middle of load, again and again, and proves after each restart that who is in
 * the segments is who is in when they are computed afresh. Exits with 1 where it is not.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    segments: { type: 'string', default: '20' },
    rate: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);
const program = await newProgram();
let leaving: Promise<void> | undefined;
const leave = () => (leaving ??= program.remove());
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void leave().finally(() => process.exit(code)));
}

interface Proved {
  items: { name: string; proof: { different: number; people: number } | null; error: string | null }[];
}

const faults: string[] = [];
try {
  await program.start();
  const crowd = { url: program.url, writeKey, people: 2_000, days: 0, connections: 8 };
  await sendCrowd({ ...crowd, events: 10_000, days: 60, perSecond: 0 });
  const rules = hundredRules();
  const every = Math.max(1, Math.floor(rules.length / Number(values.segments)));
  for (const one of rules.filter((_, n) => n % every === 0)) await program.send('POST', '/api/segments', one);
  for (let kill = 1; kill <= Number(values.kills); kill++) {
    const rate = Number(values.rate);
    const load = sendCrowd({ ...crowd, events: rate * 6, perSecond: rate });
    // At first in the middle of filling, later in the middle of evaluating.
    await sleep(300 + Math.random() * 4_000);
    process.kill(program.pid(), 'SIGKILL');
    await program.ended();
    await program.start();
    await load;
    const found = await proved();
    const wrong = found.filter((one) => !one.proof || one.proof.different > 0);
    for (const one of wrong)
      faults.push(
        `After kill ${kill}: ${one.name}: ${one.proof ? `${one.proof.different} people differ` : one.error}`,
      );
    const people = found.reduce((sum, one) => sum + (one.proof?.people ?? 0), 0);
    say(
      `${String(kill).padStart(3)}  ${found.length} segments with ${people} members, ${wrong.length} differ`,
    );
  }
} finally {
  await leave();
}
say(faults.length === 0 ? 'After every restart live was as afresh.' : faults.join('\n'));
if (values.json) process.stdout.write(`${JSON.stringify({ kills: Number(values.kills), faults })}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function proved(): Promise<Proved['items']> {
  const until = performance.now() + 120_000;
  for (;;) {
    const { items } = await program.send<Proved>('POST', '/api/segments/proof', {});
    if (items.every((one) => one.proof) || performance.now() > until) return items;
    await sleep(500);
  }
}
