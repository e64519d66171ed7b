import type { FastifyRequest } from 'fastify';
import type { Clock } from '#platform/clock';
import { createRateLimiter } from '#platform/http';
import { refuse } from '../refusal.ts';
import { PERMISSIONS, type Permission, type Role } from '../schema.ts';
import type { Directory } from '../workspaces/directory.ts';
import type { Settings } from '../workspaces/settings.ts';
import type { Authenticate } from './authenticate.ts';
import { permissionsOf } from './permissions.ts';
import { type Account, actorOf, type Principal } from './principal.ts';

/** A hook for `onRequest` (before the body is read, which is better) or `preHandler`. */
type Guard = (request: FastifyRequest) => Promise<void>;

/** What one key or user may ask of one process: more than any page or ordinary program does. */
const REQUESTS_PER_SECOND = 1000;
const REQUESTS_BURST = 3000;

export interface Guards {
  /** Sets `request.principal`; refuses with 401 without credentials, with 403 without the permission. */
  guard(permission: Permission): Guard;
  /** Sets `request.account` only: for what concerns no workspace. */
  guardAccount(): Guard;
  /** As `guardAccount`, for whoever runs the installation: the command line on this machine, or an operator. */
  guardOperator(): Guard;
}

export function createGuards(deps: {
  authenticate: Authenticate;
  directory: Directory;
  settings: Settings;
  clock: Clock;
}): Guards {
  const { authenticate, directory, settings, clock } = deps;
  const limiter = createRateLimiter({ clock, perSecond: REQUESTS_PER_SECOND, burst: REQUESTS_BURST });

  async function accountOf(request: FastifyRequest): Promise<Account> {
    const account = await authenticate.account(request);
    const seconds = account.kind === 'cli' ? 0 : limiter.take(actorOf(account));
    if (seconds > 0) {
      const retryAfterS = Math.ceil(seconds);
      throw refuse(
        'too-many-requests',
        `At most ${REQUESTS_PER_SECOND} requests a second are answered to one key or user; slow down.`,
        { retryAfterS },
      );
    }
    request.account = account;
    return account;
  }

  async function principalOf(account: Account, slug: string | undefined): Promise<Principal> {
    const { workspaceId, role, scopes } = await choose(account, slug);
    const row = await directory.get(workspaceId);
    if (!row) throw noSuchWorkspace(slug ?? '');
    return {
      kind: account.kind,
      workspaceId,
      workspace: {
        id: row.uuid,
        slug: row.slug,
        name: row.name,
        timeZone: row.timeZone,
        country: row.country,
        currency: row.currency,
        settings: await settings.readAll(workspaceId),
      },
      ...(account.kind === 'user' ? { userId: account.userId } : {}),
      ...(account.kind === 'key' ? { keyId: account.keyId } : {}),
      role,
      scopes,
      actor: actorOf(account),
    };
  }

  async function choose(
    account: Account,
    slug: string | undefined,
  ): Promise<{ workspaceId: number; role: Role; scopes: readonly Permission[] }> {
    if (account.kind === 'user') {
      const { memberships } = account;
      const [only, another] = memberships;
      if (!only)
        throw refuse('no-such-workspace', 'You are in the team of no workspace; ask an owner to invite you.');
      if (slug === undefined && another) {
        const slugs = memberships.map((m) => m.slug).join(', ');
        throw refuse('workspace-needed', `Send the header Pando-Workspace with one of: ${slugs}.`);
      }
      const chosen = slug === undefined ? only : memberships.find((m) => m.slug === slug);
      if (!chosen) throw noSuchWorkspace(slug ?? '');
      return { workspaceId: chosen.workspaceId, role: chosen.role, scopes: permissionsOf(chosen.role) };
    }
    const named = slug === undefined ? undefined : await directory.bySlug(slug);
    if (slug !== undefined && !named) throw noSuchWorkspace(slug);
    if (account.kind === 'cli') {
      if (!named)
        throw refuse('workspace-needed', 'Send the header Pando-Workspace with the slug of a workspace.');
      return { workspaceId: named.id, role: 'owner', scopes: PERMISSIONS };
    }
    if (named && named.id !== account.workspaceId) throw noSuchWorkspace(named.slug);
    // No rule should look at the role of a key; where one does, it finds the least.
    return { workspaceId: account.workspaceId, role: 'clerk', scopes: account.scopes };
  }

  return {
    guard: (permission) => async (request) => {
      const account = await accountOf(request);
      const header = request.headers['pando-workspace'];
      const principal = await principalOf(account, header === undefined ? undefined : String(header));
      if (!principal.scopes.includes(permission)) {
        const who = principal.kind === 'key' ? 'this key' : `the role ${principal.role}`;
        throw refuse('not-allowed', `This needs the permission ${permission}, which ${who} does not have.`, {
          permission,
        });
      }
      request.principal = principal;
    },
    guardAccount: () => async (request) => {
      await accountOf(request);
    },
    guardOperator: () => async (request) => {
      const account = await accountOf(request);
      if (account.kind === 'cli' || (account.kind === 'user' && account.operator)) return;
      throw refuse(
        'not-allowed',
        'This is for whoever runs the installation: its first owner, or the command line.',
      );
    },
  };
}

/** The same whether it exists or not, so that nobody learns which workspaces there are. */
function noSuchWorkspace(slug: string) {
  return refuse('no-such-workspace', `There is no workspace "${slug}" for these credentials.`);
}
