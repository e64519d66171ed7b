import type { Postgres } from '#platform/postgres';
import type { Authenticate } from './access/authenticate.ts';
import type { Guards } from './access/guard.ts';
import type { PublicUrl } from './access/principal.ts';
import type { Audit, actorNames, redactAudit } from './audit/audit.ts';
import type { CliToken } from './credentials/cli-token.ts';
import type { Keys } from './credentials/keys.ts';
import type { Profiles } from './credentials/profile.ts';
import type { Sessions } from './credentials/sessions.ts';
import type { SignIn } from './credentials/sign-in.ts';
import type { Invitations } from './team/invitations.ts';
import type { NewLink } from './team/link.ts';
import type { Members } from './team/members.ts';
import type { PasswordResets } from './team/reset.ts';
import type { Workspaces } from './workspaces/create.ts';
import type { FirstStart, FirstStartConfig } from './workspaces/first-start.ts';
import type { Settings } from './workspaces/settings.ts';

/** Who may do what: workspaces, the team, keys, sessions, and the list of who changed what. */
export interface Identity extends Guards {
  readonly workspaces: Workspaces;
  readonly settings: Settings;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly profiles: Profiles;
  readonly authenticate: Authenticate;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly resets: PasswordResets;
  readonly cliToken: CliToken;
  /** Writes a line of the audit list, in the transaction of the change. */
  readonly audit: Audit;
  /** For the erasure of a person; inside a transaction of the workspace. Answers with the number of changed lines. */
  redactAudit: typeof redactAudit;
  actorNames: typeof actorNames;
  firstStart(config: FirstStartConfig): Promise<FirstStart>;
  /** For `pando user reset EMAIL`; refuses an e-mail without an account. */
  resetLink(email: string): Promise<NewLink>;
  /** Begins to hear of changes that other processes make; until then they are seen within ten seconds. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly pg: Postgres;
  readonly publicUrl: PublicUrl;
}
