import { frequentNames, nameSql, restPlace } from '../paths/paths-sql.ts';
import type { Asking } from '../report/define.ts';
import { type Chain, chainParams, levelOf, stepRows } from './funnel-sql.ts';

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
  const { rows } = asking;
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
             select ${rows.who} as who, minIf(at, step = 1 and is_in) as t1, ${lists.map((k) => `groupArrayIf(at, step = ${k}) as l${k}`).join(', ')}
               from (${stepRows(asking, chain)})
              group by who having t1 > 0 and ${rows.isMeant}))`,
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

/**
 * Those who came to a step (from 1) and no further: what they did next after it, and what last. An event is one number,
 * its moment and its name.
 */
export async function leavers(asking: Asking, chain: Chain, step: number): Promise<Left[]> {
  const { rows, ch } = asking;
  const names = await frequentNames(asking);
  const { state, level } = levelOf(chain);
  const did = `bitShiftLeft(toUInt64(toUnixTimestamp64Milli(time)), 8) + transform(${nameSql}, {names:Array(String)}, {places:Array(UInt8)}, toUInt8(${restPlace}))`;
  const found = await ch.query<{ next: number; last: number; people: string }>(
    `select next, last, count() as people
       from (
         select ${rows.who} as who, ${level('state')} as level, groupArrayArray(all_did) as all, max(came) as last_at,
                toUInt8(bitAnd(arrayMin(arrayFilter(x -> bitShiftRight(x, 8) > last_at, all)), 255)) as next,
                toUInt8(bitAnd(arrayMax(all), 255)) as last
           from (
             select key, any(person) as person, ${state} as state, maxIf(intDiv(at, 8), step = {left_at:UInt8}) as came,
                    groupArray(did) as all_did
               from (${stepRows(asking, chain, { more: `, ${did} as did`, all: true })}) group by key)
          group by who having level = {left_at:UInt8} and ${rows.isMeant})
      group by next, last${asking.inOrder}`,
    { ...chainParams(asking, chain), left_at: step, names, places: names.map((_, i) => i + 2) },
  );
  const nameOf = (place: number) => (place === 0 ? '' : (names[place - 2] ?? '...'));
  return found.map(({ next, last, people }) => ({
    next: nameOf(next),
    last: nameOf(last),
    people: Number(people),
  }));
}
