import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import { side } from './book.ts';
import { breakageCurve, expectedToBeSpent } from './breakage.ts';
import type { Report } from './desk/schema.ts';
import type { Programmes } from './programmes.ts';
import * as sql from './report-sql.ts';
import { origins } from './schema.ts';
import { textOfDay } from './statement.ts';
import { dayOf } from './steps.ts';

const daysUnlessTold = 90;
const timeoutMs = 120_000;

/** What a programme owes, what stands behind it, and what becomes of it. */
export function createReport(deps: { pg: Postgres; clock: Clock; programmes: Programmes }) {
  const { pg, clock, programmes } = deps;

  return async function report(
    workspaceId: number,
    uuid: string,
    o: { from?: string; to?: string } = {},
  ): Promise<Report> {
    const programme = await programmes.get(workspaceId, uuid);
    const now = clock.now();
    const today = dayOf(programmes.dayIn(programme, now.getTime()));
    const to = Math.min(today, o.to === undefined ? today : dayOf(o.to));
    const from = o.from === undefined ? to - daysUnlessTold + 1 : Math.max(dayOf(o.from), to - 3660);
    const addresses = (of: number) => programme.shards.map((id) => id * 4 + of);
    const [issued, redeemed, expired] = [side.issued, side.redeemed, side.expired].map(addresses) as [
      number[],
      number[],
      number[],
    ];
    // From one snapshot, so that the figures fit each other.
    const read = await pg.inWorkspace(
      workspaceId,
      async (tx) => {
        await tx.query('set transaction isolation level repeatable read read only');
        return {
          now: await sql.readNow(tx, workspaceId, programme.id),
          there: await sql.readThere(tx, workspaceId, programme.id, today),
          left: await sql.readLeft(tx, workspaceId, { redeemed, lost: [...expired, ...issued] }),
          days: await sql.readDays(tx, workspaceId, {
            issued,
            redeemed,
            expired,
            from: textOfDay(from) ?? '1970-01-01',
            timeZone: programme.timeZone,
          }),
        };
      },
      { timeoutMs },
    );
    const byWeek = (rows: readonly { week: number; amount: number }[]) => {
      const list: number[] = [];
      for (const { week, amount } of rows) list[week] = (list[week] ?? 0) + amount;
      return Array.from(list, (points) => points ?? 0);
    };
    const there = byWeek(read.there);
    const curve = breakageCurve({
      spent: byWeek(read.left.filter((row) => row.spent)),
      lost: byWeek(read.left.filter((row) => !row.spent)),
      there,
    });
    const outstanding = read.now.wallets + read.now.held;
    return {
      asOf: now.toISOString(),
      now: {
        ...read.now,
        outstanding,
        covered: read.now.reserve * read.now.ratio,
        expected: expectedToBeSpent(curve, there),
      },
      liability: origins.map((origin, number) => ({
        origin,
        outstanding: read.there.reduce((sum, row) => sum + (row.origin === number ? row.amount : 0), 0),
      })),
      breakage: curve,
      days: dayByDay(read.days, { from, to, outstanding }),
    };
  };
}

/** Every day of the span, from what moved since: what stood at a day's end is what stands now without what came later. */
function dayByDay(
  rows: readonly sql.DayRow[],
  o: { from: number; to: number; outstanding: number },
): Report['days'] {
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const lastDay = rows.at(-1)?.day;
  const end = Math.max(o.to, lastDay === undefined ? o.to : dayOf(lastDay));
  const days: Report['days'] = [];
  let outstanding = o.outstanding;
  for (let day = end; day >= o.from; day--) {
    const name = textOfDay(day) ?? '';
    const row = byDay.get(name);
    if (day <= o.to) {
      days.push({
        day: name,
        issued: row?.issued ?? 0,
        spent: row?.spent ?? 0,
        expired: row?.expired ?? 0,
        takenBack: row?.taken_back ?? 0,
        outstanding,
      });
    }
    outstanding -= row?.growth ?? 0;
  }
  return days.reverse();
}
