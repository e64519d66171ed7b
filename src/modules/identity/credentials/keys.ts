import type { Clock } from '#platform/clock';
import { secret, sha256Hex, uuidv7 } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { within } from '../access/permissions.ts';
import type { KeyAccount, Principal } from '../access/principal.ts';
import type { Audit } from '../audit/audit.ts';
import type { News } from '../news.ts';
import { refuse } from '../refusal.ts';
import { PERMISSIONS, type Permission } from '../schema.ts';
import {
  findKey,
  insertKey,
  type KeyRow,
  revokeKey,
  revokeOtherKeysOf,
  selectKeys,
  touchKey,
} from './sql.ts';

const TOUCH_MS = 60_000;
const REMEMBERED_MS = 10_000;
const MIN_CHARACTERS = 16;
/** Who made the key that the installation's configuration brings. */
const ENVIRONMENT = 'environment';

export interface Keys {
  /** The secret is answered this once. */
  create(
    by: Principal,
    wanted: { name: string; scopes: readonly Permission[] },
  ): Promise<KeyRow & { secret: string }>;
  list(workspaceId: number, beforeId: string | null, limit: number): Promise<KeyRow[]>;
  revoke(by: Principal, id: string): Promise<void>;
  /** The account behind a secret, or undefined when it is unknown or revoked. */
  find(secret: string): Promise<KeyAccount | undefined>;
  /** Whether the secret was good a moment ago; says nothing about now. */
  knows(secret: string): boolean;
  /** Makes the configured secret a key with every scope; one configured before it stops to work. */
  adopt(workspaceId: number, secret: string): Promise<void>;
}

export function createKeys(deps: { pg: Postgres; clock: Clock; news: News; audit: Audit }): Keys {
  const { pg, clock, news, audit } = deps;
  const memory = news.memory<KeyAccount>({ max: 10_000, ttlMs: REMEMBERED_MS });

  function row(workspaceId: number, text: string, createdBy: string) {
    return {
      workspaceId,
      id: uuidv7(clock),
      secretHash: sha256Hex(text),
      hint: text.slice(-4),
      createdBy,
      createdAt: clock.now(),
    };
  }

  return {
    async create(by, { name, scopes }) {
      if (!within(scopes, by.scopes)) {
        throw refuse('not-allowed', 'A key can be given only what you are allowed yourself.');
      }
      const text = secret('sk_', 32);
      return news.changeInWorkspace(by.workspaceId, async (tx) => {
        const key = await insertKey(tx, {
          ...row(by.workspaceId, text, by.actor),
          name: name.trim(),
          scopes,
        });
        if (!key) throw new Error('A random secret came up twice.');
        await audit(tx, by, 'key.created', `key:${key.id}`, { scopes });
        return { ...key, secret: text };
      });
    },
    list: (workspaceId, beforeId, limit) =>
      pg.inWorkspace(workspaceId, (tx) => selectKeys(tx, beforeId, limit)),
    async revoke(by, id) {
      await news.changeInWorkspace(by.workspaceId, async (tx) => {
        if (!(await revokeKey(tx, id, clock.now()))) {
          throw refuse('key-not-found', 'There is no such key in this workspace, or it is revoked already.');
        }
        await audit(tx, by, 'key.revoked', `key:${id}`);
      });
    },
    find(text) {
      const secretHash = sha256Hex(text);
      return memory.get(secretHash, () =>
        pg.asSystem(async (tx) => {
          const key = await findKey(tx, secretHash);
          if (!key) return undefined;
          const now = clock.now();
          if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() >= TOUCH_MS) {
            await touchKey(tx, key.workspaceId, key.id, now);
          }
          return { kind: 'key' as const, keyId: key.id, workspaceId: key.workspaceId, scopes: key.scopes };
        }),
      );
    },
    knows: (text) => memory.knows(sha256Hex(text)),
    async adopt(workspaceId, text) {
      if (text.length < MIN_CHARACTERS || /\s/.test(text)) {
        throw refuse(
          'key-too-weak',
          `The secret key needs at least ${MIN_CHARACTERS} characters without blanks; "openssl rand -hex 24" makes one.`,
        );
      }
      await news.changeAsSystem(async (tx) => {
        const by = { workspaceId, actor: ENVIRONMENT };
        const key = await insertKey(tx, {
          ...row(workspaceId, text, ENVIRONMENT),
          name: 'From the configuration',
          scopes: PERMISSIONS,
        });
        if (!key) return;
        await audit(tx, by, 'key.created', `key:${key.id}`, { scopes: PERMISSIONS });
        for (const old of await revokeOtherKeysOf(tx, ENVIRONMENT, sha256Hex(text), clock.now())) {
          await audit(tx, { ...by, workspaceId: old.workspaceId }, 'key.revoked', `key:${old.id}`);
        }
      });
    },
  };
}
