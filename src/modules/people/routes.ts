import Type from 'typebox';
import type { App } from '#platform/http';
import { problem } from '#platform/http';
import { consentRoutes } from './consent-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import * as directory from './directory.ts';
import { listRoutes } from './list-routes.ts';
import type { People } from './people.ts';
import { AskedPersonSchema, PersonSchema } from './schema.ts';
import { sharedRoutes } from './shared-routes.ts';

const tags = ['People'];
const Id = Type.Object({ id: Type.String() });
const errors = { '4xx': problem, '5xx': problem };

/** The API about people. */
export function peopleRoutes(app: App, people: People): void {
  const { pg, identity, rules } = people.inside;
  const may = identity.guard;
  listRoutes(app, people);
  consentRoutes(app, people);
  decisionRoutes(app, people);
  sharedRoutes(app, people);

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
