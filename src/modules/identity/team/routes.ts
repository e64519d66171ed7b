import Type from 'typebox';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import { sessionAnswer } from '../credentials/session-routes.ts';
import type { Identity } from '../door.ts';
import { afterCursor, pageOf, UUID } from '../paging.ts';
import {
  ById,
  CreatedInvitation,
  InvitationPage,
  Link,
  MemberId,
  MemberPage,
  NewInvitation,
  PageQuery,
  RoleChange,
  SessionPage,
} from '../schema.ts';
import type { NewLink } from './link.ts';
import type { InvitationRow } from './sql.ts';

const tags = ['Team'];
const refused = { 400: problem, 401: problem, 403: problem, 429: problem };

export function teamRoutes(app: App, identity: Identity): void {
  const { members, invitations, resets, sessions } = identity;

  app.get(
    '/api/team',
    {
      onRequest: identity.guard('team:read'),
      schema: {
        operationId: 'listTeam',
        tags,
        summary: 'Who is in the team',
        security: byBrowserOrKey,
        querystring: PageQuery,
        response: { 200: MemberPage, ...refused },
      },
    },
    async (request) => {
      const { cursor, limit = 50 } = request.query;
      const rows = await members.list(request.principal.workspaceId, afterCursor(cursor, UUID), limit + 1);
      const answers = rows.map(({ joinedAt, seenAt, ...member }) => ({
        ...member,
        joinedAt: joinedAt.toISOString(),
        seenAt: seenAt?.toISOString() ?? null,
      }));
      return pageOf(answers, limit);
    },
  );

  app.patch(
    '/api/team/:userId',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'changeRole',
        tags,
        summary: 'Give a member another role',
        security: byBrowserOrKey,
        params: MemberId,
        body: RoleChange,
        response: { 204: Type.Null({ description: 'Changed' }), 404: problem, 409: problem, ...refused },
      },
    },
    async (request, reply) => {
      await members.changeRole(request.principal, request.params.userId, request.body.role);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/team/:userId',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'removeMember',
        tags,
        summary: 'Take somebody out of the team',
        description: 'The last owner stays. Keys that the member made go on working until they are revoked.',
        security: byBrowserOrKey,
        params: MemberId,
        response: { 204: Type.Null({ description: 'Removed' }), 404: problem, 409: problem, ...refused },
      },
    },
    async (request, reply) => {
      await members.remove(request.principal, request.params.userId);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/team/:userId/reset',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'createResetLink',
        tags,
        summary: 'Make a link by which a member sets a new password',
        security: byBrowserOrKey,
        params: MemberId,
        response: { 201: Link, 404: problem, 409: problem, ...refused },
      },
    },
    async (request, reply) => {
      const link = await resets.link(request.principal, request.params.userId);
      return reply.code(201).send(linkAnswer(link));
    },
  );

  app.get(
    '/api/team/sessions',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'listTeamSessions',
        tags,
        summary: 'Open sessions of the whole team, newest first',
        security: byBrowserOrKey,
        querystring: PageQuery,
        response: { 200: SessionPage, ...refused },
      },
    },
    async (request) => {
      const { cursor, limit = 50 } = request.query;
      const { workspaceId } = request.principal;
      const beforeId = afterCursor(cursor, UUID);
      const rows = await sessions.list({ userId: null, workspaceId, beforeId, limit: limit + 1 });
      const current = request.account.kind === 'user' ? request.account.sessionId : undefined;
      return pageOf(
        rows.map((row) => sessionAnswer(row, current)),
        limit,
      );
    },
  );

  app.delete(
    '/api/team/sessions/:id',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'endTeamSession',
        tags,
        summary: 'End a session of a member of the team',
        security: byBrowserOrKey,
        params: ById,
        response: { 204: Type.Null({ description: 'Ended' }), 404: problem, ...refused },
      },
    },
    async (request, reply) => {
      await sessions.endInTeam(request.principal, request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/team/invitations',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'listInvitations',
        tags,
        summary: 'Open invitations, newest first',
        security: byBrowserOrKey,
        querystring: PageQuery,
        response: { 200: InvitationPage, ...refused },
      },
    },
    async (request) => {
      const { cursor, limit = 50 } = request.query;
      const { workspaceId } = request.principal;
      const rows = await invitations.list(workspaceId, afterCursor(cursor, UUID), limit + 1);
      return pageOf(rows.map(invitationAnswer), limit);
    },
  );

  app.post(
    '/api/team/invitations',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'invite',
        tags,
        summary: 'Invite somebody to the team by a link',
        description: 'Hand the link over yourself; no mail is sent. It works once, for seven days.',
        security: byBrowserOrKey,
        body: NewInvitation,
        response: { 201: CreatedInvitation, 409: problem, ...refused },
      },
    },
    async (request, reply) => {
      const { link, ...invitation } = await invitations.create(request.principal, request.body);
      return reply.code(201).send({ ...invitationAnswer(invitation), link: linkAnswer(link) });
    },
  );

  app.delete(
    '/api/team/invitations/:id',
    {
      onRequest: identity.guard('team:write'),
      schema: {
        operationId: 'withdrawInvitation',
        tags,
        summary: 'Take an invitation back',
        security: byBrowserOrKey,
        params: ById,
        response: { 204: Type.Null({ description: 'Taken back' }), 404: problem, ...refused },
      },
    },
    async (request, reply) => {
      await invitations.withdraw(request.principal, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function invitationAnswer({ id, email, role, invitedBy, createdAt, expiresAt }: InvitationRow) {
  return {
    id,
    email,
    role,
    invitedBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

function linkAnswer({ url, token, expiresAt }: NewLink) {
  return { url, token, expiresAt: expiresAt.toISOString() };
}
