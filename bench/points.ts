import { parseArgs } from 'node:util';
import type { Order } from '#modules/points';
import { type BenchLedger, benchLedger, pace, plainWay } from './rig/ledger.ts';
import { overHttp } from './rig/points-http.ts';

/**
 * How fast points move: below HTTP in one process with an embedded Postgres, fsync on, and everything in (lots, keys,
 * limits, reserve, the public log following); then over HTTP against the whole program. Hot: one seller's account is
 * the other side of every movement; spread: between members by chance. In the same run, the plain way as a yardstick.
 * `--only NAME` runs what begins so (batch, single_hot, plain, http), `--no-http` all but the last.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    members: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '8' },
    http: { type: 'boolean', default: true },
    only: { type: 'string' },
  },
  allowNegative: true,
});
const seconds = Number(values.seconds);
const say = (line: string) => process.stderr.write(`${line}\n`);

const results: Record<string, number> = {};
const wanted = (name: string) => !values.only || name.startsWith(values.only);
if (values.only !== 'http') {
  const ledger = await benchLedger(Number(values.members));
  try {
    await measure(ledger);
  } finally {
    await ledger.remove();
  }
}
if (values.http && wanted('http')) Object.assign(results, await overHttp({ seconds, say }));
process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : table());

async function measure(l: BenchLedger) {
  let number = 0;
  const member = () => l.members[Math.floor(Math.random() * l.members.length)] ?? 0;
  const base = () => ({ programme: l.programme.uuid, key: `b${++number}` });
  const hot = (): Order => ({
    ...base(),
    kind: 'spend',
    from: { person: member() },
    to: { partner: 'hot' },
    amount: 1,
  });
  function spread(): Order {
    const from = member();
    let to = member();
    while (to === from) to = member();
    return { ...base(), kind: 'transfer', from: { person: from }, to: { person: to }, amount: 1 };
  }
  const single = (make: () => Order) => async () => void (await l.points.transfer(l.workspaceId, make()));
  const batch = (make: () => Order, size: number) => async () => {
    const done = await l.points.transferMany(l.workspaceId, Array.from({ length: size }, make));
    const refused = done.find((outcome) => !outcome.ok);
    if (refused && !refused.ok) throw refused.refusal;
  };

  say(`Giving ${l.members.length} members points to move.`);
  for (let i = 0; i < l.members.length; i += 1000) {
    await l.points.transferMany(
      l.workspaceId,
      l.members.slice(i, i + 1000).map((person) => ({
        ...base(),
        kind: 'earn',
        to: { person },
        amount: 1_000_000,
        origin: 'purchase',
      })),
    );
  }
  await l.pg.raw.query('vacuum analyze');
  await l.transparency.settled();

  async function run(name: string, o: { callers: number; units?: number }, step: () => Promise<void>) {
    if (!wanted(name)) return;
    const { perSecond, p99Ms } = await pace({ seconds, ...o }, step);
    results[`${name}_per_s`] = perSecond;
    results[`${name}_p99_ms`] = Math.round(p99Ms * 10) / 10;
    say(`${name.padEnd(24)} ${perSecond.toLocaleString('en').padStart(9)}/s   p99 ${p99Ms.toFixed(1)} ms`);
  }

  const sizeBefore = await stored(l);
  const movedBefore = await moved(l);
  const lag = followLag(l);
  for (const size of [100, 1000]) {
    await run(`batch${size}_hot`, { callers: 4, units: size }, batch(hot, size));
    await run(`batch${size}_spread`, { callers: 4, units: size }, batch(spread, size));
  }
  results.log_lag_ms = await lag.stop();
  await l.transparency.settled();
  for (const callers of [1, 8, 32]) {
    await run(`single_hot_${callers}`, { callers }, single(hot));
    await run(`single_spread_${callers}`, { callers }, single(spread));
  }
  await l.transparency.settled();
  const rows = (await moved(l)) - movedBefore;
  if (rows > 0) results.bytes_per_transfer = Math.round(((await stored(l)) - sizeBefore) / rows);
  const plain = await plainWay(l, l.members.length);
  const one = () => 1 + Math.floor(Math.random() * l.members.length);
  await run('plain_hot_32', { callers: 32 }, () => plain(one(), 0));
  await run('plain_spread_32', { callers: 32 }, () => {
    const from = one();
    return plain(from, (from % l.members.length) + 1);
  });
  results.batch_hot_per_s = results.batch1000_hot_per_s ?? 0;
  results.batch_spread_per_s = results.batch1000_spread_per_s ?? 0;
  results.p99_ms = results.single_hot_32_p99_ms ?? 0;
}

/** Bytes on disk of the ledger and of the public log, indexes and all. */
async function stored({ pg }: BenchLedger): Promise<number> {
  const { rows } = await pg.raw.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(c.oid))::bigint as bytes from pg_class c
     where c.relnamespace = 'pando'::regnamespace and c.relkind = 'r' and c.relname ~ '^(points|transparency)_'`,
  );
  return rows[0]?.bytes ?? 0;
}

async function moved({ pg }: BenchLedger): Promise<number> {
  const { rows } = await pg.raw.query<{ n: number }>('select count(*) as n from points_transfers');
  return rows[0]?.n ?? 0;
}

/** How long the oldest leaf that is not numbered yet has been waiting, under load: the worst that was seen. */
function followLag(l: BenchLedger) {
  let worst = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      const { rows } = await l.pg.raw.query<{ at: number | null }>(
        `select (select at from points_transfers where workspace_id = $1 and id =
           (select min(id) from transparency_pending where workspace_id = $1)) as at`,
        [l.workspaceId],
      );
      const at = rows[0]?.at;
      if (at) worst = Math.max(worst, Date.now() - at);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return worst;
    },
  };
}

function table(): string {
  return `\n${Object.entries(results)
    .map(([name, value]) => `${name.padEnd(30)}${value.toLocaleString('en')}`)
    .join('\n')}\n`;
}
