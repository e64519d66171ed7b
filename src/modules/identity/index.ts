import type { Clock } from '#platform/clock';
import type { Facts } from '#platform/facts';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import { createAuthenticate } from './access/authenticate.ts';
import { createGuards } from './access/guard.ts';
import { createGuesses } from './access/guesses.ts';
import type { PublicUrl } from './access/principal.ts';
import { actorNames, createAudit, redactAudit } from './audit/audit.ts';
import { createAttempts } from './credentials/attempts.ts';
import { createCliToken } from './credentials/cli-token.ts';
import { createKeys } from './credentials/keys.ts';
import { createPasswords, type Passwords } from './credentials/password.ts';
import { createProfiles } from './credentials/profile.ts';
import { createSessions } from './credentials/sessions.ts';
import { createSignIn } from './credentials/sign-in.ts';
import type { Identity } from './door.ts';
import { createNews } from './news.ts';
import { createInvitations } from './team/invitations.ts';
import { createMembers } from './team/members.ts';
import { createPasswordResets } from './team/reset.ts';
import { createWorkspaces } from './workspaces/create.ts';
import { createDirectory } from './workspaces/directory.ts';
import { firstStart } from './workspaces/first-start.ts';
import { createSettings } from './workspaces/settings.ts';

export type { Principal } from './access/principal.ts';
export type { Actor } from './audit/audit.ts';
export { identityRoutes } from './routes.ts';
export type { FirstStart } from './workspaces/first-start.ts';
export type { SettingsSection } from './workspaces/settings.ts';
export type { WorkspaceRow as Workspace } from './workspaces/sql.ts';

export interface IdentityDeps {
  readonly pg: Postgres;
  readonly facts: Facts;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: PublicUrl;
  /** Instead of argon2id as OWASP advises, in tests that count. */
  readonly passwords?: Passwords;
}

export type { Identity };

export function createIdentity(given: IdentityDeps): Identity {
  const { pg, clock, log, facts, publicUrl } = given;
  const news = createNews({ pg, clock, log });
  const audit = createAudit(clock);
  const passwords = given.passwords ?? createPasswords();
  const guesses = createGuesses(clock);
  const attempts = createAttempts({ pg, clock });
  const deps = { pg, clock, log, facts, publicUrl, news, audit, passwords, guesses, attempts };

  const directory = createDirectory(deps);
  const settings = createSettings({ ...deps, directory });
  const workspaces = createWorkspaces({ ...deps, directory });
  const sessions = createSessions(deps);
  const keys = createKeys(deps);
  const cliToken = createCliToken();
  const signIn = createSignIn({ ...deps, sessions });
  const authenticate = createAuthenticate({ ...deps, sessions, keys, cliToken });
  const resets = createPasswordResets({ ...deps, sessions });

  return {
    ...createGuards({ authenticate, directory, settings, clock }),
    workspaces,
    settings,
    keys,
    sessions,
    signIn,
    profiles: createProfiles(deps),
    authenticate,
    members: createMembers(deps),
    invitations: createInvitations({ ...deps, sessions, signIn }),
    resets,
    cliToken,
    audit,
    redactAudit,
    actorNames,
    firstStart: (config) => firstStart({ ...deps, keys }, config),
    resetLink: (email) => resets.linkByEmail(email),
    start: () => news.start(),
    stop: () => news.stop(),
    pg,
    publicUrl,
  };
}
