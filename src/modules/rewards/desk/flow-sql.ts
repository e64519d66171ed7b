import type { Tx } from '#platform/postgres';

export function earnedByDay(
  tx: Tx,
  workspaceId: number,
  o: { programme: string; fromDay: number },
): Promise<{ day: number; origin: string; points: number }[]> {
  return tx.query(
    `select a.day, v.body ->> 'origin' as origin, sum(a.target)::bigint as points
       from reward_rules r
       join reward_awards a on a.workspace_id = r.workspace_id and a.rule_id = r.id and a.day >= $3
       join reward_rule_versions v on v.workspace_id = r.workspace_id and v.rule_id = r.id and v.version = a.version
      where r.workspace_id = $1 and r.programme = $2 group by a.day, origin`,
    [workspaceId, o.programme, o.fromDay],
  );
}

export function redeemedByDay(
  tx: Tx,
  workspaceId: number,
  o: { programme: string; fromDay: number; timeZone: string },
): Promise<{ day: string; points: number }[]> {
  return tx.query(
    `select (at at time zone $4)::date as day, sum(points)::bigint as points from reward_redemptions
      where workspace_id = $1 and programme = $2 and state = 1
        and at >= (date '1970-01-01' + $3::int - 1)
      group by 1`,
    [workspaceId, o.programme, o.fromDay, o.timeZone],
  );
}
