import type { ClickHouse } from '#platform/clickhouse';
import type { Tx } from '#platform/postgres';
import type { Rows } from '../report/rows-sql.ts';
import { columns, leaningsSql } from './leanings-sql.ts';

/** What the groups are told by: kept, so that they are the same from week to week. */
export interface KeptPersonas {
  centres: number[];
  mean: number[];
  deviation: number[];
}

export async function keptPersonas(
  tx: Tx,
  workspaceId: number,
): Promise<(KeptPersonas & { made_at: Date }) | undefined> {
  const [row] = await tx.query<KeptPersonas & { made_at: Date }>(
    'select centres, mean, deviation, made_at from personas where workspace_id = $1',
    [workspaceId],
    'insight.keptPersonas',
  );
  return row;
}

export async function keepPersonas(
  tx: Tx,
  workspaceId: number,
  kept: KeptPersonas & { made_at: Date },
): Promise<void> {
  await tx.query(
    `insert into personas (workspace_id, centres, mean, deviation, made_at) values ($1, $2, $3, $4, $5)
     on conflict (workspace_id) do update
       set centres = excluded.centres, mean = excluded.mean, deviation = excluded.deviation, made_at = excluded.made_at`,
    [workspaceId, kept.centres, kept.mean, kept.deviation, kept.made_at],
    'insight.keepPersonas',
  );
}

interface Of {
  ch: ClickHouse;
  rows: Rows;
  currency: string;
  timeZone: string;
}
const paramsOf = ({ rows, currency, timeZone }: Of) => ({ ...rows.params, currency, zone: timeZone });

/** Everybody who leans to anything, as rows of numbers. */
export function eachLeaning(o: Of) {
  return o.ch.queryStream<{ who: string; row: number[] }>(
    `select toString(who) as who, arrayMap(x -> toFloat64(x), [${columns.map((name) => `toFloat64(${name})`).join(', ')}]) as row
       from (${leaningsSql(o.rows)})`,
    paramsOf(o),
  );
}

/** So many people of the question tell the portraits; of more, a part that is the same at every asking. */
const mostPeople = 50_000;

export async function someLeanings(o: Of): Promise<{ people: number; rows: number[][] }> {
  const found = await o.ch.query<{ row: number[]; people: string }>(
    `select [${columns.map((name) => `toFloat64(${name})`).join(', ')}] as row, count() over () as people
       from (${leaningsSql(o.rows)}) where ${o.rows.isMeant} order by cityHash64(who) limit ${mostPeople}`,
    paramsOf(o),
  );
  return { people: Number(found[0]?.people ?? 0), rows: found.map(({ row }) => row) };
}
