import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { deskRoutes } from './desk/routes.ts';
import { redeemRoutes } from './redeem/routes.ts';
import type { Rewards } from './rewards.ts';
import {
  AwardSchema,
  DryRunSchema,
  NewDryRun,
  NewRule,
  RuleChange,
  RuleSchema,
  VersionSchema,
} from './schema.ts';

const errors = { '4xx': problem, '5xx': problem };
const common = { tags: ['Rewards'], security: byBrowserOrKey };
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const OfProgramme = Type.Object({ programme: Type.Optional(Type.String({ format: 'uuid' })) });

/** The API about what earns points and what they are for. */
export function rewardRoutes(app: App, rewards: Rewards): void {
  const { identity } = rewards.inside;
  const may = identity.guard;

  app.get(
    '/api/rewards/rules',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'listEarningRules',
        summary: 'What earns points, with what it has paid so far',
        querystring: OfProgramme,
        response: { 200: Type.Object({ items: Type.Array(RuleSchema) }), ...errors },
      },
    },
    async ({ principal, query }) => ({
      items: await rewards.rules.list(principal.workspaceId, query.programme ?? null),
    }),
  );

  app.post(
    '/api/rewards/rules',
    {
      onRequest: may('rewards:write'),
      schema: {
        ...common,
        operationId: 'createEarningRule',
        summary: 'A rule that pays from now on; what was before it pays nothing, unless it asks for that',
        body: NewRule,
        response: { 201: RuleSchema, ...errors },
      },
    },
    async ({ principal, body }, reply) => {
      reply.code(201);
      return rewards.rules.create(principal, body);
    },
  );

  app.get(
    '/api/rewards/rules/:id',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'readEarningRule',
        summary: 'One rule with its versions, the newest first',
        params: Id,
        response: {
          200: Type.Object({ ...RuleSchema.properties, versions: Type.Array(VersionSchema) }),
          ...errors,
        },
      },
    },
    async ({ principal, params }) => ({
      ...(await rewards.rules.get(principal.workspaceId, params.id)),
      versions: await rewards.rules.versions(principal.workspaceId, params.id),
    }),
  );

  app.patch(
    '/api/rewards/rules/:id',
    {
      onRequest: may('rewards:write'),
      schema: {
        ...common,
        operationId: 'changeEarningRule',
        summary:
          'Rename, pause or resume a rule; another rule is a new version, which counts for what happens from now on',
        params: Id,
        body: RuleChange,
        response: { 200: RuleSchema, ...errors },
      },
    },
    ({ principal, params, body }) => rewards.rules.change(principal, params.id, body),
  );

  app.post(
    '/api/rewards/dry-runs',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'beginDryRun',
        summary:
          'What a rule would have cost over past days; nobody is paid. Traits and segments are as they are today',
        body: NewDryRun,
        response: { 202: DryRunSchema, ...errors },
      },
    },
    async ({ principal, body }, reply) => {
      reply.code(202);
      return rewards.dryRuns.begin(principal.workspaceId, body);
    },
  );

  app.get(
    '/api/rewards/dry-runs/:id',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'readDryRun',
        summary: 'How far a dry run is, and what it found',
        params: Id,
        response: { 200: DryRunSchema, ...errors },
      },
    },
    ({ principal, params }) => rewards.dryRuns.get(principal.workspaceId, params.id),
  );

  app.get(
    '/api/people/:id/awards',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'listAwardsOfPerson',
        summary:
          'What events of a person earned by which version of which rule, after refunds; the newest 200',
        params: Id,
        response: { 200: Type.Object({ items: Type.Array(AwardSchema) }), ...errors },
      },
    },
    async ({ principal, params }) => {
      const rows = await rewards.awardsOf(principal.workspaceId, params.id);
      return {
        items: rows.map((row) => ({
          rule: row.rule,
          rule_name: row.rule_name,
          version: row.version,
          message_id: row.message_id,
          order_id: row.order_id,
          role: row.role,
          points: row.target,
          at: row.at.toISOString(),
          held_until: row.held_until?.toISOString() ?? null,
          state:
            row.posted !== row.target
              ? row.problem === null
                ? ('waiting' as const)
                : ('refused' as const)
              : row.target === 0
                ? ('taken back' as const)
                : row.held_until !== null && row.held_until.getTime() > rewards.nowMs()
                  ? ('held' as const)
                  : ('paid' as const),
        })),
      };
    },
  );

  redeemRoutes(app, rewards);
  deskRoutes(app, rewards);
}
