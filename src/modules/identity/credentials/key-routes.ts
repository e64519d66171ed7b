import Type from 'typebox';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import type { Identity } from '../door.ts';
import { afterCursor, pageOf, UUID } from '../paging.ts';
import { ById, CreatedKey, KeyPage, NewKey, PageQuery } from '../schema.ts';
import type { KeyRow } from './sql.ts';

const tags = ['Keys'];
const refused = { 400: problem, 401: problem, 403: problem, 429: problem };

export function keyRoutes(app: App, identity: Identity): void {
  const { keys } = identity;

  app.get(
    '/api/keys',
    {
      onRequest: identity.guard('keys:read'),
      schema: {
        operationId: 'listKeys',
        tags,
        summary: 'Secret keys of the workspace, newest first, the revoked ones too',
        security: byBrowserOrKey,
        querystring: PageQuery,
        response: { 200: KeyPage, ...refused },
      },
    },
    async (request) => {
      const { cursor, limit = 50 } = request.query;
      const rows = await keys.list(request.principal.workspaceId, afterCursor(cursor, UUID), limit + 1);
      return pageOf(rows.map(keyAnswer), limit);
    },
  );

  app.post(
    '/api/keys',
    {
      onRequest: identity.guard('keys:write'),
      schema: {
        operationId: 'createKey',
        tags,
        summary: 'Make a secret key for a program',
        description:
          'It can be given only scopes that its maker has. The secret is in this answer and nowhere else.',
        security: byBrowserOrKey,
        body: NewKey,
        response: { 201: CreatedKey, ...refused },
      },
    },
    async (request, reply) => {
      const key = await keys.create(request.principal, request.body);
      return reply.code(201).send({ ...keyAnswer(key), secret: key.secret });
    },
  );

  app.delete(
    '/api/keys/:id',
    {
      onRequest: identity.guard('keys:write'),
      schema: {
        operationId: 'revokeKey',
        tags,
        summary: 'Revoke a secret key, at once and for good',
        security: byBrowserOrKey,
        params: ById,
        response: { 204: Type.Null({ description: 'Revoked' }), 404: problem, ...refused },
      },
    },
    async (request, reply) => {
      await keys.revoke(request.principal, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function keyAnswer({ id, name, scopes, hint, createdBy, ...row }: KeyRow) {
  return {
    id,
    name,
    scopes,
    hint,
    createdBy,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
