import type { Asking } from '../report/define.ts';
import { type Chain, chainParams, levelSql, stepRows } from './funnel-sql.ts';

export interface StepTime {
  people: number;
  quartile_1: number;
  median: number;
  quartile_3: number;
}

/**
 * From each person's first beginning: the first event of the second step after it, and so on. Times from each step to the
 * next, and at last from the first step to the last.
 */
export async function stepTimes(asking: Asking, chain: Chain): Promise<StepTime[]> {
  const n = chain.conditions.length;
  const steps = Array.from({ length: n - 1 }, (_, i) => i + 2);
  const blocked =
    chain.without === null
      ? ''
      : ` and not arrayExists(w -> intDiv(w, 8) > intDiv(t1, 8) and intDiv(w, 8) < intDiv(x, 8), l${n + 1})`;
  const first = (k: number) =>
    `arrayMin(arrayFilter(x -> t${k - 1} > 0 and x > t${k - 1} and x <= t1 + {span:UInt64}${blocked}, l${k})) as t${k}`;
  const lists = [...steps, ...(chain.without === null ? [] : [n + 1])];
  const times = [...steps.map((k) => [`t${k}`, `t${k - 1}`] as const), [`t${n}`, 't1'] as const];
  const [row] = await asking.ch.query<Record<string, string> & Record<`q${number}`, (number | null)[]>>(
    `select ${times.map(([to, from], i) => `countIf(${to} > 0) as n${i}, quantilesExactInclusiveIf(0.25, 0.5, 0.75)((toFloat64(intDiv(${to}, 8)) - intDiv(${from}, 8)) / 1000, ${to} > 0) as q${i}`).join(', ')}
       from (
         select t1, ${steps.map(first).join(', ')}
           from (
             select who, minIf(at, step = 1 and is_in) as t1, ${lists.map((k) => `groupArrayIf(at, step = ${k}) as l${k}`).join(', ')}
               from (${stepRows(asking, chain)}) group by who having t1 > 0 and ${asking.rows.isMeant}))`,
    chainParams(asking, chain),
  );
  return times.map((_, i) => {
    const people = Number(row?.[`n${i}`] ?? 0);
    const [quartile_1 = 0, median = 0, quartile_3 = 0] =
      people > 0 ? ((row?.[`q${i}`] ?? []) as number[]) : [];
    return { people, quartile_1, median, quartile_3 };
  });
}

export interface Left {
  next: string;
  last: string;
  people: number;
}

const mostPairs = 10_000;

/** Those who came to a step (from 1) and no further: what they did next after it, and what last. */
export async function leavers(asking: Asking, chain: Chain, step: number): Promise<Left[]> {
  const { rows } = asking;
  const found = await asking.ch.query<{ next: string; last: string; people: string }>(
    `select next, last, count() as people
       from (
         select who, argMinIf(name, moment, moment > last_at) as next, argMax(name, moment) as last
           from (
             select ${rows.who} as who, if(type = 'track', event, type) as name, toUnixTimestamp64Milli(time) as moment
               from events
              where ${rows.where} and time >= ${rows.from} and time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')) as did
          inner join (
             select who, toInt64(intDiv(maxIf(at, step = {left_at:UInt8}), 8)) as last_at, ${levelSql(chain)} as level
               from (${stepRows(asking, chain)}) group by who having level = {left_at:UInt8} and ${rows.isMeant}) as gone using (who)
          group by who)
      group by next, last order by people desc limit ${mostPairs}`,
    { ...chainParams(asking, chain), left_at: step },
  );
  return found.map((row) => ({ ...row, people: Number(row.people) }));
}
