import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import type { Collect } from './collect.ts';
import { SeenEvents, SeenProperties } from './schema.ts';
import { propertiesOf } from './vocabulary.ts';

const errors = { '4xx': problem, '5xx': problem };

/** The API about what events the workspace has really seen, for whoever writes questions about them. */
export function vocabularyRoutes(
  app: App,
  { collect, identity }: { collect: Collect; identity: Identity },
): void {
  const about = { tags: ['Events'], security: byBrowserOrKey };

  app.get(
    '/api/events/seen',
    {
      onRequest: identity.guard('events:read'),
      schema: {
        ...about,
        operationId: 'listSeenEvents',
        summary: 'The events that were ever seen, the most frequent first',
        response: { 200: SeenEvents, ...errors },
      },
    },
    async (request) => {
      const rows = await collect.vocabulary.names(request.principal.workspaceId);
      return { items: rows.map((row) => ({ ...row, events: Number(row.events) })) };
    },
  );

  app.get(
    '/api/events/seen/properties',
    {
      onRequest: identity.guard('events:read'),
      schema: {
        ...about,
        operationId: 'listSeenProperties',
        summary: 'What some recent events of a kind were told with, and the frequent values',
        querystring: Type.Object({
          type: Type.Optional(Type.String({ maxLength: 20, default: 'track' })),
          name: Type.Optional(Type.String({ maxLength: 200, description: 'Any, if empty', default: '' })),
        }),
        response: { 200: SeenProperties, ...errors },
      },
    },
    async (request) => {
      const { type = 'track', name = '' } = request.query;
      const rows = await collect.vocabulary.sample(request.principal.workspaceId, { type, name });
      return { events: rows.length, items: propertiesOf(rows.map((row) => row.properties)) };
    },
  );
}
