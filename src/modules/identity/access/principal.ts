import type { Actor } from '../audit/audit.ts';
import type { Permission, Role } from '../schema.ts';

/**
 * Who asks, and for which workspace; set by the guard of a route. Ask `scopes` what it may do, not the role: a key
 * has scopes of its own, and the least role.
 */
export interface Principal extends Actor {
  readonly kind: 'user' | 'key' | 'cli';
  readonly workspaceId: number;
  readonly workspace: {
    /** The UUID, as outside. */
    readonly id: string;
    readonly slug: string;
    readonly name: string;
    readonly timeZone: string;
    readonly country: string;
    readonly currency: string;
    /** All sections, defaults filled in. */
    readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly userId?: string;
  readonly keyId?: string;
  readonly role: Role;
  readonly scopes: readonly Permission[];
}

/** What the credentials of a request stand for, before a workspace is chosen. */
export type Account = UserAccount | KeyAccount | CliAccount;

export interface UserAccount {
  readonly kind: 'user';
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  /** May create further workspaces. */
  readonly operator: boolean;
  readonly sessionId: string;
  /** What a write must bring as `Pando-Csrf`. */
  readonly csrf: string;
  readonly memberships: readonly {
    readonly workspaceId: number;
    readonly uuid: string;
    readonly slug: string;
    readonly name: string;
    readonly role: Role;
  }[];
}

export interface KeyAccount {
  readonly kind: 'key';
  readonly keyId: string;
  readonly workspaceId: number;
  readonly scopes: readonly Permission[];
}

/** The command line on this machine; it may everything, and says for which workspace. */
interface CliAccount {
  readonly kind: 'cli';
}

/** As the audit list names it. */
export function actorOf(account: Account): string {
  if (account.kind === 'user') return `user:${account.userId}`;
  return account.kind === 'key' ? `key:${account.keyId}` : 'cli';
}

/**
 * How browsers reach the program, without a slash at the end; links begin with it, and https makes cookies secure.
 * Asked for when it is needed, because a free port is known only once the program listens.
 */
export type PublicUrl = () => string;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `identity.guard`; a route without a guard has none. */
    principal: Principal;
    /** Set by every guard of identity. */
    account: Account;
  }
}
