import type { Tx } from '#platform/postgres';
import type { Key, Permission, Role } from '../schema.ts';

// Credentials are looked up before the workspace is known, so most of this runs as the system.

// --- attempts ---

/** One more in each bucket; a bucket deleted as old begins again at one. */
export function countAttempts(tx: Tx, buckets: readonly string[], now: Date) {
  return tx.query<{ bucket: string; attempts: number; since: Date }>(
    `insert into sign_in_attempts as a (bucket, attempts, since)
     select b, 1, $2 from unnest($1::text[]) b
     on conflict (bucket) do update set attempts = a.attempts + 1
     returning bucket, attempts, since`,
    [buckets, now],
  );
}

export async function deleteAttempts(tx: Tx, buckets: readonly string[]): Promise<void> {
  await tx.query(`delete from sign_in_attempts where bucket = any ($1)`, [buckets]);
}

export async function deleteOldAttempts(tx: Tx, before: Date): Promise<void> {
  await tx.query(
    `delete from sign_in_attempts where bucket in
       (select bucket from sign_in_attempts where since <= $1 order by bucket for update skip locked)`,
    [before],
  );
}

// --- users and sessions ---

export interface UserRow {
  id: string;
  email: string;
  name: string;
  operator: boolean;
}

export type ProvableUser = UserRow & { passwordHash: string };

export interface MembershipRow {
  workspaceId: number;
  uuid: string;
  slug: string;
  name: string;
  role: Role;
}

export async function findUserByEmail(tx: Tx, email: string): Promise<ProvableUser | undefined> {
  const [row] = await tx.query<ProvableUser>(
    `select id, email, name, operator, password_hash as "passwordHash" from users where email = $1`,
    [email],
  );
  return row;
}

/** Holds the account still until the transaction ends; false when its password is another by now. */
export async function lockUserWithPassword(tx: Tx, userId: string, passwordHash: string): Promise<boolean> {
  const rows = await tx.query(`select 1 from users where id = $1 and password_hash = $2 for share`, [
    userId,
    passwordHash,
  ]);
  return rows.length > 0;
}

export async function updatePassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.query(`update users set password_hash = $2 where id = $1`, [userId, passwordHash]);
}

export async function updateUserName(tx: Tx, userId: string, name: string): Promise<void> {
  await tx.query(`update users set name = $2 where id = $1`, [userId, name]);
}

export function selectMembershipsOfUser(tx: Tx, userId: string): Promise<MembershipRow[]> {
  return tx.query<MembershipRow>(
    `select w.workspace_id as "workspaceId", w.uuid, w.slug, w.name, m.role
       from memberships m join workspaces w using (workspace_id)
      where m.user_id = $1 and m.ended_at is null
      order by w.workspace_id`,
    [userId],
    'identity.selectMembershipsOfUser',
  );
}

export async function insertSession(
  tx: Tx,
  s: {
    id: string;
    userId: string;
    tokenHash: string;
    createdAt: Date;
    expiresAt: Date;
    address: string;
    agent: string;
  },
): Promise<void> {
  await tx.query(
    `insert into sessions (id, user_id, token_hash, created_at, seen_at, expires_at, address, agent)
     values ($1, $2, $3, $4, $4, $5, $6, $7)`,
    [s.id, s.userId, s.tokenHash, s.createdAt, s.expiresAt, s.address, s.agent],
  );
}

/** Neither over nor left idle. */
export async function findSession(tx: Tx, tokenHash: string, now: Date, idleSince: Date) {
  const [row] = await tx.query<UserRow & { sessionId: string; seenAt: Date }>(
    `select s.id as "sessionId", s.seen_at as "seenAt", u.id, u.email, u.name, u.operator
       from sessions s join users u on u.id = s.user_id
      where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3`,
    [tokenHash, now, idleSince],
    'identity.findSession',
  );
  return row;
}

export async function touchSession(tx: Tx, sessionId: string, now: Date): Promise<void> {
  await tx.query(`update sessions set seen_at = $2 where id = $1`, [sessionId, now], 'identity.touchSession');
}

export interface SessionRow {
  id: string;
  userId: string;
  email: string;
  name: string;
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
  address: string;
  agent: string;
}

/** Of one user, or of everybody in a workspace's team; newest first. */
export function selectSessions(
  tx: Tx,
  f: {
    userId: string | null;
    workspaceId: number | null;
    now: Date;
    idleSince: Date;
    beforeId: string | null;
    limit: number;
  },
): Promise<SessionRow[]> {
  return tx.query<SessionRow>(
    `select s.id, s.user_id as "userId", u.email, u.name, s.created_at as "createdAt", s.seen_at as "seenAt",
            s.expires_at as "expiresAt", s.address, s.agent
       from sessions s join users u on u.id = s.user_id
      where s.expires_at > $3 and s.seen_at > $4
        and ($1::uuid is null or s.user_id = $1)
        and ($2::int is null or exists
              (select 1 from memberships m
                where m.workspace_id = $2 and m.user_id = s.user_id and m.ended_at is null))
        and ($5::uuid is null or s.id < $5)
      order by s.id desc
      limit $6`,
    [f.userId, f.workspaceId, f.now, f.idleSince, f.beforeId, f.limit],
  );
}

/** The user's own, or with a workspace that of anybody in its team; answers with whose it was. */
export async function deleteSession(
  tx: Tx,
  id: string,
  whose: { userId: string | null; workspaceId: number | null },
): Promise<string | undefined> {
  const [row] = await tx.query<{ userId: string }>(
    `delete from sessions s
      where s.id = $1
        and (s.user_id = $2 or exists
              (select 1 from memberships m
                where m.workspace_id = $3 and m.user_id = s.user_id and m.ended_at is null))
      returning s.user_id as "userId"`,
    [id, whose.userId, whose.workspaceId],
  );
  return row?.userId;
}

export async function deleteSessionsOfUser(tx: Tx, userId: string, exceptId: string | null): Promise<number> {
  const rows = await tx.query(
    `delete from sessions where user_id = $1 and ($2::uuid is null or id <> $2) returning id`,
    [userId, exceptId],
  );
  return rows.length;
}

export async function deleteOldSessions(tx: Tx, now: Date, idleSince: Date): Promise<void> {
  await tx.query(`delete from sessions where expires_at <= $1 or seen_at <= $2`, [now, idleSince]);
}

// --- secret keys ---

export type KeyRow = Omit<Key, 'createdAt' | 'lastUsedAt' | 'revokedAt'> & {
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

const KEY = `id, name, scopes, hint, created_by as "createdBy", created_at as "createdAt",
             last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

export async function findKey(tx: Tx, secretHash: string) {
  const [row] = await tx.query<{
    id: string;
    workspaceId: number;
    scopes: Permission[];
    lastUsedAt: Date | null;
  }>(
    `select id, workspace_id as "workspaceId", scopes, last_used_at as "lastUsedAt"
       from secret_keys where secret_hash = $1 and revoked_at is null`,
    [secretHash],
    'identity.findKey',
  );
  return row;
}

export async function touchKey(tx: Tx, workspaceId: number, id: string, now: Date): Promise<void> {
  await tx.query(
    `update secret_keys set last_used_at = $3 where workspace_id = $1 and id = $2`,
    [workspaceId, id, now],
    'identity.touchKey',
  );
}

export interface NewKeyRow {
  workspaceId: number;
  id: string;
  name: string;
  scopes: readonly Permission[];
  secretHash: string;
  hint: string;
  createdBy: string;
  createdAt: Date;
}

/** Undefined when the same secret is there already, revoked or not. */
export async function insertKey(tx: Tx, k: NewKeyRow): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    `insert into secret_keys (workspace_id, id, name, scopes, secret_hash, hint, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing
     returning ${KEY}`,
    [k.workspaceId, k.id, k.name, k.scopes, k.secretHash, k.hint, k.createdBy, k.createdAt],
  );
  return row;
}

/** Newest first, the revoked ones too. */
export function selectKeys(tx: Tx, beforeId: string | null, limit: number): Promise<KeyRow[]> {
  return tx.query<KeyRow>(
    `select ${KEY} from secret_keys where $1::uuid is null or id < $1 order by id desc limit $2`,
    [beforeId, limit],
  );
}

/** True when there was such a key that was not revoked. */
export async function revokeKey(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await tx.query(
    `update secret_keys set revoked_at = $2 where id = $1 and revoked_at is null returning id`,
    [id, now],
  );
  return rows.length > 0;
}

/** The keys that an actor made and that still open the door, apart from the one with this hash. */
export function revokeOtherKeysOf(tx: Tx, createdBy: string, secretHash: string, now: Date) {
  return tx.query<{ workspaceId: number; id: string }>(
    `update secret_keys set revoked_at = $3
      where created_by = $1 and secret_hash <> $2 and revoked_at is null
      returning workspace_id as "workspaceId", id`,
    [createdBy, secretHash, now],
  );
}
