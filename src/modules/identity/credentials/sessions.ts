import { createHmac } from 'node:crypto';
import type { Clock } from '#platform/clock';
import { secret, sha256Hex, uuidv7 } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import type { UserAccount } from '../access/principal.ts';
import type { Actor, Audit } from '../audit/audit.ts';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import {
  deleteOldSessions,
  deleteSession,
  deleteSessionsOfUser,
  findSession,
  insertSession,
  type SessionRow,
  selectMembershipsOfUser,
  selectSessions,
  touchSession,
} from './sql.ts';

/** A session ends when nobody used it for three days, and in any case after thirty. */
const IDLE_MS = 3 * 24 * 3_600_000;
const ABSOLUTE_MS = 30 * 24 * 3_600_000;
const TOUCH_MS = 60_000;
const REMEMBERED_MS = 10_000;

export interface Sessions {
  /** Opens one inside the transaction that proved who it is; the token is for the cookie and kept nowhere. */
  open(
    tx: Tx,
    userId: string,
    from: { address: string; agent: string },
  ): Promise<{ token: string; expiresAt: Date }>;
  /** The account behind a cookie's token, or undefined when there is no such session any more. */
  find(token: string): Promise<UserAccount | undefined>;
  /** Whether the token was good a moment ago; says nothing about now. */
  knows(token: string): boolean;
  list(f: {
    userId: string | null;
    workspaceId: number | null;
    beforeId: string | null;
    limit: number;
  }): Promise<SessionRow[]>;
  /** One of the user's own. */
  end(userId: string, id: string): Promise<void>;
  /** One of anybody's in the principal's team. */
  endInTeam(by: Actor, id: string): Promise<void>;
  endAllOf(userId: string, exceptId: string | null): Promise<number>;
}

export function createSessions(deps: { pg: Postgres; clock: Clock; news: News; audit: Audit }): Sessions {
  const { pg, clock, news, audit } = deps;
  const memory = news.memory<UserAccount>({ max: 10_000, ttlMs: REMEMBERED_MS });

  function idleSince(): Date {
    return new Date(clock.ms() - IDLE_MS);
  }

  async function load(token: string, tokenHash: string): Promise<UserAccount | undefined> {
    return pg.asSystem(async (tx) => {
      const now = clock.now();
      const row = await findSession(tx, tokenHash, now, idleSince());
      if (!row) return undefined;
      if (now.getTime() - row.seenAt.getTime() >= TOUCH_MS) await touchSession(tx, row.sessionId, now);
      return {
        kind: 'user' as const,
        userId: row.id,
        email: row.email,
        name: row.name,
        operator: row.operator,
        sessionId: row.sessionId,
        csrf: csrfToken(token),
        memberships: await selectMembershipsOfUser(tx, row.id),
      };
    });
  }

  return {
    async open(tx, userId, { address, agent }) {
      const token = secret('ps_', 32);
      const createdAt = clock.now();
      const expiresAt = new Date(createdAt.getTime() + ABSOLUTE_MS);
      await deleteOldSessions(tx, createdAt, idleSince());
      await insertSession(tx, {
        id: uuidv7(clock),
        userId,
        tokenHash: sha256Hex(token),
        createdAt,
        expiresAt,
        address,
        agent: agent.slice(0, 300),
      });
      return { token, expiresAt };
    },
    find(token) {
      const tokenHash = sha256Hex(token);
      return memory.get(tokenHash, () => load(token, tokenHash));
    },
    knows: (token) => memory.knows(sha256Hex(token)),
    list: (f) => pg.asSystem((tx) => selectSessions(tx, { ...f, now: clock.now(), idleSince: idleSince() })),
    async end(userId, id) {
      const endedOf = await news.changeAsSystem((tx) => deleteSession(tx, id, { userId, workspaceId: null }));
      if (!endedOf) throw noSuchSession();
    },
    async endInTeam(by, id) {
      await news.changeAsSystem(async (tx) => {
        const endedOf = await deleteSession(tx, id, { userId: null, workspaceId: by.workspaceId });
        if (!endedOf) throw noSuchSession();
        await audit(tx, by, 'team.session-ended', `user:${endedOf}`);
      });
    },
    endAllOf: (userId, exceptId) => news.changeAsSystem((tx) => deleteSessionsOfUser(tx, userId, exceptId)),
  };
}

function noSuchSession() {
  return refuse('session-not-found', 'There is no such session; it may have ended by itself.');
}

/** Bound to the session by being made from its token, which no other page can read. */
function csrfToken(token: string): string {
  return createHmac('sha256', token).update('pando csrf').digest('base64url');
}
