import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '#modules/points';
import { manualClock, systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres } from '#platform/postgres';
import { dataFolder } from './data.ts';
import { type Ledger, ledgerOn } from './fixtures/ledger.ts';
import { testPostgres } from './fixtures/postgres.ts';

const folder = dataFolder();
const dayMs = 86_400_000;

/** Complete Journey: 75,000 transactions of a grocer's households in 2017, and the coupons they redeemed. */
function readJourney(from: string) {
  const rows = (file: string) =>
    gunzipSync(readFileSync(join(from, 'complete-journey', `${file}.csv.gz`)))
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(/["\r]/g, '').split(','));
  const table = (file: string) => {
    const [head = [], ...lines] = rows(file);
    return lines.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i] ?? ''])));
  };
  const baskets = new Map<
    string,
    { household: string; basket: string; day: number; week: number; cents: number }
  >();
  const bought = table('transactions_sample');
  for (const row of bought) {
    const basket = row.basket_id ?? '';
    const day = Math.floor(Date.parse(`${row.transaction_timestamp?.replace(' ', 'T')}Z`) / dayMs);
    const known = baskets.get(basket) ?? {
      household: row.household_id ?? '',
      basket,
      day,
      week: Number(row.week),
      cents: 0,
    };
    known.cents += Math.round(Number(row.sales_value) * 100);
    baskets.set(basket, known);
  }
  const coupons = table('coupon_redemptions').map((row, i) => ({
    household: row.household_id ?? '',
    day: Math.floor(Date.parse(`${row.redemption_date}T00:00:00Z`) / dayMs),
    key: `coupon-${i}`,
  }));
  return {
    lines: bought.length,
    baskets: [...baskets.values()].filter(({ cents }) => cents >= 100),
    coupons,
  };
}

const couponPoints = 5;
const heldDays = 14;
const expiresDays = 26 * 7;
const pointsOf = (basket: { cents: number; week: number }) =>
  Math.floor(basket.cents / 100) * (basket.week === 10 ? 2 : 1);

let database: Awaited<ReturnType<typeof testPostgres>>;
let ledger: Ledger;
const clock = manualClock(0);
beforeAll(async () => {
  database = await testPostgres();
  // What is asked here is what comes of it; that it is on disk, the chaos run tests.
  const url = new URL(database.url);
  url.searchParams.set('options', '-c synchronous_commit=off');
  const log = createLog({ level: 'silent', pretty: false });
  ledger = await ledgerOn(await openPostgres({ url: url.href, log, clock: systemClock, poolSize: 8 }), {
    clock,
  });
});
afterAll(async () => {
  await ledger.pg.close();
  await database.drop();
});

test.skipIf(!folder)(
  'Complete Journey through an earning rule ends at the same balances, however it arrives',
  async () => {
    const journey = readJourney(folder ?? '');
    expect(journey.lines).toBe(75_000);
    const workspaceId = await ledger.newBrand();
    const names = [
      ...new Set([...journey.baskets, ...journey.coupons].map(({ household }) => household)),
    ].sort();
    const keys: number[] = [];
    for (let i = 0; i < names.length; i += 1000)
      keys.push(...(await ledger.newPeople(workspaceId, names.slice(i, i + 1000))));
    const keyOf = new Map(names.map((name, i) => [name, keys[i] ?? 0]));

    /** Day by day; within a day in the order that is given, in batches of a size. */
    async function run(shuffle: <T>(list: T[]) => T[], size: number, again: boolean) {
      const programme = (await ledger.newProgramme(workspaceId, 10_000_000)).uuid;
      const common = (key: string, household: string) => ({
        programme,
        key,
        party: { person: keyOf.get(household) ?? 0 },
      });
      const earned = journey.baskets.map((basket) => {
        const { party, ...rest } = common(`earn-${basket.basket}`, basket.household);
        const order: Order = {
          ...rest,
          kind: 'earn',
          to: party,
          amount: pointsOf(basket),
          origin: 'purchase',
          expires: new Date((basket.day + expiresDays) * dayMs).toISOString().slice(0, 10),
          hold: { until: new Date((basket.day + heldDays) * dayMs), atEnd: 'settle' },
        };
        return { day: basket.day, order };
      });
      const spent = journey.coupons.map(({ household, day, key }) => {
        const { party, ...rest } = common(key, household);
        return { day, order: { ...rest, kind: 'spend', from: party, amount: couponPoints } as Order };
      });
      const byDay = Map.groupBy([...earned, ...spent], ({ day }) => day);
      const days = [...byDay.keys()].sort((a, b) => a - b);
      const [first = 0, last = 0] = [days[0], days.at(-1)];
      let refused = 0;
      for (let day = first; day <= last; day++) {
        clock.advance(Math.max(0, day * dayMs - clock.ms()));
        await ledger.points.sweep.endHolds(workspaceId, programme);
        await ledger.points.sweep.expireDue(workspaceId, programme);
        const orders = (byDay.get(day) ?? []).map(({ order }) => order);
        // Coupons come after the day's baskets, whose points are held anyway.
        const mine = ['earn', 'spend'].flatMap((kind) =>
          shuffle(orders.filter((order) => order.kind === kind)),
        );
        for (let i = 0; i < mine.length; i += size) {
          const part = mine.slice(i, i + size);
          const outcomes = await ledger.points.transferMany(workspaceId, part);
          refused += outcomes.filter((outcome) => !outcome.ok).length;
          const done = part.filter((_, n) => outcomes[n]?.ok);
          if (again && day % 7 === 0) await ledger.points.transferMany(workspaceId, done);
        }
      }
      return { programme, refused, balances: await balances(programme) };
    }

    async function balances(programme: string) {
      return database.pg.asSystem((tx) =>
        tx.query(
          `select p.owner, p.a, p.b from points_accounts p join points_programmes g on g.id = p.programme_id
           where g.uuid = $1 and p.kind = 0 order by p.owner`,
          [programme],
        ),
      );
    }

    const start = (Math.min(...journey.baskets.map(({ day }) => day)) - 1) * dayMs;
    clock.advance(start - clock.ms());
    const straight = await run((list) => list, 1000, false);
    clock.advance(start - clock.ms());
    const shuffled = await run(shuffledBy(7), 90, true);
    expect(shuffled.balances).toEqual(straight.balances);
    expect(shuffled.refused).toBe(straight.refused);
    expect(await independent(straight.programme)).toEqual(straight.balances);
    expect(
      await database.pg.asSystem((tx) =>
        tx.query('select * from points_laws where workspace_id = $1', [workspaceId]),
      ),
    ).toEqual([]);
    process.stderr.write(
      `${journey.lines} lines in ${journey.baskets.length} baskets, ${journey.coupons.length} coupons of which ` +
        `${straight.refused} were not covered.\n`,
    );

    /**
     * The same in a few lines of SQL that know nothing of the ledger: each coupon that is covered takes the points that
     * run out first; told by the running balance, since every lot of a household runs out in the order it was earned.
     */
    async function independent(programme: string) {
      const last = Math.max(
        ...journey.baskets.map(({ day }) => day),
        ...journey.coupons.map(({ day }) => day),
      );
      return database.pg.asSystem(async (tx) => {
        await tx.query('create temp table earned (owner bigint, day int, points int) on commit drop');
        await tx.query('insert into earned select * from unnest($1::bigint[], $2::int[], $3::int[])', [
          journey.baskets.map(({ household }) => keyOf.get(household)),
          journey.baskets.map(({ day }) => day),
          journey.baskets.map(pointsOf),
        ]);
        await tx.query('create temp table used (owner bigint, day int, coupons int) on commit drop');
        await tx.query('insert into used select * from unnest($1::bigint[], $2::int[], $3::int[])', [
          journey.coupons.map(({ household }) => keyOf.get(household)),
          journey.coupons.map(({ day }) => day),
          journey.coupons.map(() => 1),
        ]);
        await tx.query('create index on earned (owner, day)');
        await tx.query('create index on used (owner, day)');
        await tx.query(
          `create temp table flow on commit drop as
           select h.owner, d.day,
             coalesce((select sum(points) from earned e where e.owner = h.owner and e.day = d.day - ${heldDays}), 0) as released,
             coalesce((select sum(points) from earned e where e.owner = h.owner and e.day = d.day - ${expiresDays} - 1), 0) as over,
             coalesce((select sum(coupons) from used u where u.owner = h.owner and u.day = d.day), 0) as coupons
           from (select owner from earned union select owner from used) h
           cross join generate_series(${start / dayMs}, ${last}) as d (day)`,
        );
        await tx.query('create index on flow (owner, day); analyze flow');
        // Of a day: gone is what was spent or ran out so far, always the points that were earned first. What has run
        // out by then is lost unless it was spent; what may be spent is all that was released, less what is gone.
        return tx.query(
          `with recursive walk as (
             select distinct owner, $3::int - 1 as day, 0::numeric as released, 0::numeric as over, 0::numeric as gone from flow
             union all
             select w.owner, f.day, w.released + f.released, w.over + f.over,
               greatest(w.gone, w.over + f.over) + $5 * least(f.coupons,
                 floor((w.released + f.released - greatest(w.gone, w.over + f.over)) / $5))
             from walk w join flow f on f.owner = w.owner and f.day = w.day + 1
           )
           select w.owner, (w.released - w.gone)::bigint as a,
             coalesce((select sum(points) from earned e where e.owner = w.owner and e.day + $2 > $4), 0)::bigint as b
           from walk w
           where w.day = $4 and exists (select from points_accounts p join points_programmes g on g.id = p.programme_id
             where g.uuid = $1 and p.owner = w.owner)
           order by 1`,
          [programme, heldDays, start / dayMs, last, couponPoints],
        );
      });
    }
  },
  600_000,
);

function shuffledBy(seed: number): <T>(list: T[]) => T[] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  return (list) => {
    const mixed = [...list];
    for (let i = mixed.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [mixed[i], mixed[j]] = [mixed[j] as (typeof mixed)[number], mixed[i] as (typeof mixed)[number]];
    }
    return mixed;
  };
}
