import type { Asking } from '../report/define.ts';

/** Days that a day looks back, itself included. */
const month = 30;
const week = 7;

export interface DayOfPeople {
  day: number;
  daily: number;
  weekly: number;
  monthly: number;
}

/**
 * People by day, and those of the days before it. The people of each day are a bitmap; those of a week and a month are
 * its days' put together, which asks each event once and no person's days one by one.
 */
export async function countDays(asking: Asking, o: { first: number; last: number }): Promise<DayOfPeople[]> {
  const { ch, rows, timeZone } = asking;
  const found = await ch.query<{ on_day: number } & Record<'daily' | 'weekly' | 'monthly', string>>(
    `select toInt32(day + ago) as on_day, groupBitmapMergeIf(people, ago = 0) as daily,
            groupBitmapMergeIf(people, ago < ${week}) as weekly, groupBitmapMerge(people) as monthly
       from (
         select day, groupBitmapState(who) as people
           from (
             select toInt32(toDate(time, {zone:String})) as day, ${rows.who} as who from events
              where ${rows.where} and time >= fromUnixTimestamp64Milli({back_to:Int64}, 'UTC') and ${rows.untilEnd})
          where ${rows.isMeant} group by day)
      array join range(${month}) as ago
      where on_day between {first:Int32} and {last:Int32}
      group by on_day`,
    {
      ...rows.params,
      zone: timeZone,
      back_to: Date.parse(asking.question.from) - (month + 1) * 86_400_000,
      first: o.first,
      last: o.last,
    },
  );
  const byDay = new Map(found.map((row) => [row.on_day, row]));
  return Array.from({ length: o.last - o.first + 1 }, (_, i) => {
    const row = byDay.get(o.first + i);
    const of = (span: 'daily' | 'weekly' | 'monthly') => Number(row?.[span] ?? 0);
    return { day: o.first + i, daily: of('daily'), weekly: of('weekly'), monthly: of('monthly') };
  });
}

export interface Stays {
  count: number;
  quartile_1: number;
  median: number;
  quartile_3: number;
}

const staysOf = (row: { n: string; q: (number | null)[] } | undefined): Stays => {
  const count = Number(row?.n ?? 0);
  const [quartile_1, median, quartile_3] = (row?.q ?? []).map((value) => (count > 0 ? (value ?? 0) : 0));
  return { count, quartile_1: quartile_1 ?? 0, median: median ?? 0, quartile_3: quartile_3 ?? 0 };
};

const pauseMs = 30 * 60_000;

/** How long visits last: events of one person with less than half an hour between them. */
export async function visitLengths({ ch, rows }: Asking): Promise<Stays & { single: number }> {
  const [row] = await ch.query<{ n: string; q: (number | null)[]; single: string }>(
    `select count() as n, quantilesExactInclusive(0.25, 0.5, 0.75)(seconds) as q, countIf(seconds = 0) as single
       from (
         select arrayJoin(arrayMap(visit -> (visit[-1] - visit[1]) / 1000,
                  arraySplit((t, gap) -> gap >= ${pauseMs}, times, arrayDifference(times)))) as seconds
           from (
             select ${rows.who} as who, arraySort(groupArray(toUnixTimestamp64Milli(time))) as times
               from events where ${rows.where} and ${rows.inPeriod} group by who having ${rows.isMeant}))`,
    rows.params,
  );
  return { ...staysOf(row), single: Number(row?.single ?? 0) };
}

/** How long people stayed in stores, where their leaving says so. */
export async function storeStays({ ch, rows }: Asking): Promise<Stays> {
  const [row] = await ch.query<{ n: string; q: (number | null)[] }>(
    `select count() as n, quantilesExactInclusive(0.25, 0.5, 0.75)(seconds) as q
       from (
         select ${rows.who} as who, JSONExtractFloat(properties, 'dwell_seconds') as seconds
           from events
          where ${rows.where} and ${rows.inPeriod} and type = 'track' and event in ('Store Exited', 'Zone Exited'))
      where seconds > 0 and ${rows.isMeant}`,
    rows.params,
  );
  return staysOf(row);
}
