import Type from 'typebox';
import type { Collect } from '#modules/collect';
import type { Identity } from '#modules/identity';
import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import type { Log } from '#platform/log';
import { overview } from './overview-sql.ts';
import type { Period } from './period.ts';
import { createReports, usualMs } from './reports.ts';
import { Funnel, Overview, Pulse, refuse, Worth } from './schema.ts';
import { worth } from './worth-sql.ts';

const tags = ['Insight'];
const errors = { '4xx': problem, '5xx': problem };
const humans = Type.Optional(Type.Boolean({ default: false, description: 'Leave known bots out' }));
const at = { format: 'date-time' };

/** The last 30 days where nothing is said. */
const PeriodQuery = Type.Object({
  from: Type.Optional(Type.String({ ...at, description: '30 days before `to` unless given' })),
  to: Type.Optional(Type.String({ ...at, description: 'Not included; now unless given' })),
  humans,
});

const longestMs = 20 * 366 * 86_400_000;

function periodOf(query: Type.Static<typeof PeriodQuery>, clock: { ms(): number }): Period {
  const to = new Date(query.to ?? clock.ms());
  const from = new Date(query.from ?? to.getTime() - usualMs);
  const lengthMs = to.getTime() - from.getTime();
  if (!(lengthMs > 0 && lengthMs <= longestMs))
    throw refuse('bad-period', 'A period begins before it ends, and lasts twenty years at most.');
  return { from, to, withoutBots: query.humans ?? false };
}

/** The API of reports about segments. */
export function worthRoutes(
  app: App,
  deps: {
    ch: ClickHouse;
    identity: Identity;
    segments: Pick<Segments, 'membersStatement'>;
    clock: { ms(): number };
  },
): void {
  app.get(
    '/api/segments/:id/worth',
    {
      onRequest: deps.identity.guard('segments:read'),
      schema: {
        tags,
        operationId: 'segmentWorth',
        summary: 'Orders and revenue of the members in a period, against everybody else',
        security: byBrowserOrKey,
        params: Type.Object({ id: Type.String() }),
        querystring: PeriodQuery,
        response: { 200: Worth, ...errors },
      },
    },
    async ({ principal: { workspaceId }, params, query }) =>
      worth(deps, workspaceId, { ...periodOf(query, deps.clock), segment: params.id }),
  );
}

/** The API of reports. */
export function insightRoutes(
  app: App,
  deps: { ch: ClickHouse; identity: Identity; collect: Pick<Collect, 'paths'>; clock: Clock; log: Log },
): void {
  const { ch, identity, clock } = deps;
  const reports = createReports(deps);
  app.addHook('onListen', async () => reports.start());
  app.addHook('onClose', () => reports.stop());
  const onRequest = identity.guard('events:read');
  const security = byBrowserOrKey;

  app.get(
    '/api/overview',
    {
      onRequest,
      schema: {
        tags,
        operationId: 'overview',
        summary: 'People, events, orders, revenue by currency of a period',
        security,
        querystring: Type.Object({
          from: Type.Optional(Type.String(at)),
          to: Type.Optional(Type.String({ ...at, description: 'Not included' })),
          humans,
        }),
        response: { 200: Overview, ...errors },
      },
    },
    async (request) => {
      const { from, to, humans: withoutBots = false } = request.query;
      return overview(ch, request.principal.workspaceId, {
        from: from ? new Date(from) : null,
        to: to ? new Date(to) : null,
        withoutBots,
      });
    },
  );

  app.get(
    '/api/pulse',
    {
      onRequest,
      schema: {
        tags,
        operationId: 'pulse',
        summary: 'People, orders, revenue, repeat rate, share rate of a period, against as long a one before',
        security,
        querystring: PeriodQuery,
        response: { 200: Pulse, ...errors },
      },
    },
    async ({ principal, query }) => reports.pulse(principal.workspaceId, periodOf(query, clock)),
  );

  app.get(
    '/api/funnel',
    {
      onRequest,
      schema: {
        tags,
        operationId: 'funnel',
        summary: 'The path Search, Attention, Deal, Use, Share: how far people came in a period',
        security,
        querystring: PeriodQuery,
        response: { 200: Funnel, ...errors },
      },
    },
    async ({ principal, query }) => reports.funnel(principal.workspaceId, periodOf(query, clock)),
  );
}
