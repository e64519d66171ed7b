import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { overview } from './overview-sql.ts';
import { Overview } from './schema.ts';

/** The API of reports. */
export function insightRoutes(app: App, deps: { ch: ClickHouse; identity: Identity }): void {
  app.get(
    '/api/overview',
    {
      onRequest: deps.identity.guard('events:read'),
      schema: {
        tags: ['Insight'],
        operationId: 'overview',
        summary: 'The pulse of a period: people, events, orders, revenue by currency',
        security: byBrowserOrKey,
        querystring: Type.Object({
          from: Type.Optional(Type.String({ format: 'date-time' })),
          to: Type.Optional(Type.String({ format: 'date-time', description: 'Not included' })),
          humans: Type.Optional(Type.Boolean({ default: false, description: 'Leave known bots out' })),
        }),
        response: { 200: Overview, '4xx': problem, '5xx': problem },
      },
    },
    async (request) => {
      const { from, to, humans = false } = request.query;
      return overview(deps.ch, request.principal.workspaceId, {
        from: from ? new Date(from) : null,
        to: to ? new Date(to) : null,
        withoutBots: humans,
      });
    },
  );
}
