import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import {
  DeliverySchema,
  deliveryStates,
  NewWebhook,
  type WebhookAnswer,
  WebhookChange,
  WebhookSchema,
  WebhookTypeSchema,
  WithSecretSchema,
} from './schema.ts';
import type { DeliveryRow, EndpointRow } from './sql.ts';
import type { Webhooks } from './webhooks.ts';

const errors = { '4xx': problem, '5xx': problem };
const tags = ['Webhooks'];
const Id = Type.Object({ id: Type.String() });
const common = { tags, security: byBrowserOrKey };

/** The API about webhooks: who is told what, and what became of it. */
export function webhookRoutes(app: App, webhooks: Webhooks): void {
  const { identity } = webhooks.inside;
  const may = identity.guard;

  app.get(
    '/api/webhooks/types',
    {
      onRequest: may('webhooks:read'),
      schema: {
        ...common,
        operationId: 'listWebhookTypes',
        summary: 'What a webhook can be told of',
        response: { 200: Type.Object({ items: Type.Array(WebhookTypeSchema) }), ...errors },
      },
    },
    () => ({ items: webhooks.types() }),
  );

  app.get(
    '/api/webhooks',
    {
      onRequest: may('webhooks:read'),
      schema: {
        ...common,
        operationId: 'listWebhooks',
        summary: 'The receivers outside, with their figures',
        response: { 200: Type.Object({ items: Type.Array(WebhookSchema) }), ...errors },
      },
    },
    async ({ principal }) => {
      const { rows, counts } = await webhooks.list(principal.workspaceId);
      return {
        items: rows.map((row) => {
          const of = (state: number) =>
            counts.find((c) => c.endpoint_id === row.id && c.state === state)?.n ?? 0;
          return { ...viewOf(row), figures: { waiting: of(0), delivered: of(1), dead: of(2) } };
        }),
      };
    },
  );

  app.post(
    '/api/webhooks',
    {
      onRequest: may('webhooks:write'),
      schema: {
        ...common,
        operationId: 'createWebhook',
        summary: 'Tell a receiver what happens; the answer has the secret its signatures are checked with',
        body: NewWebhook,
        response: { 201: WithSecretSchema, ...errors },
      },
    },
    async ({ principal, body }, reply) => {
      const { row, secret } = await webhooks.create(principal.workspaceId, body, (tx, uuid) =>
        identity.audit(tx, principal, 'webhooks.created', `webhook:${uuid}`),
      );
      reply.code(201);
      return { ...viewOf(row), secret };
    },
  );

  app.patch(
    '/api/webhooks/:id',
    {
      onRequest: may('webhooks:write'),
      schema: {
        ...common,
        operationId: 'changeWebhook',
        summary: 'Change, pause or resume a webhook',
        params: Id,
        body: WebhookChange,
        response: { 200: WebhookSchema, ...errors },
      },
    },
    async ({ principal, params, body }) =>
      viewOf(
        await webhooks.change(principal.workspaceId, params.id, body, (tx) =>
          identity.audit(tx, principal, 'webhooks.changed', `webhook:${params.id}`, {
            fields: Object.keys(body),
          }),
        ),
      ),
  );

  app.post(
    '/api/webhooks/:id/rotate',
    {
      onRequest: may('webhooks:write'),
      schema: {
        ...common,
        operationId: 'rotateWebhookSecret',
        summary: 'A new secret; the one before holds for another day',
        params: Id,
        response: { 200: WithSecretSchema, ...errors },
      },
    },
    async ({ principal, params }) => {
      const { row, secret } = await webhooks.rotate(principal.workspaceId, params.id, (tx) =>
        identity.audit(tx, principal, 'webhooks.rotated', `webhook:${params.id}`),
      );
      return { ...viewOf(row), secret };
    },
  );

  app.delete(
    '/api/webhooks/:id',
    {
      onRequest: may('webhooks:write'),
      schema: {
        ...common,
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook, with what waits for it',
        params: Id,
        response: { 204: Type.Null({ description: 'Deleted' }), ...errors },
      },
    },
    async ({ principal, params }, reply) => {
      await webhooks.remove(principal.workspaceId, params.id, (tx) =>
        identity.audit(tx, principal, 'webhooks.deleted', `webhook:${params.id}`),
      );
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/webhooks/:id/test',
    {
      onRequest: may('webhooks:write'),
      schema: {
        ...common,
        operationId: 'testWebhook',
        summary: 'Send a message of the type webhook.test',
        params: Id,
        response: { 202: Type.Object({ delivery: Type.String() }), ...errors },
      },
    },
    async ({ principal, params }, reply) => {
      const id = await webhooks.test(principal.workspaceId, params.id);
      reply.code(202);
      return { delivery: String(id) };
    },
  );

  app.get(
    '/api/webhooks/:id/deliveries',
    {
      onRequest: may('webhooks:read'),
      schema: {
        ...common,
        operationId: 'listWebhookDeliveries',
        summary: 'What was sent, waits, or was given up; newest first',
        params: Id,
        querystring: Type.Object({
          state: Type.Optional(Type.Enum(deliveryStates)),
          cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(DeliverySchema),
            next: Type.Union([Type.String(), Type.Null()], {
              description: 'Pass it as cursor; null at the end',
            }),
          }),
          ...errors,
        },
      },
    },
    async ({ principal, params, query }) => {
      const { state, cursor, limit = 50 } = query;
      const rows = await webhooks.deliveries(principal.workspaceId, params.id, {
        state: state === undefined ? null : deliveryStates.indexOf(state),
        before: cursor === undefined ? null : Number(cursor),
        most: limit + 1,
      });
      const items = rows.slice(0, limit).map(deliveryView);
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );

  app.post(
    '/api/webhooks/:id/replay',
    {
      onRequest: may('webhooks:write'),
      schema: {
        ...common,
        operationId: 'replayWebhookDeliveries',
        summary: 'Send one delivery again, or all that were given up',
        params: Id,
        body: Type.Object({ delivery: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })) }),
        response: { 202: Type.Object({ replayed: Type.Integer() }), ...errors },
      },
    },
    async ({ principal, params, body }, reply) => {
      const id = body.delivery === undefined ? null : Number(body.delivery);
      const replayed = await webhooks.replay(principal.workspaceId, params.id, id);
      reply.code(202);
      return { replayed };
    },
  );
}

function viewOf(row: EndpointRow): WebhookAnswer {
  return {
    id: row.uuid,
    url: row.url,
    description: row.description,
    types: row.types,
    topics: row.topics,
    created_at: row.created_at.toISOString(),
    disabled_at: row.disabled_at?.toISOString() ?? null,
    disabled_why: row.disabled_why,
    figures: { waiting: 0, delivered: 0, dead: 0 },
  };
}

function deliveryView(row: DeliveryRow) {
  const body: unknown = JSON.parse(row.body);
  return {
    id: String(row.id),
    message_id: row.message_id,
    type: row.type,
    created_at: row.created_at.toISOString(),
    state: deliveryStates[row.state] ?? 'waiting',
    attempts: row.attempts,
    due_at: row.state === 0 ? row.due_at.toISOString() : null,
    tried_at: row.tried_at?.toISOString() ?? null,
    status: row.status,
    error: row.error,
    body,
  };
}
