import Type from 'typebox';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import { ReceiptRead } from './desk/schema.ts';
import { orderOf } from './from-wire.ts';
import type { Outcome } from './order.ts';
import type { Points } from './points.ts';
import {
  Balances,
  Done,
  HoldView,
  LotView,
  MovementView,
  Outcomes,
  refuse,
  TransferId,
  WireOrder,
  WireOrderBody,
} from './schema.ts';
import type { MovementView as Movement } from './statement.ts';

const errors = { '4xx': problem, '5xx': problem };
const common = { tags: ['Points'], security: byBrowserOrKey };
const Programme = Type.Object({ programme: Type.String({ description: 'The id of the programme' }) });
const Of = {
  person: Type.Optional(
    Type.String({ maxLength: 300, description: 'The id of a person, or an identifier as kind:value' }),
  ),
  partner: Type.Optional(
    Type.String({ maxLength: 80, description: 'Instead: the account of a seller or partner' }),
  ),
};
const mostABody = 1000;

/** The API of movements and of what somebody has. */
export function movementRoutes(app: App, points: Points): void {
  const { identity } = points.inside;

  app.post(
    '/api/points/:programme/transfers',
    {
      onRequest: identity.guard('points:write'),
      schema: {
        ...common,
        operationId: 'movePoints',
        summary:
          'Earn, hold, settle, void, spend, return, transfer or claw back; once for each Idempotency-Key',
        params: Programme,
        headers: Type.Object({
          'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        }),
        body: WireOrderBody,
        response: { 200: Done, ...errors },
      },
    },
    async ({ principal, params, headers, body }) => {
      const key = headers['idempotency-key'];
      if (key === undefined)
        throw refuse(
          'key-missing',
          'Send the header Idempotency-Key: the same for the same order, another for another.',
        );
      const [order] = await orderOf(points, principal.workspaceId, params.programme, [{ ...body, key }]);
      if (!order) throw new Error('A body without its order.');
      if ('refusal' in order) throw order.refusal;
      return wire(await points.transfer(principal.workspaceId, order));
    },
  );

  app.post(
    '/api/points/:programme/transfers/batch',
    {
      onRequest: identity.guard('points:write'),
      schema: {
        ...common,
        operationId: 'movePointsInBatch',
        summary: 'Up to 1,000 orders, decided in their order; an outcome for each',
        params: Programme,
        body: Type.Object({ orders: Type.Array(WireOrder, { minItems: 1, maxItems: mostABody }) }),
        response: { 200: Outcomes, ...errors },
      },
    },
    async ({ principal, params, body }) => {
      await points.programmes.get(principal.workspaceId, params.programme);
      const orders = await orderOf(points, principal.workspaceId, params.programme, body.orders);
      const asked = orders.flatMap((order) => ('refusal' in order ? [] : [order]));
      const done = await points.transferMany(principal.workspaceId, asked);
      let next = 0;
      const items = orders.map((order) =>
        wireOutcome('refusal' in order ? order : (done[next++] as Outcome)),
      );
      return { items };
    },
  );

  app.get(
    '/api/points/:programme/transfers',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'listPointsMovements',
        summary: 'The statement of somebody, the newest first; or what was moved for an order of the shop',
        params: Programme,
        querystring: Type.Object({
          ...Of,
          order: Type.Optional(Type.String({ maxLength: 200 })),
          cursor: Type.Optional(TransferId),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(MovementView),
            cursor: Type.Union([Type.String(), Type.Null()]),
          }),
          ...errors,
        },
      },
    },
    async ({ principal, params, query }) => {
      const { workspaceId } = principal;
      if (query.order !== undefined) {
        const items = await points.ofOrder(workspaceId, params.programme, query.order);
        return { items: items.map(movementView), cursor: null };
      }
      const limit = query.limit ?? 50;
      const party = await points.party(workspaceId, query);
      const items = await points.statement(workspaceId, params.programme, party, {
        before: query.cursor,
        most: limit,
      });
      return {
        items: items.map(movementView),
        cursor: items.length < limit ? null : (items.at(-1)?.id ?? null),
      };
    },
  );

  app.get(
    '/api/points/:programme/transfers/:id',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'getPointsMovement',
        summary: 'All legs of the order that a movement belongs to',
        params: Type.Object({ ...Programme.properties, id: TransferId }),
        response: { 200: Type.Object({ items: Type.Array(MovementView) }), ...errors },
      },
    },
    async ({ principal, params }) => ({
      items: (await points.movement(principal.workspaceId, params.programme, params.id)).map(movementView),
    }),
  );

  app.get(
    '/api/points/:programme/transfers/:id/receipt',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'getPointsReceipt',
        summary: 'What one party of a movement keeps: a C2SP tlog-proof that anybody can check offline',
        params: Type.Object({ ...Programme.properties, id: TransferId }),
        querystring: Type.Object({ party: Type.Optional(Type.Enum(['from', 'to'], { default: 'to' })) }),
        response: {
          200: Type.Object({
            fileName: Type.String(),
            text: Type.String(),
            link: Type.String(),
            qr: Type.String({ description: 'The link as a drawing (SVG)' }),
          }),
          ...errors,
        },
      },
    },
    async ({ principal, params, query }) => {
      const { programme, id } = params;
      const receipt = await points.receipt(principal.workspaceId, programme, id, query.party ?? 'to');
      if (!receipt)
        throw refuse(
          'not-signed-yet',
          'The movement is in the books, and a moment later in the signed log. Ask again.',
          {
            retryAfterS: 1,
          },
        );
      return receipt;
    },
  );

  app.post(
    '/api/points/:programme/receipts/read',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'readPointsReceipt',
        summary: 'Which movement a receipt is of, and whether it says what the books say',
        params: Programme,
        body: Type.Object({
          receipt: Type.String({ minLength: 1, maxLength: 65_536, description: 'The link, or the file' }),
        }),
        response: { 200: ReceiptRead, ...errors },
      },
    },
    ({ principal, params, body }) =>
      points.readReceipt(principal.workspaceId, params.programme, body.receipt),
  );

  app.get(
    '/api/points/:programme/balances',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'getPointsBalances',
        summary: 'What somebody has, holds and owes; now, or at a moment of the past',
        params: Programme,
        querystring: Type.Object({ ...Of, at: Type.Optional(Type.String({ format: 'date-time' })) }),
        response: { 200: Balances, ...errors },
      },
    },
    async ({ principal, params, query }) => {
      const { workspaceId } = principal;
      const party = await points.party(workspaceId, query);
      const at = query.at === undefined ? undefined : new Date(query.at);
      return points.balances(workspaceId, params.programme, party, at);
    },
  );

  app.get(
    '/api/points/:programme/lots',
    {
      onRequest: identity.guard('points:read'),
      schema: {
        ...common,
        operationId: 'listPointsLots',
        summary: 'Where the points of somebody come from and when they run out; and what is held',
        params: Programme,
        querystring: Type.Object(Of),
        response: {
          200: Type.Object({ items: Type.Array(LotView), holds: Type.Array(HoldView) }),
          ...errors,
        },
      },
    },
    async ({ principal, params, query }) => {
      const { workspaceId } = principal;
      const party = await points.party(workspaceId, query);
      const [items, holds] = await Promise.all([
        points.lots(workspaceId, params.programme, party),
        points.holds(workspaceId, params.programme, party),
      ]);
      return { items, holds: holds.map((hold) => ({ ...hold, until: hold.until?.toISOString() ?? null })) };
    },
  );
}

const wire = (done: Outcome & { ok: true }) => ({ ...done, at: done.at.toISOString() });

function wireOutcome(outcome: Outcome) {
  if (outcome.ok) return wire(outcome);
  const { type, title, detail, more } = outcome.refusal;
  const missing = typeof more.missing === 'number' ? { missing: more.missing } : {};
  return { ok: false as const, key: outcome.key, type, title, detail, ...missing };
}

function movementView(movement: Movement) {
  return { ...movement, at: movement.at.toISOString() };
}
