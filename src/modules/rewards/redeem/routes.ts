import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import type { Rewards } from '../rewards.ts';
import {
  MoneyOff,
  NewReward,
  Redeem,
  RedemptionSchema,
  RewardChange,
  RewardSchema,
  refuse,
  VoucherCode,
  VoucherKey,
  VoucherSchema,
  VoucherUse,
} from '../schema.ts';

const errors = { '4xx': problem, '5xx': problem };
const common = { tags: ['Rewards'], security: byBrowserOrKey };
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const OfProgramme = Type.Object({ programme: Type.Optional(Type.String({ format: 'uuid' })) });
const Once = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Needed; the same again answers the same' }),
  ),
});

/** Rewards, vouchers, and money off an order. */
export function redeemRoutes(app: App, rewards: Rewards): void {
  const { identity } = rewards.inside;
  const may = identity.guard;

  app.get(
    '/api/rewards',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'listRewards',
        summary: 'What points can be had for',
        querystring: OfProgramme,
        response: { 200: Type.Object({ items: Type.Array(RewardSchema) }), ...errors },
      },
    },
    async ({ principal, query }) => ({
      items: await rewards.catalogue.list(principal.workspaceId, query.programme ?? null),
    }),
  );

  app.post(
    '/api/rewards',
    {
      onRequest: may('rewards:write'),
      schema: {
        ...common,
        operationId: 'createReward',
        summary: 'Something that points can be had for',
        body: NewReward,
        response: { 201: RewardSchema, ...errors },
      },
    },
    async ({ principal, body }, reply) => {
      reply.code(201);
      return rewards.catalogue.create(principal, body);
    },
  );

  app.patch(
    '/api/rewards/:id',
    {
      onRequest: may('rewards:write'),
      schema: {
        ...common,
        operationId: 'changeReward',
        summary: 'Change a reward, or take it out of the catalogue',
        params: Id,
        body: RewardChange,
        response: { 200: RewardSchema, ...errors },
      },
    },
    ({ principal, params, body }) => rewards.catalogue.change(principal, params.id, body),
  );

  app.post(
    '/api/rewards/:id/redeem',
    {
      onRequest: may('rewards:redeem'),
      schema: {
        ...common,
        operationId: 'redeemReward',
        summary: 'A person has a reward for their points; with a voucher, where the reward gives one',
        params: Id,
        headers: Once,
        body: Redeem,
        response: { 200: RedemptionSchema, ...errors },
      },
    },
    ({ principal, params, headers, body }) =>
      rewards.redemptions.redeem(principal, keyOf(headers), { reward: params.id, person: body.person }),
  );

  app.post(
    '/api/redemptions/money-off',
    {
      onRequest: may('rewards:redeem'),
      schema: {
        ...common,
        operationId: 'redeemMoneyOff',
        summary: 'Points for money off an order, as the settings say',
        headers: Once,
        body: MoneyOff,
        response: { 200: RedemptionSchema, ...errors },
      },
    },
    ({ principal, headers, body }) => rewards.redemptions.moneyOff(principal, keyOf(headers), body),
  );

  app.get(
    '/api/redemptions',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'listRedemptions',
        summary: 'What was had for points; the newest first',
        querystring: Type.Object({
          person: Type.Optional(Type.String({ format: 'uuid' })),
          cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(RedemptionSchema),
            next: Type.Union([Type.String(), Type.Null()], {
              description: 'Pass it as cursor; null at the end',
            }),
          }),
          ...errors,
        },
      },
    },
    ({ principal, query: { person, cursor, limit = 50 } }) =>
      rewards.redemptions.list(principal.workspaceId, {
        ...(person === undefined ? {} : { person }),
        before: cursor === undefined ? null : Number(cursor),
        most: limit,
      }),
  );

  app.post(
    '/api/redemptions/:id/reverse',
    {
      onRequest: may('rewards:redeem'),
      schema: {
        ...common,
        operationId: 'reverseRedemption',
        summary:
          'Give the points back, with the days by which they would have run out; again answers the same',
        params: Id,
        response: { 200: RedemptionSchema, ...errors },
      },
    },
    ({ principal, params }) => rewards.redemptions.reverse(principal, params.id),
  );

  app.get(
    '/api/vouchers/key',
    {
      onRequest: may('rewards:read'),
      schema: {
        ...common,
        operationId: 'readVoucherKey',
        summary: 'The public key that tokens of vouchers are checked with, also while the line is down',
        response: { 200: VoucherKey, ...errors },
      },
    },
    async ({ principal }) => ({
      algorithm: 'Ed25519' as const,
      public_key: (await rewards.vouchers.publicKey(principal.workspaceId)).toString('base64'),
    }),
  );

  app.post(
    '/api/vouchers/check',
    {
      onRequest: may('rewards:redeem'),
      schema: {
        ...common,
        operationId: 'checkVoucher',
        summary: 'Whether a voucher is good, by its code or its token; nothing is used up',
        body: VoucherCode,
        response: { 200: VoucherSchema, ...errors },
      },
    },
    ({ principal, body }) => rewards.vouchers.check(principal.workspaceId, body.code),
  );

  app.post(
    '/api/vouchers/redeem',
    {
      onRequest: may('rewards:redeem'),
      schema: {
        ...common,
        operationId: 'redeemVoucher',
        summary: 'Use a voucher, once; the same Idempotency-Key again answers the same',
        headers: Once,
        body: VoucherUse,
        response: { 200: VoucherSchema, ...errors },
      },
    },
    ({ principal, headers, body }) =>
      rewards.vouchers.redeem(principal.workspaceId, {
        code: body.code,
        key: keyOf(headers),
        orderId: body.order_id ?? null,
      }),
  );
}

function keyOf(headers: { 'idempotency-key'?: string }): string {
  const key = headers['idempotency-key'];
  if (key === undefined) {
    throw refuse(
      'key-needed',
      'Send the header Idempotency-Key with a text of your own, the same with every repeat.',
    );
  }
  return key;
}
