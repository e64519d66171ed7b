import type { ClickHouse } from '#platform/clickhouse';
import type { Statement } from '../rule/index.ts';

/** Who is in afresh and not live, or the other way round; and how many are in afresh. */
export async function differences(
  ch: ClickHouse,
  workspaceId: number,
  edition: number,
  now: number,
  members: Statement,
): Promise<{ people: number; persons: { person: number; live: boolean }[] }> {
  const rows = await ch.query<{ person: string; live: number }>(
    `select person, max(l) as live from (
       select person, 1 as f, 0 as l from (${members.sql})
       union all
       select person, 0 as f, 1 as l from segment_members final
        where workspace_id = {proof_ws:UInt32} and edition = {proof_edition:UInt32}
          and if(until_ms != 0 and until_ms <= {proof_now:Int64}, 1 - is_in, is_in) = 1)
     group by person having max(f) != max(l) order by person limit 10000`,
    { ...members.params, proof_ws: workspaceId, proof_edition: edition, proof_now: now },
  );
  const [count] = await ch.query<{ n: string }>(`select count() as n from (${members.sql})`, members.params);
  return {
    people: Number(count?.n ?? 0),
    persons: rows.map((row) => ({ person: Number(row.person), live: row.live === 1 })),
  };
}
