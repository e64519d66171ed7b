import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { overview } from './overview-sql.ts';

const Money = Type.Record(Type.String(), Type.String(), { description: 'Decimal by currency' });
const Overview = Type.Object(
  {
    people: Type.Integer(),
    known_people: Type.Integer({ description: 'With any identifier besides anonymous ids and devices' }),
    events: Type.Integer(),
    orders: Type.Integer(),
    returns: Type.Integer(),
    buyers: Type.Integer({ description: 'Known people with an order above 0' }),
    paid_orders: Type.Integer({ description: 'Orders above 0 of known people' }),
    revenue: Money,
    known_revenue: Money,
  },
  { title: 'Overview' },
);

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
