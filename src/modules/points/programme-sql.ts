import type { Tx } from '#platform/postgres';
import type { Policy } from './schema.ts';

export interface ProgrammeRow {
  id: number;
  uuid: string;
  slug: string;
  name: string;
  currency: string;
  secret: Buffer;
  log_id: number | null;
  created_at: Date;
}
export interface PolicyRow {
  version: number;
  from_ms: number;
  policy: Policy;
  by: string;
}

const columns = 'id, uuid::text as uuid, slug, name, currency, secret, log_id, created_at';

export async function insertProgramme(
  tx: Tx,
  workspaceId: number,
  o: Omit<ProgrammeRow, 'id' | 'log_id'>,
): Promise<ProgrammeRow | null> {
  const [row] = await tx.query<ProgrammeRow>(
    `insert into points_programmes (workspace_id, uuid, slug, name, currency, secret, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning ${columns}`,
    [workspaceId, o.uuid, o.slug, o.name, o.currency, o.secret, o.created_at],
  );
  return row ?? null;
}

export async function setLog(tx: Tx, workspaceId: number, id: number, logId: number): Promise<void> {
  await tx.query('update points_programmes set log_id = $3 where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
    logId,
  ]);
}

/** The shards first: they have the smallest ids, and are held before any other account. */
export async function insertProgrammeAccounts(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { shards: number; ratio: number; policy: number; secrets: readonly Buffer[] },
): Promise<void> {
  await tx.query(
    `insert into points_accounts (workspace_id, programme_id, kind, ratio, policy, secret)
     select $1, $2, case when n <= $3 then 2 else 3 end, $4, $5, s
     from unnest($6::bytea[]) with ordinality as v (s, n) order by n`,
    [workspaceId, programmeId, o.shards, o.ratio, o.policy, o.secrets],
  );
}

export async function listProgrammes(tx: Tx, workspaceId: number): Promise<ProgrammeRow[]> {
  return tx.query<ProgrammeRow>(
    `select ${columns} from points_programmes where workspace_id = $1 order by id`,
    [workspaceId],
  );
}

export async function findProgramme(tx: Tx, workspaceId: number, uuid: string): Promise<ProgrammeRow | null> {
  const [row] = await tx.query<ProgrammeRow>(
    `select ${columns} from points_programmes where workspace_id = $1 and uuid = $2`,
    [workspaceId, uuid],
  );
  return row ?? null;
}

export async function readPolicies(tx: Tx, workspaceId: number, programmeId: number): Promise<PolicyRow[]> {
  return tx.query<PolicyRow>(
    `select version, from_ms, policy, by from points_policies
     where workspace_id = $1 and programme_id = $2 order by version`,
    [workspaceId, programmeId],
    'points_policies',
  );
}

export async function insertPolicy(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: PolicyRow & { at: Date },
): Promise<void> {
  await tx.query(
    `insert into points_policies (workspace_id, programme_id, version, from_ms, policy, by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [workspaceId, programmeId, o.version, o.from_ms, JSON.stringify(o.policy), o.by, o.at],
  );
}

/** Has every shard look at the policies anew before its next movement. */
export async function markShards(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  policy: number,
): Promise<void> {
  await tx.query(
    `update points_accounts set policy = $3 where workspace_id = $1 and id in (
       select id from points_accounts where workspace_id = $1 and programme_id = $2 and kind = 2 order by id for update)`,
    [workspaceId, programmeId, policy],
  );
}

export async function programmeAccounts(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
): Promise<{ id: number; kind: number }[]> {
  return tx.query(
    `select id, kind from points_accounts where workspace_id = $1 and programme_id = $2 and kind >= 2 order by id`,
    [workspaceId, programmeId],
  );
}

/** The accounts of these owners and names, made where there are none. */
export async function ensureAccounts(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { owners: readonly number[]; names: readonly string[]; secrets: readonly Buffer[] },
): Promise<void> {
  await tx.query(
    `insert into points_accounts (workspace_id, programme_id, kind, owner, secret)
     select $1, $2, 0, v.owner, v.secret from unnest($3::bigint[], $4::bytea[]) as v (owner, secret) order by v.owner
     on conflict do nothing`,
    [workspaceId, programmeId, o.owners, o.secrets.slice(0, o.owners.length)],
  );
  await tx.query(
    `insert into points_accounts (workspace_id, programme_id, kind, name, secret)
     select $1, $2, 1, v.name, v.secret from unnest($3::text[], $4::bytea[]) as v (name, secret) order by v.name
     on conflict do nothing`,
    [workspaceId, programmeId, o.names, o.secrets.slice(o.owners.length)],
  );
}

export async function findAccounts(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { owners: readonly number[]; names: readonly string[] },
): Promise<{ id: number; owner: number | null; name: string | null }[]> {
  return tx.query(
    `select a.* from unnest($3::bigint[]) as wanted (owner) cross join lateral (
       select id, owner, name from points_accounts
       where workspace_id = $1 and programme_id = $2 and owner = wanted.owner limit 1) a
     union all
     select a.* from unnest($4::text[]) as wanted (name) cross join lateral (
       select id, owner, name from points_accounts
       where workspace_id = $1 and programme_id = $2 and name = wanted.name limit 1) a`,
    [workspaceId, programmeId, o.owners, o.names],
  );
}

/** Cuts what ties accounts to these people: nothing in the books leads to them any more. */
export async function cutOwners(tx: Tx, workspaceId: number, owners: readonly number[]): Promise<void> {
  const rows = await tx.query<{ id: number }>(
    `update points_accounts set owner = null, secret = null,
       next_expiry = case when a > 0 then 0 end
     where workspace_id = $1 and owner = any($2::bigint[]) returning id`,
    [workspaceId, owners],
  );
  const ids = rows.map((row) => row.id);
  await tx.query('delete from points_notes where workspace_id = $1 and account = any($2::bigint[])', [
    workspaceId,
    ids,
  ]);
  await tx.query('delete from points_proposals where workspace_id = $1 and owner = any($2::bigint[])', [
    workspaceId,
    owners,
  ]);
}

/** Whose these accounts are; those of nobody are left out. */
export async function ownersOf(
  tx: Tx,
  workspaceId: number,
  accounts: readonly number[],
): Promise<Map<number, number>> {
  const rows = await tx.query<{ id: number; owner: number }>(
    'select id, owner from points_accounts where workspace_id = $1 and id = any($2::bigint[]) and owner is not null',
    [workspaceId, accounts],
  );
  return new Map(rows.map(({ id, owner }) => [id, owner]));
}
