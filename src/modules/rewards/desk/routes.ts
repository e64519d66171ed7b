import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import type { Rewards } from '../rewards.ts';
import { FlowSchema, ProgrammeSchema, SetUp, StatementSchema } from './schema.ts';

const errors = { '4xx': problem, '5xx': problem };
const common = { tags: ['Rewards'], security: byBrowserOrKey };

/** What the console asks about programmes and members, beside the ledger's own API. */
export function deskRoutes(app: App, rewards: Rewards): void {
  const { identity, points, people, programmeView } = rewards.inside;
  const may = identity.guard;

  app.get(
    '/api/rewards/programmes',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'listRewardProgrammes',
        summary: 'The programmes of points that rules and rewards are about',
        response: { 200: Type.Object({ items: Type.Array(ProgrammeSchema) }), ...errors },
      },
    },
    async ({ principal }) => {
      const all = await points.programmes.list(principal.workspaceId);
      return { items: all.map(programmeView) };
    },
  );

  app.post(
    '/api/rewards/programmes',
    {
      onRequest: may('rewards:write'),
      schema: {
        ...common,
        operationId: 'setUpProgramme',
        summary: 'A programme with what most brands begin with: points for purchases and for invitations',
        body: SetUp,
        response: { 201: ProgrammeSchema, ...errors },
      },
    },
    async ({ principal, body }, reply) => {
      const made = await rewards.setUp(principal, body);
      reply.code(201);
      return programmeView(made);
    },
  );

  app.get(
    '/api/rewards/flow',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'readRewardFlow',
        summary: 'What rules paid, by origin and day of the event, after refunds; and what was redeemed',
        querystring: Type.Object({
          programme: Type.String({ format: 'uuid' }),
          days: Type.Optional(Type.Integer({ minimum: 7, maximum: 366, default: 60 })),
        }),
        response: { 200: FlowSchema, ...errors },
      },
    },
    ({ principal, query: { programme, days = 60 } }) =>
      rewards.flow(principal.workspaceId, { programme, days }),
  );

  app.get(
    '/api/rewards/statement',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'readStatement',
        summary: 'What a person has, in lots, what is held, and every movement; the newest first',
        querystring: Type.Object({
          programme: Type.String({ format: 'uuid' }),
          person: Type.String({ format: 'uuid' }),
          before: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
        }),
        response: { 200: StatementSchema, ...errors },
      },
    },
    async ({ principal: { workspaceId }, query: { programme, person, before } }) => {
      const party = { person: await people.keysOf(workspaceId, person) };
      const most = 50;
      const [balances, lots, holds, movements] = await Promise.all([
        points.balances(workspaceId, programme, party),
        points.lots(workspaceId, programme, party),
        points.holds(workspaceId, programme, party),
        points.statement(workspaceId, programme, party, { before, most: most + 1 }),
      ]);
      const shown = movements.slice(0, most);
      return {
        ...balances,
        lots,
        holds: holds.map(({ id, amount, until, earned }) => ({
          id,
          amount,
          until: until?.toISOString() ?? null,
          earned,
        })),
        movements: shown.map((one) => ({
          id: one.id,
          at: one.at.toISOString(),
          kind: one.kind,
          amount: one.amount,
          change: one.change ?? 0,
          order: one.shopOrder,
          rule: one.rule,
          reason: one.reason,
        })),
        next: movements.length > most ? (shown.at(-1)?.id ?? null) : null,
      };
    },
  );
}
