import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { insertListKeys } from './live/members-sql.ts';
import { ListSchema } from './live/schema.ts';
import { refuse } from './schema.ts';
import type { Segments } from './segments.ts';
import * as sql from './sql.ts';

const about = { tags: ['Segments'], security: byBrowserOrKey };
const errors = { '4xx': problem, '5xx': problem };
const mostIdentifiers = 100_000;

/** The API about what rules are made of: uploaded lists. */
export function partRoutes(app: App, segments: Segments): void {
  const { pg, ch, identity, people, clock } = segments.inside;
  const may = identity.guard;
  const view = (row: sql.ListRow) => ({
    id: row.id,
    name: row.name,
    people: row.keys,
    unmatched: row.unmatched,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  });

  app.get(
    '/api/segment-lists',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'listSegmentLists',
        summary: 'Lists that were uploaded',
        response: { 200: Type.Object({ items: Type.Array(ListSchema) }), ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const rows = await pg.inWorkspace(workspaceId, (tx) => sql.lists(tx, workspaceId));
      return { items: rows.map(view) };
    },
  );

  app.post(
    '/api/segment-lists',
    {
      onRequest: may('segments:write'),
      bodyLimit: 8 * 1024 * 1024,
      schema: {
        ...about,
        operationId: 'putSegmentList',
        summary: 'Makes a list of people, or replaces it; segments that ask for it are filled anew',
        body: Type.Object({
          name: Type.String({ minLength: 1, maxLength: 100 }),
          identifiers: Type.Array(Type.String({ maxLength: 560 }), {
            maxItems: mostIdentifiers,
            description: 'As kind:value, like email:ann@example.com',
          }),
        }),
        response: { 200: ListSchema, ...errors },
      },
    },
    async (request) => {
      const { principal } = request;
      const { workspaceId } = principal;
      const { name } = request.body;
      const keys = await people.keysOfIdentifiers(workspaceId, request.body.identifiers);
      const found = [...new Set(keys.filter((key) => key !== null))];
      const unmatched = keys.length - keys.filter((key) => key !== null).length;
      const id = await pg.inWorkspace(workspaceId, async (tx) => {
        const now = clock.now();
        const list = await sql.putList(tx, workspaceId, { name, unmatched, keys: found, now });
        await insertListKeys(ch, workspaceId, list, found);
        await identity.audit(tx, principal, 'segments.list-put', `list:${list}`, { people: found.length });
        return list;
      });
      const rows = await pg.inWorkspace(workspaceId, (tx) => sql.lists(tx, workspaceId));
      const row = rows.find((one) => one.id === id);
      if (!row) throw refuse('no-such-list', 'The list was removed meanwhile.');
      return view(row);
    },
  );

  app.delete(
    '/api/segment-lists/:id',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'deleteSegmentList',
        summary: 'Removes a list that no segment asks for',
        params: Type.Object({ id: Type.Integer() }),
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const { principal } = request;
      const { workspaceId } = principal;
      const { id } = request.params;
      const user = (await segments.list(workspaceId)).find((row) =>
        JSON.stringify(row.rule).includes(`{"list":${id}}`),
      );
      if (user) throw refuse('in-use', `The segment "${user.name}" asks for the list; edit that one first.`);
      await pg.inWorkspace(workspaceId, async (tx) => {
        if (!(await sql.deleteList(tx, workspaceId, id)))
          throw refuse('no-such-list', 'No list of this workspace has this id.');
        await insertListKeys(ch, workspaceId, id, []);
        await identity.audit(tx, principal, 'segments.list-removed', `list:${id}`);
      });
      return reply.code(204).send(null);
    },
  );
}
