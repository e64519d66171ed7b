import Type from 'typebox';
import type { Identity } from '#modules/identity';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import type { Links } from './links.ts';
import type { LinkRow } from './links-sql.ts';
import { BoardLinks, MadeBoardLink, NewBoardLink } from './schema.ts';

const about = { tags: ['Boards'], security: byBrowserOrKey };
const errors = { '4xx': problem, '5xx': problem };
const uuid = Type.String({ format: 'uuid' });
const Id = Type.Object({ id: uuid });

const viewOf = ({ uuid: id, created_at, expires_at }: LinkRow) => ({
  id,
  created_at: created_at.toISOString(),
  expires_at: expires_at?.toISOString() ?? null,
});

/** How the team shares a board with somebody who has no login, and takes it back. */
export function boardLinkRoutes(app: App, { links, identity }: { links: Links; identity: Identity }): void {
  app.get(
    '/api/boards/:id/links',
    {
      onRequest: identity.guard('events:read'),
      schema: {
        ...about,
        operationId: 'listBoardLinks',
        summary: 'The links by which the board is seen without a login',
        params: Id,
        response: { 200: BoardLinks, ...errors },
      },
    },
    async ({ principal, params }) => ({ items: (await links.list(principal, params.id)).map(viewOf) }),
  );

  app.post(
    '/api/boards/:id/links',
    {
      onRequest: identity.guard('segments:write'),
      schema: {
        ...about,
        operationId: 'shareBoard',
        summary: 'A link that shows the board to whoever has it, without a login and without people',
        params: Id,
        body: NewBoardLink,
        response: { 201: MadeBoardLink, ...errors },
      },
    },
    async ({ principal, params, body }, reply) => {
      const { token, ...link } = await links.make(principal, params.id, body.expires_at ?? null);
      reply.code(201);
      // Behind the #: browsers send it to nobody, nor do logs see it.
      return { ...viewOf(link), token, page: `/shared#${token}` };
    },
  );

  app.delete(
    '/api/boards/:id/links/:link',
    {
      onRequest: identity.guard('segments:write'),
      schema: {
        ...about,
        operationId: 'withdrawBoardLink',
        summary: 'Withdraw a link: from now on it shows nothing',
        params: Type.Object({ id: uuid, link: uuid }),
        response: { 204: Type.Null(), ...errors },
      },
    },
    async ({ principal, params }, reply) => {
      await links.withdraw(principal, params.id, params.link);
      return reply.code(204).send(null);
    },
  );
}
