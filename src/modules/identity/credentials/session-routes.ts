import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import { clearSessionCookie, setSessionCookie } from '../access/cookie.ts';
import { checkSameOrigin } from '../access/csrf.ts';
import { permissionsOf } from '../access/permissions.ts';
import type { Account, UserAccount } from '../access/principal.ts';
import type { Identity } from '../door.ts';
import { afterCursor, pageOf, UUID } from '../paging.ts';
import { refuse } from '../refusal.ts';
import {
  ById,
  Ended,
  NewPassword,
  OwnProfile,
  PageQuery,
  PERMISSIONS,
  SessionPage,
  SignIn,
  WhoAmI,
} from '../schema.ts';
import type { OpenedSession, Origin } from './sign-in.ts';
import type { SessionRow } from './sql.ts';

const tags = ['Sessions'];
const refused = { 401: problem, 403: problem, 429: problem };

export function sessionRoutes(app: App, identity: Identity): void {
  const { sessions, signIn, authenticate, profiles, publicUrl } = identity;
  const onRequest = identity.guardAccount();

  app.post(
    '/api/session',
    {
      schema: {
        operationId: 'signIn',
        tags,
        summary: 'Sign in with e-mail and password',
        description: 'Sets the session’s cookie; an earlier session of the same browser ends.',
        security: [],
        body: SignIn,
        response: { 200: WhoAmI, 400: problem, ...refused },
      },
    },
    async (request, reply) => {
      checkSameOrigin(request, publicUrl);
      const before = await authenticate.session(request);
      const session = await signIn.signIn({
        ...request.body,
        from: originOf(request),
        replacesSessionId: before?.sessionId,
      });
      return openInBrowser(identity, reply, session);
    },
  );

  app.get(
    '/api/session',
    {
      onRequest,
      schema: {
        operationId: 'getSession',
        tags,
        summary: 'Who am I, where am I a member, and what may I do?',
        security: byBrowserOrKey,
        response: { 200: WhoAmI, ...refused },
      },
    },
    (request) => whoIs(identity, request.account),
  );

  app.delete(
    '/api/session',
    {
      onRequest,
      schema: {
        operationId: 'signOut',
        tags,
        summary: 'Sign out: end this session',
        security: [{ session: [] }],
        response: { 204: Type.Null({ description: 'Ended' }), ...refused },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = asUser(request.account);
      await sessions.end(userId, sessionId);
      clearSessionCookie(reply, publicUrl);
      return reply.code(204).send(null);
    },
  );

  app.patch(
    '/api/session',
    {
      onRequest,
      schema: {
        operationId: 'changeOwnProfile',
        tags,
        summary: 'Change my name',
        security: [{ session: [] }],
        body: OwnProfile,
        response: { 200: WhoAmI, 400: problem, ...refused },
      },
    },
    async (request) => {
      const account = asUser(request.account);
      const name = await profiles.rename(account.userId, request.body.name);
      return whoIs(identity, { ...account, name });
    },
  );

  app.put(
    '/api/session/password',
    {
      onRequest,
      schema: {
        operationId: 'changePassword',
        tags,
        summary: 'Change my password; my other sessions end',
        security: [{ session: [] }],
        body: NewPassword,
        response: { 200: WhoAmI, 400: problem, ...refused },
      },
    },
    async (request, reply) => {
      const { email } = asUser(request.account);
      const session = await signIn.changePassword({ email, ...request.body, from: originOf(request) });
      return openInBrowser(identity, reply, session);
    },
  );

  app.get(
    '/api/sessions',
    {
      onRequest,
      schema: {
        operationId: 'listSessions',
        tags,
        summary: 'My open sessions, newest first',
        security: [{ session: [] }],
        querystring: PageQuery,
        response: { 200: SessionPage, 400: problem, ...refused },
      },
    },
    async (request) => {
      const { userId, sessionId } = asUser(request.account);
      const { cursor, limit = 50 } = request.query;
      const beforeId = afterCursor(cursor, UUID);
      const rows = await sessions.list({ userId, workspaceId: null, beforeId, limit: limit + 1 });
      return pageOf(
        rows.map((row) => sessionAnswer(row, sessionId)),
        limit,
      );
    },
  );

  app.delete(
    '/api/sessions/:id',
    {
      onRequest,
      schema: {
        operationId: 'endSession',
        tags,
        summary: 'End one of my sessions',
        security: [{ session: [] }],
        params: ById,
        response: { 204: Type.Null({ description: 'Ended' }), 404: problem, ...refused },
      },
    },
    async (request, reply) => {
      const { userId } = asUser(request.account);
      await sessions.end(userId, request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/sessions',
    {
      onRequest,
      schema: {
        operationId: 'endOtherSessions',
        tags,
        summary: 'End all my sessions but this one',
        security: [{ session: [] }],
        response: { 200: Ended, ...refused },
      },
    },
    async (request) => {
      const { userId, sessionId } = asUser(request.account);
      return { ended: await sessions.endAllOf(userId, sessionId) };
    },
  );
}

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, agent: request.headers['user-agent'] ?? '' };
}

/** Hands the cookie to the browser, and tells it who it now is. */
export async function openInBrowser(identity: Identity, reply: FastifyReply, session: OpenedSession) {
  setSessionCookie(reply, identity.publicUrl, session);
  const account = await identity.sessions.find(session.token);
  if (!account) throw refuse('not-signed-in', 'The session was ended at this very moment; sign in again.');
  return whoIs(identity, account);
}

export function sessionAnswer(row: SessionRow, currentId: string | undefined) {
  const { id, userId, email, name, address, agent } = row;
  return {
    id,
    user: { id: userId, email, name },
    current: id === currentId,
    createdAt: row.createdAt.toISOString(),
    seenAt: row.seenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    address,
    agent,
  };
}

function asUser(account: Account): UserAccount {
  if (account.kind === 'user') return account;
  throw refuse(
    'not-allowed',
    'Keys and the command line have no sessions; this is for people who signed in.',
  );
}

async function whoIs(identity: Identity, account: Account): Promise<WhoAmI> {
  if (account.kind === 'user') {
    const { userId: id, email, name, operator, csrf } = account;
    return {
      kind: 'user',
      user: { id, email, name },
      operator,
      memberships: account.memberships.map((m) => ({
        workspace: { id: m.uuid, slug: m.slug, name: m.name },
        role: m.role,
        permissions: [...permissionsOf(m.role)],
      })),
      csrf,
    };
  }
  const isCli = account.kind === 'cli';
  const rows = isCli
    ? await identity.workspaces.list()
    : [await identity.workspaces.get(account.workspaceId)].flatMap((row) => row ?? []);
  return {
    kind: account.kind,
    user: null,
    operator: isCli,
    memberships: rows.map((row) => ({
      workspace: { id: row.uuid, slug: row.slug, name: row.name },
      role: isCli ? 'owner' : null,
      permissions: [...(isCli ? PERMISSIONS : account.scopes)],
    })),
    csrf: null,
  };
}
