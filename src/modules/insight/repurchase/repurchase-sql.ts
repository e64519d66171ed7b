import { aPurchase } from '../purchase.ts';
import type { Asking } from '../report/define.ts';
import type { Day } from './survival.ts';

const dayMs = 86_400_000;

/** Purchases of known people, up to the end of the period: when, in ms, in order. */
const purchasesOf = ({ rows }: Asking) => `
  select ${rows.who} as who, arraySort(groupArray(toUnixTimestamp64Milli(time))) as times
    from events where ${rows.where} and ${rows.untilEnd} and ${aPurchase}
   group by who having ${rows.isMeant} and max(known) = 1`;

export interface Buyers {
  buyers: number;
  repeaters: number;
  beginners: number;
  again: number;
}

/**
 * Who bought in the period; and of those whose first purchase was in it, after how many whole days the second came, or
 * they were seen last.
 */
export async function countBuyers(asking: Asking): Promise<{ buyers: Buyers; days: Day[] }> {
  const rows = await asking.ch.query<Record<keyof Buyers | 'censored', string> & { day: number }>(
    `select toInt32(intDiv(if(length(times) > 1, times[2], {seen_until:Int64}) - times[1], ${dayMs})) as day,
            countIf(times[-1] >= {q_from:Int64}) as buyers, countIf(times[-1] >= {q_from:Int64} and length(times) > 1) as repeaters,
            countIf(begins) as beginners, countIf(begins and length(times) > 1) as again, countIf(begins and length(times) = 1) as censored
       from (select times, times[1] >= {q_from:Int64} as begins from (${purchasesOf(asking)}))
      group by day order by day`,
    {
      ...asking.rows.params,
      seen_until: Math.min(Date.parse(asking.question.to), Math.max(asking.nowMs, 0)),
    },
  );
  const sum = (of: keyof Buyers) => rows.reduce((all, row) => all + Number(row[of]), 0);
  return {
    buyers: {
      ...{ buyers: sum('buyers'), repeaters: sum('repeaters') },
      ...{ beginners: sum('beginners'), again: sum('again') },
    },
    days: rows
      .filter(({ beginners }) => Number(beginners) > 0)
      .map(({ day, again, censored }) => ({
        day: Math.max(0, day),
        again: Number(again),
        censored: Number(censored),
      })),
  };
}

export interface Gaps {
  count: number;
  quartiles: [number, number, number] | null;
  spread: { from: number; to: number; count: number }[];
}

/** The upper edges, in days, that gaps are told apart by. */
const edges = [1, 8, 15, 31, 61, 91, 181, 366];

/** From one purchase to the next, where the next is in the period. */
export async function gapsBetween(asking: Asking): Promise<Gaps> {
  const [row] = await asking.ch.query<{ n: string; quartiles: (number | null)[]; spread: string[] }>(
    `select count() as n, quantilesExactInclusive(0.25, 0.5, 0.75)(gap / ${dayMs}) as quartiles,
            [${[0, ...edges].map((from, i) => `countIf(gap >= ${from * dayMs}${edges[i] === undefined ? '' : ` and gap < ${edges[i] * dayMs}`})`).join(', ')}] as spread
       from (
         select times, arrayJoin(range(2, length(times) + 1)) as place, times[place] - times[place - 1] as gap
           from (${purchasesOf(asking)}) where length(times) > 1)
      where times[place] >= {q_from:Int64}`,
    asking.rows.params,
  );
  const count = Number(row?.n ?? 0);
  const [first, median, third] = row?.quartiles ?? [];
  return {
    count,
    quartiles: count > 0 ? [first ?? 0, median ?? 0, third ?? 0] : null,
    spread: (row?.spread ?? []).map((n, i) => ({
      from: [0, ...edges][i] ?? 0,
      to: edges[i] ?? 36_500,
      count: Number(n),
    })),
  };
}
