import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#platform/clock';
import { prepareJobs } from '#platform/jobs';
import { createLog } from '#platform/log';
import { loadMigrations } from '#platform/migrations';
import { migratePostgres, openPostgres, startEmbeddedPostgres } from '#platform/postgres';
import { ledgerOn } from '../../test/fixtures/ledger.ts';

const log = createLog({ level: 'warn', pretty: false });

/** The ledger in this process over an embedded Postgres of its own, on a disk and with fsync on; the log follows. */
export async function benchLedger(members: number) {
  const home = mkdtempSync(join('/var/tmp', 'pando-bench-'));
  chmodSync(home, 0o755);
  const engine = await startEmbeddedPostgres({ home, log, clock: systemClock });
  const pg = await openPostgres({ url: engine.url, log, clock: systemClock, poolSize: 40 });
  await migratePostgres(pg, loadMigrations('pg'), log);
  await prepareJobs(pg);
  const ledger = await ledgerOn(pg);
  ledger.transparency.start();
  const workspaceId = await ledger.newBrand();
  const programme = await ledger.newProgramme(workspaceId, 1_000_000_000_000);
  const keys: number[] = [];
  for (let i = 0; i < members; i += 1000) {
    const names = Array.from({ length: Math.min(1000, members - i) }, (_, n) => `member-${i + n}`);
    keys.push(...(await ledger.newPeople(workspaceId, names)));
  }
  return {
    ...ledger,
    workspaceId,
    programme,
    members: keys,
    async remove() {
      await ledger.points.stop();
      await ledger.transparency.stop();
      await pg.close();
      await engine.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
export type BenchLedger = Awaited<ReturnType<typeof benchLedger>>;

/** Runs so many loops at once for so long; how many steps a second were done, and how long each took. */
export async function pace(
  o: { callers: number; seconds: number; units?: number },
  step: (caller: number, turn: number) => Promise<void>,
): Promise<{ perSecond: number; p99Ms: number }> {
  const times: number[] = [];
  const began = performance.now();
  const until = began + o.seconds * 1000;
  await Promise.all(
    Array.from({ length: o.callers }, async (_, caller) => {
      for (let turn = 0; performance.now() < until; turn++) {
        const at = performance.now();
        await step(caller, turn);
        times.push(performance.now() - at);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  return {
    perSecond: Math.round((times.length * (o.units ?? 1)) / seconds),
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

/**
 * The plain way, as a yardstick: for each transfer a transaction of its own that locks by updating both balances and
 * inserts two entries. No lots, no keys, no limits, no reserve, no log.
 */
export async function plainWay(ledger: BenchLedger, accounts: number) {
  const { pg } = ledger;
  await pg.raw.query(`
    create table plain_accounts (id bigint primary key, balance bigint not null) with (fillfactor = 45);
    insert into plain_accounts select n, 1000000000 from generate_series(0, ${accounts}) as n;
    create table plain_entries (id bigserial primary key, account bigint not null, amount bigint not null, at timestamptz default now());
    create index on plain_entries (account, id);`);
  return async (from: number, to: number) => {
    const client = await pg.raw.connect();
    const change = (id: number, by: number) =>
      client.query({
        name: 'plain_change',
        text: 'update plain_accounts set balance = balance + $2 where id = $1',
        values: [id, by],
      });
    const enter = (id: number, by: number) =>
      client.query({
        name: 'plain_enter',
        text: 'insert into plain_entries (account, amount) values ($1, $2)',
        values: [id, by],
      });
    try {
      await client.query('begin');
      // In the order of their numbers, so that no two wait for each other in a circle.
      const [low, high] = from < to ? [from, to] : [to, from];
      await change(low, low === from ? -1 : 1);
      await change(high, high === from ? -1 : 1);
      await enter(from, -1);
      await enter(to, 1);
      await client.query('commit');
    } finally {
      client.release();
    }
  };
}
