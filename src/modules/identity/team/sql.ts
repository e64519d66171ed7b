import type { Tx } from '#platform/postgres';
import type { Role } from '../schema.ts';

// --- members ---

export interface MemberRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  joinedAt: Date;
}

const MEMBER = `u.id, u.email, u.name, m.role, m.joined_at as "joinedAt"`;

export function selectMembers(tx: Tx, afterId: string | null, limit: number): Promise<MemberRow[]> {
  return tx.query<MemberRow>(
    `select ${MEMBER} from memberships m join users u on u.id = m.user_id
      where m.ended_at is null and ($1::uuid is null or u.id > $1)
      order by u.id
      limit $2`,
    [afterId, limit],
  );
}

export async function findMember(tx: Tx, userId: string): Promise<MemberRow | undefined> {
  const [row] = await tx.query<MemberRow>(
    `select ${MEMBER} from memberships m join users u on u.id = m.user_id
      where m.ended_at is null and m.user_id = $1`,
    [userId],
  );
  return row;
}

export async function findMemberByEmail(tx: Tx, email: string): Promise<MemberRow | undefined> {
  const [row] = await tx.query<MemberRow>(
    `select ${MEMBER} from memberships m join users u on u.id = m.user_id
      where m.ended_at is null and u.email = $1`,
    [email],
  );
  return row;
}

/** When each of these users was last seen; runs as the system, since sessions belong to no workspace. */
export function selectLastSeen(
  tx: Tx,
  userIds: readonly string[],
): Promise<{ userId: string; seenAt: Date }[]> {
  return tx.query(
    `select user_id as "userId", max(seen_at) as "seenAt" from sessions where user_id = any ($1) group by user_id`,
    [userIds],
  );
}

export async function countOwners(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ owners: number }>(
    `select count(*)::int as owners from memberships where role = 'owner' and ended_at is null`,
  );
  return row?.owners ?? 0;
}

export async function updateRole(tx: Tx, userId: string, role: Role): Promise<void> {
  await tx.query(`update memberships set role = $2 where user_id = $1`, [userId, role]);
}

export async function endMembership(tx: Tx, userId: string, at: Date): Promise<void> {
  await tx.query(`update memberships set ended_at = $2 where user_id = $1`, [userId, at]);
}

/** Begins a membership, or an ended one anew; one that lasts keeps its role. */
export async function beginMembership(
  tx: Tx,
  m: { workspaceId: number; userId: string; role: Role; at: Date },
): Promise<void> {
  await tx.query(
    `insert into memberships as m (workspace_id, user_id, role, joined_at) values ($1, $2, $3, $4)
     on conflict (workspace_id, user_id) do update
       set role = excluded.role, joined_at = excluded.joined_at, ended_at = null
       where m.ended_at is not null`,
    [m.workspaceId, m.userId, m.role, m.at],
  );
}

/** False when the address has an account already. */
export async function insertUser(
  tx: Tx,
  u: { id: string; email: string; name: string; passwordHash: string; operator: boolean; createdAt: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into users (id, email, name, password_hash, operator, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (email) do nothing
     returning id`,
    [u.id, u.email, u.name, u.passwordHash, u.operator, u.createdAt],
  );
  return rows.length > 0;
}

// --- invitations ---

export interface InvitationRow {
  id: string;
  email: string;
  role: Role;
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
}

const INVITATION = `i.id, i.email, i.role, i.invited_by as "invitedBy", i.created_at as "createdAt",
                    i.expires_at as "expiresAt"`;

export async function insertInvitation(
  tx: Tx,
  i: InvitationRow & { workspaceId: number; tokenHash: string },
): Promise<void> {
  await tx.query(
    `insert into invitations (workspace_id, id, email, role, token_hash, invited_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [i.workspaceId, i.id, i.email, i.role, i.tokenHash, i.invitedBy, i.createdAt, i.expiresAt],
  );
}

/** Those that can still be accepted, newest first. */
export function selectInvitations(
  tx: Tx,
  now: Date,
  beforeId: string | null,
  limit: number,
): Promise<InvitationRow[]> {
  return tx.query<InvitationRow>(
    `select ${INVITATION} from invitations i
      where i.closed_at is null and i.expires_at > $1 and ($2::uuid is null or i.id < $2)
      order by i.id desc
      limit $3`,
    [now, beforeId, limit],
  );
}

/** True when it was open. */
export async function closeInvitation(tx: Tx, workspaceId: number, id: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `update invitations set closed_at = $3
      where workspace_id = $1 and id = $2 and closed_at is null and expires_at > $3
      returning id`,
    [workspaceId, id, at],
  );
  return rows.length > 0;
}

export async function closeInvitationsOf(tx: Tx, email: string, at: Date): Promise<void> {
  await tx.query(`update invitations set closed_at = $2 where email = $1 and closed_at is null`, [email, at]);
}

export async function closeInvitationsBy(tx: Tx, invitedBy: string, at: Date): Promise<void> {
  await tx.query(`update invitations set closed_at = $2 where invited_by = $1 and closed_at is null`, [
    invitedBy,
    at,
  ]);
}

/** By the hash of the link's token, over all workspaces. */
export async function findInvitation(tx: Tx, tokenHash: string, now: Date) {
  const [row] = await tx.query<InvitationRow & { workspaceId: number; slug: string; workspaceName: string }>(
    `select ${INVITATION}, w.workspace_id as "workspaceId", w.slug, w.name as "workspaceName"
       from invitations i join workspaces w using (workspace_id)
      where i.token_hash = $1 and i.closed_at is null and i.expires_at > $2`,
    [tokenHash, now],
  );
  return row;
}

// --- password resets ---

export async function insertReset(
  tx: Tx,
  r: { id: string; userId: string; tokenHash: string; createdBy: string; expiresAt: Date },
): Promise<void> {
  await tx.query(
    `insert into password_resets (id, user_id, token_hash, created_by, expires_at) values ($1, $2, $3, $4, $5)`,
    [r.id, r.userId, r.tokenHash, r.createdBy, r.expiresAt],
  );
}

export async function findReset(tx: Tx, tokenHash: string, now: Date) {
  const [row] = await tx.query<{ userId: string; email: string }>(
    `select u.id as "userId", u.email from password_resets r join users u on u.id = r.user_id
      where r.token_hash = $1 and r.expires_at > $2`,
    [tokenHash, now],
  );
  return row;
}

/** Uses the link up; true for the one who was first. */
export async function deleteReset(tx: Tx, tokenHash: string): Promise<boolean> {
  const rows = await tx.query(`delete from password_resets where token_hash = $1 returning id`, [tokenHash]);
  return rows.length > 0;
}

export async function deleteResetsOf(tx: Tx, userId: string): Promise<void> {
  await tx.query(`delete from password_resets where user_id = $1`, [userId]);
}

export async function deleteResetsBy(tx: Tx, createdBy: string): Promise<void> {
  await tx.query(`delete from password_resets where created_by = $1`, [createdBy]);
}
