import Type from 'typebox';
import type { App } from '#platform/http';
import { problem } from '#platform/http';
import { consentRoutes } from './consent-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import * as directory from './directory.ts';
import type { People } from './people.ts';
import * as read from './read-sql.ts';
import { AskedPersonSchema, PersonSchema, PersonSummarySchema, refuse } from './schema.ts';
import { search } from './search.ts';
import { sharedRoutes } from './shared-routes.ts';

const tags = ['People'];
const Id = Type.Object({ id: Type.String() });
const errors = { '4xx': problem, '5xx': problem };

/** The API about people. */
export function peopleRoutes(app: App, people: People): void {
  const { pg, identity, rules } = people.inside;
  const may = identity.guard;
  consentRoutes(app, people);
  decisionRoutes(app, people);
  sharedRoutes(app, people);

  app.get(
    '/api/people',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'listPeople',
        summary: 'Find people by an identifier, by search, or page through all',
        querystring: Type.Object({
          identifier: Type.Optional(
            Type.String({ maxLength: 600, description: 'kind:value, like email:ann@example.com' }),
          ),
          q: Type.Optional(
            Type.String({ maxLength: 200, description: 'Beginning of a name, e-mail, phone, card or id' }),
          ),
          cursor: Type.Optional(Type.String()),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(PersonSummarySchema),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { identifier, q, cursor, limit = 50 } = request.query;
      const kinds = await rules(workspaceId);
      return pg.inWorkspace(workspaceId, async (tx) => {
        if (identifier !== undefined) {
          const row = await directory.findIdentifier(tx, workspaceId, identifier, kinds);
          return {
            items: row ? await directory.summarize(tx, workspaceId, [row.person_key], kinds) : [],
            next: null,
          };
        }
        if (q !== undefined) {
          const found = await search(tx, workspaceId, q, kinds, limit);
          return { items: await directory.summarize(tx, workspaceId, found, kinds), next: null };
        }
        const before = cursor === undefined ? null : Number.parseInt(cursor, 36);
        if (before !== null && !Number.isSafeInteger(before))
          throw refuse('bad-query', 'This cursor is not one of ours.');
        const keys = await read.listHeads(tx, workspaceId, before, limit);
        const last = keys.at(-1);
        return {
          items: await directory.summarize(tx, workspaceId, keys, kinds),
          next: keys.length === limit && last !== undefined ? last.toString(36) : null,
        };
      });
    },
  );

  app.get(
    '/api/people/summaries',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'summarizePeople',
        summary: 'Several people by their ids, in short; who is gone is left out',
        querystring: Type.Object({
          ids: Type.Optional(
            Type.String({ maxLength: 100 * 37, description: 'Up to 100 ids, with commas between' }),
          ),
        }),
        response: { 200: Type.Object({ items: Type.Array(AskedPersonSchema) }), ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const kinds = await rules(workspaceId);
      const ids = [...new Set((request.query.ids ?? '').split(','))].slice(0, 100);
      return pg.inWorkspace(workspaceId, async (tx) => ({
        items: await directory.summariesById(tx, workspaceId, ids, kinds),
      }));
    },
  );

  app.get(
    '/api/people/:id',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'getPerson',
        summary: 'One person: identifiers with their evidence, traits, consent, stage',
        params: Id,
        response: { 200: PersonSchema, ...errors },
      },
    },
    async (request) => people.describe(request.principal.workspaceId, request.params.id) as never,
  );

  app.get(
    '/api/people/:id/export',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'exportPerson',
        summary: 'Everything that is known of a person, as JSON',
        params: Id,
        response: { 200: Type.Record(Type.String(), Type.Unknown()), ...errors },
      },
    },
    async (request, reply) => {
      const { principal } = request;
      const exported = await people.export(principal.workspaceId, request.params.id);
      await pg.inWorkspace(principal.workspaceId, (tx) =>
        identity.audit(tx, principal, 'people.exported', `person:${request.params.id}`),
      );
      reply.header('content-disposition', 'attachment; filename="person.json"');
      return exported;
    },
  );

  app.delete(
    '/api/people/:id',
    {
      onRequest: may('erase'),
      schema: {
        tags,
        operationId: 'erasePerson',
        summary: 'Erase a person: hidden at once, gone from everything by the time that is told',
        params: Id,
        querystring: Type.Object({ now: Type.Optional(Type.Boolean({ default: false })) }),
        response: {
          202: Type.Object({ gone_by: Type.String({ format: 'date-time' }), done: Type.Boolean() }),
          ...errors,
        },
      },
    },
    async (request, reply) => {
      const { principal } = request;
      const now = request.query.now ?? false;
      const { goneBy, done } = await people.erase(principal.workspaceId, request.params.id, {
        now,
        // Not the id that was asked for: it tells when the person came.
        audit: (tx, erasure) => identity.audit(tx, principal, 'people.erased', `erasure:${erasure.id}`),
      });
      reply.code(202);
      return { gone_by: goneBy.toISOString(), done };
    },
  );
}
