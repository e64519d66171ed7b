import type { ClickHouse } from '#platform/clickhouse';
import { paidOrders } from '../lifetime/lifetime-sql.ts';
import type { Rows } from '../report/rows-sql.ts';
import { broughtSql } from './invited-sql.ts';
import { inAllDegrees } from './kept.ts';
import { layersParams, layersSql } from './layers-sql.ts';
import type { ValueSettings } from './schema.ts';

interface Of {
  ch: ClickHouse;
  rows: Rows;
  settings: ValueSettings;
  currency: string;
  timeZone: string;
  /** The key of the person's oldest identifier. */
  person: number;
  /** Of all their identifiers. */
  keys: readonly number[];
}

const paramsOf = (o: Of) => ({ ...o.rows.params, ...layersParams(o), person: o.person, keys: o.keys });

/** The person among all others; undefined: they did nothing in the period. */
export async function layersOfPerson(o: Of): Promise<Record<string, number | string> | undefined> {
  const [row] = await o.ch.query<Record<string, number | string>>(
    `select * from (${layersSql(o.rows, o.settings)}) where who = {person:UInt64}`,
    paramsOf(o),
  );
  return row;
}

/** Who came by their invitation, by degree, and what those bought. */
export async function degreesOfPerson(o: Of): Promise<{ degree: number; people: number; revenue: string }[]> {
  const found = await o.ch.query<{ degree: number; n: string; revenue: string }>(
    `select degree, n, toString(revenue) as revenue from (${broughtSql(o.rows)}) where who = {person:UInt64}`,
    paramsOf(o),
  );
  return inAllDegrees(
    found.map(({ degree, n, revenue }) => ({ degree: Number(degree), people: Number(n), revenue })),
  );
}

/** Whether they did anything in the period. */
export async function wasThere(o: Pick<Of, 'ch' | 'rows' | 'keys'>): Promise<boolean> {
  const found = await o.ch.query(
    `select 1 as one from events
      where ${o.rows.where} and ${o.rows.inPeriod} and key in ({keys:Array(UInt64)}) limit 1`,
    { ...o.rows.params, keys: o.keys },
  );
  return found.length > 0;
}

/** What the models know of one customer: days of purchase by the workspace's zone; `rows` reach as far back as orders. */
export async function purchasesOfPerson(
  o: Of,
): Promise<{ x: number; last: number; age: number; paid: number; day: string } | undefined> {
  const { rows } = o;
  const [row] = await o.ch.query<{ x: number; last: number; age: number; paid: number; day: string }>(
    `select toInt32(length(days) - 1) as x, days[-1] - days[1] as last,
            toInt32(toDate(${rows.to} - interval 1 millisecond, {zone:String})) - days[1] as age, toFloat64(paid) as paid,
            toString(toDate(days[-1])) as day
       from (
         select ${rows.who} as who, arraySort(groupUniqArray(toInt32(toDate(time, {zone:String})))) as days,
                sum(assumeNotNull(total)) as paid
           from events
          where ${rows.where} and ${rows.untilEnd} and ${paidOrders} and currency = {currency:String}
            and key in ({keys:Array(UInt64)})
          group by who having max(known) = 1 and who = {person:UInt64})`,
    paramsOf(o),
  );
  return row;
}
