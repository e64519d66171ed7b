import type { Clock } from '#platform/clock';
import { sha256Hex, uuidv7 } from '#platform/ids';
import type { Postgres, Tx } from '#platform/postgres';
import type { Guesses } from '../access/guesses.ts';
import { permissionsOf, within } from '../access/permissions.ts';
import type { Principal, PublicUrl } from '../access/principal.ts';
import type { Audit } from '../audit/audit.ts';
import type { Attempts } from '../credentials/attempts.ts';
import { normalEmail } from '../credentials/email.ts';
import { checkPassword, type Passwords } from '../credentials/password.ts';
import type { Sessions } from '../credentials/sessions.ts';
import type { OpenedSession, Origin } from '../credentials/sign-in.ts';
import {
  deleteSessionsOfUser,
  findUserByEmail,
  selectMembershipsOfUser,
  updatePassword,
} from '../credentials/sql.ts';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import { type NewLink, newLink } from './link.ts';
import { deleteReset, deleteResetsOf, findMember, findReset, insertReset } from './sql.ts';

const VALID_MS = 24 * 3_600_000;

export interface PasswordResets {
  /** For a member of the principal's workspace, by somebody who is allowed at least as much. */
  link(by: Principal, userId: string): Promise<NewLink>;
  /** For anybody, by whoever has the machine. */
  linkByEmail(email: string): Promise<NewLink>;
  /** Uses the link up, sets the password, ends every session of the user and opens a new one. */
  use(o: { token: string; password: string; from: Origin }): Promise<OpenedSession>;
}

export function createPasswordResets(deps: {
  pg: Postgres;
  clock: Clock;
  news: News;
  audit: Audit;
  passwords: Passwords;
  sessions: Sessions;
  attempts: Attempts;
  guesses: Guesses;
  publicUrl: PublicUrl;
}): PasswordResets {
  const { pg, clock, news, audit, passwords, sessions, attempts, guesses, publicUrl } = deps;

  /** Runs as the system; an earlier link of the same user stops to work. */
  async function make(tx: Tx, userId: string, createdBy: string): Promise<NewLink> {
    const expiresAt = new Date(clock.ms() + VALID_MS);
    const link = newLink(publicUrl(), 'reset', expiresAt);
    await deleteResetsOf(tx, userId);
    await insertReset(tx, { id: uuidv7(clock), userId, tokenHash: link.tokenHash, createdBy, expiresAt });
    return link;
  }

  return {
    async link(by, userId) {
      const member = await pg.inWorkspace(by.workspaceId, (tx) => findMember(tx, userId));
      if (!member) throw refuse('member-not-found', 'Nobody with this id is in the team of this workspace.');
      if (!within(permissionsOf(member.role), by.scopes)) {
        throw refuse(
          'not-allowed',
          'You can reset the password only of members who are allowed no more than you.',
        );
      }
      return pg.asSystem(async (tx) => {
        const elsewhere = (await selectMembershipsOfUser(tx, userId)).some(
          (m) => m.workspaceId !== by.workspaceId,
        );
        const user = await findUserByEmail(tx, member.email);
        // Whoever holds the link becomes that person in every workspace, and as the operator of the installation.
        if (by.kind !== 'cli' && userId !== by.userId && (elsewhere || user?.operator)) {
          throw refuse(
            'works-elsewhere',
            'This account opens more than this workspace; whoever runs the machine can type: pando user reset EMAIL',
          );
        }
        await audit(tx, by, 'team.reset-link', `user:${userId}`);
        return make(tx, userId, by.actor);
      });
    },
    linkByEmail: (typed) =>
      pg.asSystem(async (tx) => {
        const user = await findUserByEmail(tx, normalEmail(typed));
        if (!user) throw refuse('user-not-found', 'Nobody has an account with this e-mail.');
        for (const { workspaceId } of await selectMembershipsOfUser(tx, user.id)) {
          await audit(tx, { workspaceId, actor: 'cli' }, 'team.reset-link', `user:${user.id}`);
        }
        return make(tx, user.id, 'cli');
      }),
    async use({ token, password, from }) {
      guesses.count(from.address);
      const tokenHash = sha256Hex(token);
      const reset = await pg.asSystem((tx) => findReset(tx, tokenHash, clock.now()));
      if (!reset) throw usedUp();
      const { userId, email } = reset;
      checkPassword(password, email);
      const hash = await passwords.hash(password);
      const session = await news.changeAsSystem(async (tx) => {
        if (!(await deleteReset(tx, tokenHash))) throw usedUp();
        await updatePassword(tx, userId, hash);
        await deleteSessionsOfUser(tx, userId, null);
        for (const { workspaceId } of await selectMembershipsOfUser(tx, userId)) {
          await audit(tx, { workspaceId, actor: `user:${userId}` }, 'team.password-reset', `user:${userId}`);
        }
        return sessions.open(tx, userId, from);
      });
      await attempts.forgive(email, from.address);
      return session;
    },
  };
}

function usedUp() {
  return refuse(
    'link-invalid',
    'This link was used or has expired; ask an owner of your team for a new one.',
  );
}
