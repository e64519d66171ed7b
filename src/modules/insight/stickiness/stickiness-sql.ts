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
 * People by day, and those of the days before it. Each person's days are stretches in which they count: from a day on,
 * for 1, 7 or 30 days, longer where another day follows within them. Where a stretch begins there is one more, and where
 * it ends one fewer; the sums up to a day are its people.
 */
export async function countDays(asking: Asking, o: { first: number; last: number }): Promise<DayOfPeople[]> {
  const { ch, rows, timeZone } = asking;
  const spans = [1, week, month];
  const edges = (span: number) =>
    `arrayConcat(arrayMap(d -> (toUInt8(${span}), d, toInt8(1)), arrayFilter((d, gap) -> gap >= ${span}, days, gaps)),
                 arrayMap(d -> (toUInt8(${span}), toInt32(d + ${span}), toInt8(-1)), arrayFilter((d, gap) -> gap >= ${span}, days, gaps_after)))`;
  const found = await ch.query<{ span: number; day: number; change: string }>(
    `select edge.1 as span, edge.2 as day, sum(edge.3) as change
       from (
         select arrayJoin(arrayConcat(${spans.map(edges).join(', ')})) as edge
           from (
             select ${rows.who} as who, arraySort(groupUniqArrayArray(key_days)) as days,
                    arrayDifference(arrayPushFront(days, toInt32(days[1] - 1000))) as steps,
                    arraySlice(steps, 2) as gaps, arrayPushBack(arraySlice(steps, 3), 1000) as gaps_after
               from (
                 select key, any(person) as person, groupUniqArray(day) as key_days
                   from (
                     select key, person, toInt32(toDate(time, {zone:String})) as day from events
                      where ${rows.where} and time >= fromUnixTimestamp64Milli({back_to:Int64}, 'UTC') and ${rows.untilEnd})
                  group by key)
              group by who having ${rows.isMeant}))
      group by span, day order by day${asking.inOrder}`,
    {
      ...rows.params,
      zone: timeZone,
      back_to: Date.parse(asking.question.from) - (month + 1) * 86_400_000,
    },
  );
  const sums = new Map(spans.map((span) => [span, 0]));
  let place = 0;
  return Array.from({ length: o.last - o.first + 1 }, (_, i) => {
    const day = o.first + i;
    for (let row = found[place]; row && row.day <= day; row = found[++place])
      sums.set(row.span, (sums.get(row.span) ?? 0) + Number(row.change));
    const of = (span: number) => sums.get(span) ?? 0;
    return { day, daily: of(1), weekly: of(week), monthly: of(month) };
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
export async function visitLengths({ ch, rows, inOrder }: Asking): Promise<Stays & { single: number }> {
  const [row] = await ch.query<{ n: string; q: (number | null)[]; single: string }>(
    `select count() as n, quantilesExactInclusive(0.25, 0.5, 0.75)(seconds) as q, countIf(seconds = 0) as single
       from (
         select arrayJoin(arrayMap(visit -> (visit[-1] - visit[1]) / 1000,
                  arraySplit((t, gap) -> gap >= ${pauseMs}, times, arrayDifference(times)))) as seconds
           from (
             select ${rows.who} as who, arraySort(groupArrayArray(moments)) as times
               from (
                 select key, any(person) as person, groupArray(toUnixTimestamp64Milli(time)) as moments
                   from events where ${rows.where} and ${rows.inPeriod} group by key)
              group by who having ${rows.isMeant}))${inOrder}`,
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
