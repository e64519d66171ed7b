import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import { permissionsOf, within } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';
import type { Audit } from '../audit/audit.ts';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import type { Role } from '../schema.ts';
import { lockWorkspace } from '../workspaces/sql.ts';
import {
  closeInvitationsBy,
  countOwners,
  deleteResetsBy,
  endMembership,
  findMember,
  type MemberRow,
  selectLastSeen,
  selectMembers,
  updateRole,
} from './sql.ts';

export interface Members {
  list(
    workspaceId: number,
    afterId: string | null,
    limit: number,
  ): Promise<(MemberRow & { seenAt: Date | null })[]>;
  /** Refuses to leave the workspace without an owner. */
  changeRole(by: Principal, userId: string, role: Role): Promise<void>;
  /** Takes somebody out of the team, with the links that they gave out; refuses for the last owner. */
  remove(by: Principal, userId: string): Promise<void>;
}

export function createMembers(deps: { pg: Postgres; clock: Clock; news: News; audit: Audit }): Members {
  const { pg, clock, news, audit } = deps;

  /** The member, with the workspace's team held still, after the rules that every change is under. */
  async function memberToChange(
    tx: Tx,
    by: Principal,
    userId: string,
    next: Role | null,
  ): Promise<MemberRow> {
    await lockWorkspace(tx, by.workspaceId);
    const member = await findMember(tx, userId);
    if (!member) throw refuse('member-not-found', 'Nobody with this id is in the team of this workspace.');
    const touched = [...permissionsOf(member.role), ...(next ? permissionsOf(next) : [])];
    if (!within(touched, by.scopes)) {
      throw refuse(
        'not-allowed',
        'You can change only members who are allowed no more than you are yourself.',
      );
    }
    if (member.role === 'owner' && next !== 'owner' && (await countOwners(tx)) === 1) {
      throw refuse(
        'last-owner',
        'This is the only owner of the workspace; make somebody else an owner first.',
      );
    }
    return member;
  }

  return {
    async list(workspaceId, afterId, limit) {
      const members = await pg.inWorkspace(workspaceId, (tx) => selectMembers(tx, afterId, limit));
      const ids = members.map((member) => member.id);
      const seen = await pg.asSystem((tx) => selectLastSeen(tx, ids));
      const seenAt = new Map(seen.map((row) => [row.userId, row.seenAt]));
      return members.map((member) => ({ ...member, seenAt: seenAt.get(member.id) ?? null }));
    },
    async changeRole(by, userId, role) {
      const lostPower = await news.changeInWorkspace(by.workspaceId, async (tx) => {
        const member = await memberToChange(tx, by, userId, role);
        if (member.role === role) return false;
        await updateRole(tx, userId, role);
        await audit(tx, by, 'team.role-changed', `user:${userId}`, { from: member.role, to: role });
        if (member.role !== 'owner') return false;
        await closeInvitationsBy(tx, `user:${userId}`, clock.now());
        return true;
      });
      if (lostPower) await pg.asSystem((tx) => deleteResetsBy(tx, `user:${userId}`));
    },
    async remove(by, userId) {
      await news.changeInWorkspace(by.workspaceId, async (tx) => {
        const { role } = await memberToChange(tx, by, userId, null);
        await endMembership(tx, userId, clock.now());
        await closeInvitationsBy(tx, `user:${userId}`, clock.now());
        await audit(tx, by, 'team.removed', `user:${userId}`, { role });
      });
      await pg.asSystem((tx) => deleteResetsBy(tx, `user:${userId}`));
    },
  };
}
