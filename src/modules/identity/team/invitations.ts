import type { Clock } from '#platform/clock';
import { sha256Hex, uuidv7 } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import type { Guesses } from '../access/guesses.ts';
import { permissionsOf, within } from '../access/permissions.ts';
import type { Principal, PublicUrl } from '../access/principal.ts';
import type { Audit } from '../audit/audit.ts';
import { normalEmail } from '../credentials/email.ts';
import { checkPassword, type Passwords } from '../credentials/password.ts';
import type { Sessions } from '../credentials/sessions.ts';
import type { OpenedSession, Origin, SignIn } from '../credentials/sign-in.ts';
import { findUserByEmail } from '../credentials/sql.ts';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import type { Role } from '../schema.ts';
import { type NewLink, newLink } from './link.ts';
import {
  beginMembership,
  closeInvitation,
  closeInvitationsOf,
  findInvitation,
  findMemberByEmail,
  type InvitationRow,
  insertInvitation,
  insertUser,
  selectInvitations,
} from './sql.ts';

const VALID_MS = 7 * 24 * 3_600_000;

export interface Invitations {
  /** The link is answered this once; an earlier one for the same address stops to work. */
  create(by: Principal, wanted: { email: string; role: Role }): Promise<InvitationRow & { link: NewLink }>;
  list(workspaceId: number, beforeId: string | null, limit: number): Promise<InvitationRow[]>;
  withdraw(by: Principal, id: string): Promise<void>;
  /** What the link is for; `known` when the address has an account, whose password is then needed. */
  look(
    token: string,
    address: string,
  ): Promise<{ email: string; role: Role; slug: string; workspaceName: string; known: boolean }>;
  /**
   * Uses the link up. A new address gets an account with the given password; one that has an account must prove its
   * present password, because whoever made the link has it too.
   */
  accept(o: {
    token: string;
    password: string;
    name?: string | undefined;
    from: Origin;
  }): Promise<OpenedSession>;
}

export function createInvitations(deps: {
  pg: Postgres;
  clock: Clock;
  news: News;
  audit: Audit;
  passwords: Passwords;
  sessions: Sessions;
  signIn: SignIn;
  guesses: Guesses;
  publicUrl: PublicUrl;
}): Invitations {
  const { pg, clock, news, audit, passwords, sessions, signIn, guesses, publicUrl } = deps;

  async function find(token: string, address: string) {
    guesses.count(address);
    const found = await pg.asSystem(async (tx) => {
      const invitation = await findInvitation(tx, sha256Hex(token), clock.now());
      return invitation && { invitation, user: await findUserByEmail(tx, invitation.email) };
    });
    if (!found) throw usedUp();
    return found;
  }

  return {
    async create(by, { email: typed, role }) {
      const email = normalEmail(typed);
      if (!within(permissionsOf(role), by.scopes)) {
        throw refuse(
          'not-allowed',
          'You can invite only to a role that is allowed no more than you are yourself.',
        );
      }
      const createdAt = clock.now();
      const expiresAt = new Date(createdAt.getTime() + VALID_MS);
      const invitation = { id: uuidv7(clock), email, role, invitedBy: by.actor, createdAt, expiresAt };
      const link = newLink(publicUrl(), 'join', expiresAt);
      await pg.inWorkspace(by.workspaceId, async (tx) => {
        if (await findMemberByEmail(tx, email)) {
          throw refuse('already-member', 'Somebody with this e-mail is in the team already.');
        }
        await closeInvitationsOf(tx, email, createdAt);
        await insertInvitation(tx, {
          ...invitation,
          workspaceId: by.workspaceId,
          tokenHash: link.tokenHash,
        });
        await audit(tx, by, 'team.invited', `invitation:${invitation.id}`, { role });
      });
      return { ...invitation, link };
    },
    list: (workspaceId, beforeId, limit) =>
      pg.inWorkspace(workspaceId, (tx) => selectInvitations(tx, clock.now(), beforeId, limit)),
    async withdraw(by, id) {
      await pg.inWorkspace(by.workspaceId, async (tx) => {
        if (!(await closeInvitation(tx, by.workspaceId, id, clock.now()))) {
          throw refuse('invitation-not-found', 'There is no such open invitation in this workspace.');
        }
        await audit(tx, by, 'team.invitation-withdrawn', `invitation:${id}`);
      });
    },
    async look(token, address) {
      const { invitation, user } = await find(token, address);
      return { ...invitation, known: user !== undefined };
    },
    async accept({ token, password, name, from }) {
      const { invitation, user } = await find(token, from.address);
      const { email, role, workspaceId } = invitation;
      let passwordHash = '';
      if (user) await signIn.prove(email, password, from.address);
      else {
        checkPassword(password, email);
        passwordHash = await passwords.hash(password);
      }
      const at = clock.now();
      const userId = user?.id ?? uuidv7(clock);
      return news.changeAsSystem(async (tx) => {
        if (!(await closeInvitation(tx, workspaceId, invitation.id, at))) throw usedUp();
        if (!user) {
          const plainName = name?.trim() || (email.split('@')[0] ?? email);
          const inserted = await insertUser(tx, {
            id: userId,
            email,
            name: plainName,
            passwordHash,
            operator: false,
            createdAt: at,
          });
          // The account came into being since the link was opened; it is another's to prove now.
          if (!inserted)
            throw refuse('wrong-password', 'This address has an account by now; use its password.');
        }
        await beginMembership(tx, { workspaceId, userId, role, at });
        await audit(tx, { workspaceId, actor: `user:${userId}` }, 'team.joined', `user:${userId}`, { role });
        return sessions.open(tx, userId, from);
      });
    },
  };
}

function usedUp() {
  return refuse(
    'link-invalid',
    'This invitation was used, taken back or has expired; ask whoever sent it for a new one.',
  );
}
