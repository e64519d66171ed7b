import type { Postgres, Tx } from '#platform/postgres';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import type { Attempts } from './attempts.ts';
import { normalEmail } from './email.ts';
import { checkPassword, type Passwords } from './password.ts';
import type { Sessions } from './sessions.ts';
import {
  deleteSession,
  deleteSessionsOfUser,
  findUserByEmail,
  lockUserWithPassword,
  type ProvableUser,
  updatePassword,
} from './sql.ts';

/** Where a request comes from, to be shown in the list of sessions. */
export interface Origin {
  address: string;
  agent: string;
}

export interface OpenedSession {
  token: string;
  expiresAt: Date;
}

export interface SignIn {
  /** Proves the password, within the limits on attempts, and opens a new session; the one before it ends. */
  signIn(o: {
    email: string;
    password: string;
    from: Origin;
    replacesSessionId?: string | undefined;
  }): Promise<OpenedSession>;
  /** Proves the password within the same limits; refuses when it is wrong. */
  prove(email: string, password: string, address: string): Promise<ProvableUser>;
  /** Needs the present password; ends all sessions of the user and opens a new one. */
  changePassword(o: {
    email: string;
    current: string;
    password: string;
    from: Origin;
  }): Promise<OpenedSession>;
}

export function createSignIn(deps: {
  pg: Postgres;
  news: News;
  passwords: Passwords;
  attempts: Attempts;
  sessions: Sessions;
}): SignIn {
  const { pg, news, passwords, attempts, sessions } = deps;

  async function prove(email: string, password: string, address: string): Promise<ProvableUser> {
    await attempts.begin(email, address);
    const user = await pg.asSystem((tx) => findUserByEmail(tx, email));
    // One way for every outcome: an unknown account costs as much and is told as much as a wrong password.
    if (!(await passwords.verify(password, user?.passwordHash)) || !user) {
      throw refuse('wrong-password', 'The e-mail or the password is wrong.');
    }
    await attempts.forgive(email, address);
    return user;
  }

  return {
    prove,
    async signIn({ email, password, from, replacesSessionId }) {
      const user = await prove(normalEmail(email), password, from.address);
      return news.changeAsSystem(async (tx) => {
        await stillProven(tx, user);
        if (replacesSessionId)
          await deleteSession(tx, replacesSessionId, { userId: user.id, workspaceId: null });
        return sessions.open(tx, user.id, from);
      });
    },
    async changePassword({ email, current, password, from }) {
      const user = await prove(email, current, from.address);
      checkPassword(password, user.email);
      const hash = await passwords.hash(password);
      return news.changeAsSystem(async (tx) => {
        await stillProven(tx, user);
        await updatePassword(tx, user.id, hash);
        await deleteSessionsOfUser(tx, user.id, null);
        return sessions.open(tx, user.id, from);
      });
    },
  };
}

/** A password that was changed while it was being checked opens nothing any more. */
async function stillProven(tx: Tx, user: ProvableUser): Promise<void> {
  if (!(await lockUserWithPassword(tx, user.id, user.passwordHash))) {
    throw refuse('wrong-password', 'The password was changed a moment ago.');
  }
}
