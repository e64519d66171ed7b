import type { Tx } from '#platform/postgres';
import type { WorkspaceProfile } from '../schema.ts';

export interface WorkspaceRow extends WorkspaceProfile {
  id: number;
  uuid: string;
  slug: string;
  createdAt: Date;
  /** By section, only what differs from the defaults. */
  stored: Record<string, Record<string, unknown>>;
}

const ROW = `workspace_id as id, uuid, slug, name, time_zone as "timeZone", country, currency,
             created_at as "createdAt", settings as stored`;

/** Held until the transaction ends: of several processes that start at once, one is the first. */
export async function lockFirstStart(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(5046720011)`);
}

export function selectWorkspaces(tx: Tx): Promise<WorkspaceRow[]> {
  return tx.query<WorkspaceRow>(`select ${ROW} from workspaces order by workspace_id`);
}

export async function findWorkspace(tx: Tx, id: number): Promise<WorkspaceRow | undefined> {
  const [row] = await tx.query<WorkspaceRow>(`select ${ROW} from workspaces where workspace_id = $1`, [id]);
  return row;
}

export async function findWorkspaceBySlug(tx: Tx, slug: string): Promise<WorkspaceRow | undefined> {
  const [row] = await tx.query<WorkspaceRow>(`select ${ROW} from workspaces where slug = $1`, [slug]);
  return row;
}

/** Two changes to one workspace's settings, or to its owners, wait for each other. */
export async function lockWorkspace(tx: Tx, id: number): Promise<WorkspaceRow | undefined> {
  const [row] = await tx.query<WorkspaceRow>(
    `select ${ROW} from workspaces where workspace_id = $1 for update`,
    [id],
  );
  return row;
}

/** Undefined when the slug is taken. */
export async function insertWorkspace(
  tx: Tx,
  w: Omit<WorkspaceRow, 'id' | 'stored'>,
): Promise<WorkspaceRow | undefined> {
  const [row] = await tx.query<WorkspaceRow>(
    `insert into workspaces (uuid, slug, name, time_zone, country, currency, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (slug) do nothing
     returning ${ROW}`,
    [w.uuid, w.slug, w.name, w.timeZone, w.country, w.currency, w.createdAt],
  );
  return row;
}

export async function updateProfile(tx: Tx, id: number, profile: WorkspaceProfile): Promise<void> {
  await tx.query(
    `update workspaces set name = $2, time_zone = $3, country = $4, currency = $5 where workspace_id = $1`,
    [id, profile.name, profile.timeZone, profile.country, profile.currency],
  );
}

export async function updateStored(tx: Tx, id: number, stored: WorkspaceRow['stored']): Promise<void> {
  await tx.query(`update workspaces set settings = $2 where workspace_id = $1`, [id, JSON.stringify(stored)]);
}

/** Whoever runs the installation owns every workspace of it. */
export async function insertOperatorsAsOwners(tx: Tx, workspaceId: number, at: Date): Promise<void> {
  await tx.query(
    `insert into memberships (workspace_id, user_id, role, joined_at)
     select $1, id, 'owner', $2 from users where operator
     on conflict do nothing`,
    [workspaceId, at],
  );
}
