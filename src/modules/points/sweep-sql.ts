import type { Tx } from '#platform/postgres';

export interface ProgrammeName {
  workspace_id: number;
  uuid: string;
}

/** Of all workspaces; for the owner of the tables. */
export async function allProgrammes(tx: Tx): Promise<ProgrammeName[]> {
  return tx.query<ProgrammeName>(
    'select workspace_id, uuid::text as uuid from points_programmes order by workspace_id, id',
  );
}

/** Accounts with points that ran out before a day, or whose owner was erased. */
export async function accountsToExpire(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { today: number; after: number; most: number },
): Promise<{ id: number; at: number }[]> {
  return tx.query(
    `select id, at from points_accounts
     where workspace_id = $1 and programme_id = $2 and next_expiry is not null and kind <= 1 and id > $4
       and (next_expiry < $3 or (kind = 0 and owner is null)) order by id limit $5`,
    [workspaceId, programmeId, o.today, o.after, o.most],
  );
}

/** Holds whose time has come, by the id they are named by. */
export async function holdsDue(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { atMs: number; after: number; most: number },
): Promise<{ id: number; settles: boolean }[]> {
  return tx.query(
    `select first as id, bool_and(settles) as settles from points_holds
     where workspace_id = $1 and programme_id = $2 and amount > 0 and due <= $3 and first > $4
     group by first order by first limit $5`,
    [workspaceId, programmeId, o.atMs, o.after, o.most],
  );
}

export interface Broken {
  law: string;
  says: string;
}

/** What breaks a law in a programme, at most so much of it. */
export async function brokenLaws(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  most: number,
): Promise<Broken[]> {
  return tx.query<Broken>(
    'select law, says from points_laws where workspace_id = $1 and programme_id = $2 limit $3',
    [workspaceId, programmeId, most],
  );
}

export async function checkedUpTo(tx: Tx, workspaceId: number, programmeId: number): Promise<number> {
  const [row] = await tx.query<{ checked: number }>(
    'select checked from points_law_checks where workspace_id = $1 and programme_id = $2',
    [workspaceId, programmeId],
  );
  return row?.checked ?? 0;
}

/** Movements that were written before a moment, after one of them, in order. */
export async function movementsAfter(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { after: number; beforeMs: number; most: number },
): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select id from points_transfers where workspace_id = $1 and programme_id = $2 and id > $3 and at < $4
     order by id limit $5`,
    [workspaceId, programmeId, o.after, o.beforeMs, o.most],
  );
  return rows.map((row) => row.id);
}

export interface CheckRow {
  programme: string;
  at: Date;
  took_ms: number;
  broken: Broken[];
}

export async function saveCheck(
  tx: Tx,
  workspaceId: number,
  programmeId: number,
  o: { at: Date; tookMs: number; broken: readonly Broken[]; checked: number },
): Promise<void> {
  await tx.query(
    `insert into points_law_checks (workspace_id, programme_id, at, took_ms, broken, checked)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, programme_id) do update
       set at = excluded.at, took_ms = excluded.took_ms, broken = excluded.broken, checked = excluded.checked`,
    [workspaceId, programmeId, o.at, Math.round(o.tookMs), JSON.stringify(o.broken), o.checked],
  );
}

export async function readChecks(tx: Tx, workspaceId: number): Promise<CheckRow[]> {
  return tx.query<CheckRow>(
    `select p.uuid::text as programme, c.at, c.took_ms, c.broken
     from points_law_checks c join points_programmes p on p.workspace_id = c.workspace_id and p.id = c.programme_id
     where c.workspace_id = $1 order by p.id`,
    [workspaceId],
  );
}

/** Over all workspaces, for the figures of the program. */
export async function countBroken(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    'select coalesce(sum(jsonb_array_length(broken)), 0)::bigint as n from points_law_checks',
  );
  return row?.n ?? 0;
}
