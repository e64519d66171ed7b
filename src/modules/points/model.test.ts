import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ManualClock, manualClock, systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres } from '#platform/postgres';
import { type Ledger, ledgerOn } from '../../../test/fixtures/ledger.ts';
import { history, insist, play } from '../../../test/fixtures/points-history.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';

/** `PANDO_HISTORIES=100000` for a long one. */
const histories = Number(process.env.PANDO_HISTORIES ?? 3000);
const lanes = 6;
/** That each lane plays one after the other, before all lanes wait for the laws to be looked at. */
const aLane = 5;
const groupsAWorkspace = 4;

let database: Awaited<ReturnType<typeof testPostgres>>;
let tables: { ledger: Ledger; clock: ManualClock }[];
beforeAll(async () => {
  database = await testPostgres();
  const url = new URL(database.url);
  // What is tested here is what is decided; that it is on disk, the chaos run tests.
  url.searchParams.set('options', '-c synchronous_commit=off');
  tables = await Promise.all(
    Array.from({ length: lanes }, async () => {
      const log = createLog({ level: 'silent', pretty: false });
      const opened = await openPostgres({ url: url.href, log, clock: systemClock, poolSize: 3 });
      const clock = manualClock(Date.UTC(2026, 5, 1, 12));
      return { ledger: await ledgerOn(opened, { clock }), clock };
    }),
  );
});
afterAll(async () => {
  for (const { ledger } of tables ?? []) await ledger.pg.close();
  await database.drop();
});

async function newWorld() {
  const [first] = tables;
  if (!first) throw new Error('There is no table to play at.');
  const workspaceId = await insist(() => first.ledger.newBrand());
  const people = await insist(() => first.ledger.newPeople(workspaceId, ['ann', 'bob', 'cy']));
  return { workspaceId, people };
}

const group = fc.array(history, { minLength: lanes * aLane, maxLength: lanes * aLane });

type Played = Parameters<typeof play>[4];

async function playLanes({ workspaceId, people }: Awaited<ReturnType<typeof newWorld>>, played: Played[]) {
  await Promise.all(
    tables.map(async ({ ledger, clock }, lane) => {
      for (const one of played.filter((_, i) => i % lanes === lane))
        await play(ledger, clock, workspaceId, people, one);
    }),
  );
}

async function playGroup(world: Awaited<ReturnType<typeof newWorld>>, played: Played[]) {
  await playLanes(world, played);
  expect(await broken(world.workspaceId)).toEqual([]);
}

async function broken(workspaceId: number) {
  const ask = 'select * from points_laws where workspace_id = $1';
  return insist(() => database.pg.asSystem((tx) => tx.query(ask, [workspaceId])));
}

test(
  `${histories} random histories end as the model says, and break no law`,
  async () => {
    let world = await newWorld();
    let groups = 0;
    await fc.assert(
      fc.asyncProperty(group, async (played) => {
        if (++groups % groupsAWorkspace === 0) world = await newWorld();
        await playGroup(world, played);
      }),
      { numRuns: Math.ceil(histories / (lanes * aLane)), endOnFailure: true },
    );
  },
  histories * 200,
);

test('so do histories whose connections are killed all the time', async () => {
  const killer = new pg.Client({ connectionString: database.url });
  await killer.connect();
  let over = false;
  let killed = 0;
  const killing = (async () => {
    while (!over) {
      const { rowCount } = await killer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and application_name = 'pando'
           and state <> 'idle' order by random() limit 1`,
      );
      killed += rowCount ?? 0;
      await systemClock.sleep(100);
    }
  })();
  try {
    const world = await newWorld();
    const runs = Math.max(1, Math.ceil(histories / 50 / (lanes * aLane)));
    for (const played of fc.sample(group, { numRuns: runs })) await playLanes(world, played);
    over = true;
    await killing;
    expect(killed).toBeGreaterThan(5);
    expect(await broken(world.workspaceId)).toEqual([]);
  } finally {
    over = true;
    await killing;
    await killer.end();
  }
}, 300_000);
