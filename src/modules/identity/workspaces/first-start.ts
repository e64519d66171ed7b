import type { Clock } from '#platform/clock';
import { secret, uuidv7 } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import type { Audit } from '../audit/audit.ts';
import { normalEmail } from '../credentials/email.ts';
import type { Keys } from '../credentials/keys.ts';
import { checkPassword, type Passwords } from '../credentials/password.ts';
import type { News } from '../news.ts';
import { beginMembership, insertUser } from '../team/sql.ts';
import { checkedProfile } from './profile.ts';
import { insertWorkspace, lockFirstStart, selectWorkspaces, type WorkspaceRow } from './sql.ts';

/** As the program's configuration names them. */
export interface FirstStartConfig {
  readonly adminEmail?: string;
  readonly adminPassword?: string;
  /** A slug. */
  readonly workspace?: string;
  readonly secretKey?: string;
}

export interface FirstStart {
  /** True when this start made the owner and the workspace. */
  readonly created: boolean;
  readonly email?: string;
  /** Made up because none was configured: to be shown now, for it is kept nowhere. */
  readonly generatedPassword?: string;
  /** The oldest workspace. */
  readonly workspace: WorkspaceRow;
}

const DEFAULT_EMAIL = 'owner@pando.localhost';
const DEFAULT_SLUG = 'my-brand';

/**
 * Without any user, makes the owner, who runs the installation, and the first workspace. On every start, makes the
 * configured secret key one of that workspace with every scope, unless it is one or was revoked.
 */
export async function firstStart(
  deps: { pg: Postgres; clock: Clock; news: News; audit: Audit; passwords: Passwords; keys: Keys },
  config: FirstStartConfig,
): Promise<FirstStart> {
  const { pg, clock, news, audit, passwords, keys } = deps;
  const result = (await findFirst(pg)) ?? (await makeFirst());
  if (config.secretKey !== undefined) await keys.adopt(result.workspace.id, config.secretKey);
  return result;

  async function makeFirst(): Promise<FirstStart> {
    const email = normalEmail(config.adminEmail ?? DEFAULT_EMAIL);
    const generatedPassword = config.adminPassword === undefined ? secret('', 15) : undefined;
    const password = config.adminPassword ?? generatedPassword ?? '';
    checkPassword(password, email);
    const passwordHash = await passwords.hash(password);
    const slug = config.workspace ?? DEFAULT_SLUG;

    const workspace = await news.changeAsSystem(async (tx) => {
      await lockFirstStart(tx);
      const [first] = await selectWorkspaces(tx);
      if (first) return undefined;
      const at = clock.now();
      const row = await insertWorkspace(tx, {
        uuid: uuidv7(clock),
        slug,
        ...checkedProfile({ name: nameOf(slug) }),
        createdAt: at,
      });
      if (!row) throw new Error('The first workspace could not be made.');
      const userId = uuidv7(clock);
      await insertUser(tx, { id: userId, email, name: 'Owner', passwordHash, operator: true, createdAt: at });
      await beginMembership(tx, { workspaceId: row.id, userId, role: 'owner', at });
      await audit(
        tx,
        { workspaceId: row.id, actor: 'program' },
        'workspace.created',
        `workspace:${row.uuid}`,
        {
          slug: row.slug,
        },
      );
      return row;
    });
    if (workspace) {
      return { created: true, email, workspace, ...(generatedPassword ? { generatedPassword } : {}) };
    }
    const made = await findFirst(pg);
    if (!made) throw new Error('Another process made the first workspace, and it is not there.');
    return made;
  }
}

async function findFirst(pg: Postgres): Promise<FirstStart | undefined> {
  const [workspace] = await pg.asSystem(selectWorkspaces);
  return workspace && { created: false, workspace };
}

/** `my-brand` is "My brand". */
function nameOf(slug: string): string {
  const words = slug.replaceAll('-', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
