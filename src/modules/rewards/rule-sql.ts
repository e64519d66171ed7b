import type { Tx } from '#platform/postgres';
import type { RuleBody } from './schema.ts';

export interface RuleRow {
  id: number;
  uuid: string;
  programme: string;
  name: string;
  version: number;
  created_at: Date;
  paused_at: Date | null;
  points: number;
  awards: number;
  body: RuleBody;
  since: Date;
}

const columns =
  'r.id, r.uuid, r.programme, r.name, r.version, r.created_at, r.paused_at, r.points, r.awards, v.body, v.since';
const from = `reward_rules r join reward_rule_versions v
     on v.workspace_id = r.workspace_id and v.rule_id = r.id and v.version = r.version`;

export function listRules(tx: Tx, workspaceId: number, programme: string | null): Promise<RuleRow[]> {
  return tx.query(
    `select ${columns} from ${from} where r.workspace_id = $1 and ($2::uuid is null or r.programme = $2) order by r.id`,
    [workspaceId, programme],
  );
}

export async function findRule(tx: Tx, workspaceId: number, uuid: string): Promise<RuleRow | null> {
  const [row] = await tx.query<RuleRow>(
    `select ${columns} from ${from} where r.workspace_id = $1 and r.uuid = $2`,
    [workspaceId, uuid],
  );
  return row ?? null;
}

export interface VersionRow {
  rule_id: number;
  uuid: string;
  programme: string;
  paused_at: Date | null;
  version: number;
  body: RuleBody;
  since: Date;
  by: string;
}

/** Every version of every rule, the oldest first. */
export function allVersions(tx: Tx, workspaceId: number): Promise<VersionRow[]> {
  return tx.query(
    `select v.rule_id, r.uuid, r.programme, r.paused_at, v.version, v.body, v.since, v.by
       from reward_rule_versions v join reward_rules r on r.workspace_id = v.workspace_id and r.id = v.rule_id
      where v.workspace_id = $1 order by v.rule_id, v.version`,
    [workspaceId],
    'rewards.allVersions',
  );
}

/** Null where the name is taken. */
export async function insertRule(
  tx: Tx,
  workspaceId: number,
  r: { uuid: string; programme: string; name: string; now: Date },
): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>(
    `insert into reward_rules (workspace_id, uuid, programme, name, version, created_at) values ($1, $2, $3, $4, 1, $5)
     on conflict (workspace_id, programme, lower(name)) do nothing returning id`,
    [workspaceId, r.uuid, r.programme, r.name, r.now],
  );
  return row?.id ?? null;
}

export async function insertVersion(
  tx: Tx,
  workspaceId: number,
  v: { ruleId: number; version: number; body: RuleBody; since: Date; by: string },
): Promise<void> {
  await tx.query(
    'insert into reward_rule_versions (workspace_id, rule_id, version, body, since, by) values ($1, $2, $3, $4, $5, $6)',
    [workspaceId, v.ruleId, v.version, JSON.stringify(v.body), v.since, v.by],
  );
  await tx.query('update reward_rules set version = $3 where workspace_id = $1 and id = $2', [
    workspaceId,
    v.ruleId,
    v.version,
  ]);
}

/** False where the name is taken. */
export async function updateRule(
  tx: Tx,
  workspaceId: number,
  r: Pick<RuleRow, 'id' | 'programme' | 'name' | 'paused_at'>,
): Promise<boolean> {
  const [taken] = await tx.query(
    `select 1 as one from reward_rules
      where workspace_id = $1 and programme = $2 and lower(name) = lower($3) and id <> $4`,
    [workspaceId, r.programme, r.name, r.id],
  );
  if (taken) return false;
  await tx.query('update reward_rules set name = $3, paused_at = $4 where workspace_id = $1 and id = $2', [
    workspaceId,
    r.id,
    r.name,
    r.paused_at,
  ]);
  return true;
}

export interface FiguresRow {
  rule_id: number;
  people: number;
  held: number;
  waiting: number;
  refused: number;
  problem: string | null;
}

export function figuresOf(
  tx: Tx,
  workspaceId: number,
  rules: readonly number[],
  now: Date,
): Promise<FiguresRow[]> {
  return tx.query(
    `select rule_id, count(distinct person) as people,
            coalesce(sum(target) filter (where held_until > $3), 0)::bigint as held,
            count(*) filter (where posted <> target and try_at < 'infinity') as waiting,
            count(*) filter (where posted <> target and try_at = 'infinity') as refused,
            max(problem) filter (where posted <> target) as problem
       from reward_awards where workspace_id = $1 and rule_id = any($2) group by rule_id`,
    [workspaceId, rules, now],
  );
}

/** Which segments rules pay for coming into. */
export async function segmentsEntered(tx: Tx, workspaceId: number): Promise<string[]> {
  const rows = await tx.query<{ segment: string }>(
    `select distinct v.body -> 'when' ->> 'enters' as segment
       from reward_rules r join reward_rule_versions v
         on v.workspace_id = r.workspace_id and v.rule_id = r.id and v.version = r.version
      where r.workspace_id = $1 and r.paused_at is null and v.body -> 'when' ? 'enters'`,
    [workspaceId],
    'rewards.segmentsEntered',
  );
  return rows.map((row) => row.segment);
}
