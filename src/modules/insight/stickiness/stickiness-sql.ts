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
 * People by day, and those of the days before it: each person's days are a set, and each day of it counts for the days
 * that look back on it, once.
 */
export async function countDays(asking: Asking, o: { first: number; last: number }): Promise<DayOfPeople[]> {
  const { ch, rows, timeZone } = asking;
  // For each day that is asked about, how long ago somebody was there last: 0 days, 6 at most, 29 at most.
  const found = await ch.query<{ day: number; daily: string; weekly: string; monthly: string }>(
    `select day, countIf(ago = 0) as daily, countIf(ago < ${week}) as weekly, count() as monthly
       from (
         select arrayJoin(arrayMap((one, next) -> (one, least(next, one + ${month})), days, arrayPushBack(arrayPopFront(days), toInt32(2147483647)))) as span,
                toInt32(arrayJoin(range(span.1, span.2))) as day, day - span.1 as ago
           from (
             select ${rows.who} as who, arraySort(groupUniqArrayArray(key_days)) as days
               from (
                 select key, any(person) as person, groupUniqArray(toInt32(toDate(time, {zone:String}))) as key_days
                   from events
                  where ${rows.where} and time >= fromUnixTimestamp64Milli({back_to:Int64}, 'UTC') and ${rows.untilEnd}
                  group by key)
              group by who having ${rows.isMeant}))
      where day between {first:Int32} and {last:Int32}
      group by day order by day`,
    {
      ...rows.params,
      zone: timeZone,
      first: o.first,
      last: o.last,
      back_to: Date.parse(asking.question.from) - (month + 1) * 86_400_000,
    },
  );
  return found.map((row) => ({
    day: row.day,
    daily: Number(row.daily),
    weekly: Number(row.weekly),
    monthly: Number(row.monthly),
  }));
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
               from events where ${rows.where} and ${rows.inPeriod}
              group by who having ${rows.isMeant}))`,
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
          where ${rows.where} and ${rows.inPeriod} and type = 'track' and event in ('Store Exited', 'Zone Exited') and seconds > 0)
      where ${rows.isMeant}`,
    rows.params,
  );
  return staysOf(row);
}
