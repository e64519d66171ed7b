import type { Asking } from '../report/define.ts';

export interface CameBy {
  number: number;
  people: number;
  stages: number[];
  buyers: number;
  again: number;
  orders: number;
  currencies: string[];
  sums: string[];
  squares: number[];
}

const stages = [1, 2, 3, 4, 5] as const;

/**
 * People whose first event ever lies in the period, by the number of their first touch (0: none is known): how far they
 * went by the end of the period, and what they paid: told by their orders alone, which are few.
 */
export async function peopleByFirstTouch(
  { ch, rows, path }: Asking,
  o: { touches: readonly string[]; numbers: readonly number[] },
): Promise<CameBy[]> {
  const stageOf = (name: string) => path.stages[path.names.indexOf(name)] ?? 0;
  const found = await ch.query<Record<string, string | string[] | number[]>>(
    `select came_by, count() as people, ${stages.map((n) => `countIf(bitTest(did, ${n})) as stage${n}`).join(', ')},
            countIf(paid > 0) as buyers, countIf(paid > 1) as again, sum(orders) as n,
            sumMap(spent.1, spent.2) as money, sumMap(spent.1, arrayMap(sum -> pow(toFloat64(sum), 2), spent.2)) as powers,
            money.1 as currencies, arrayMap(sum -> toString(sum), money.2) as sums, powers.2 as squares
       from (
         select ${rows.who} as who, min(first) as began, argMinIf(code, at, code > 0) as came_by, groupBitOr(stages) as did, sum(n_paid) as paid, sum(n) as orders,
                sumMap(sums.1, sums.2) as spent
           from (
             select key, any(person) as person, min(time) as first, argMinIf(number, time, number > 0) as code, minIf(time, number > 0) as at,
                    groupBitOr(bitShiftLeft(toUInt8(1), stage)) as stages, 0 as n_paid, 0 as n,
                    cast(([], []) as Tuple(Array(LowCardinality(String)), Array(Decimal(38, 6)))) as sums
               from (
                 select key, person, time, cast(transform(touch, {touches:Array(String)}, {numbers:Array(UInt8)}, toUInt8(0)) as UInt8) as number,
                        cast(multiIf(type = 'page', {page:UInt8}, type = 'screen', {screen:UInt8},
                          transform(event, {names:Array(String)}, {stages:Array(UInt8)}, toUInt8(0))) as UInt8) as stage
                   from events where ${rows.where} and ${rows.untilEnd})
              group by key
             union all
             select key, any(person) as person, min(time) as first, toUInt8(0) as code, first as at, toUInt8(0) as stages, countIf(total > 0) as n_paid, count() as n,
                    sumMapIf([currency], [assumeNotNull(total)], total is not null) as sums
               from events
              where ${rows.where} and ${rows.untilEnd} and type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1
              group by key)
          group by who having ${rows.isMeant} and began >= ${rows.from})
      group by came_by order by people desc, came_by`,
    {
      ...rows.params,
      ...o,
      names: path.names,
      stages: path.stages,
      page: stageOf('page'),
      screen: stageOf('screen'),
    },
  );
  return found.map((row) => ({
    number: Number(row.came_by),
    people: Number(row.people),
    stages: stages.map((n) => Number(row[`stage${n}`])),
    buyers: Number(row.buyers),
    again: Number(row.again),
    orders: Number(row.n),
    currencies: row.currencies as string[],
    sums: row.sums as string[],
    squares: row.squares as number[],
  }));
}
