import Type from 'typebox';
import { refusals } from '#platform/refusal';

const At = Type.String({ format: 'date-time' });
const MaybeAt = Type.Union([At, Type.Null()]);

/** What an endpoint can be told of. */
export const WebhookTypeSchema = Type.Object(
  {
    type: Type.String({ examples: ['segment.entered'] }),
    description: Type.String(),
    topic: Type.Union([Type.String(), Type.Null()], {
      description: 'What `topics` may limit it to, like `segment`; null where nothing does',
    }),
  },
  { title: 'Webhook type' },
);

export const WebhookSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    url: Type.String(),
    description: Type.String(),
    types: Type.Array(Type.String()),
    topics: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'Only about these (ids of segments, ...); null for all',
    }),
    created_at: At,
    disabled_at: MaybeAt,
    disabled_why: Type.Union([Type.String(), Type.Null()]),
    figures: Type.Object({
      waiting: Type.Integer(),
      delivered: Type.Integer({ description: 'In the last seven days' }),
      dead: Type.Integer({ description: 'Given up, and not yet replayed; kept for 30 days' }),
    }),
  },
  { title: 'Webhook' },
);
export type WebhookAnswer = Type.Static<typeof WebhookSchema>;

export const WithSecretSchema = Type.Intersect([
  WebhookSchema,
  Type.Object({
    secret: Type.String({
      description: 'For checking signatures, as Standard Webhooks has it (whsec_...). It is shown only here',
    }),
  }),
]);

const Types = Type.Array(Type.String({ maxLength: 100, examples: ['people.moved'] }), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
});
const Topics = Type.Union([
  Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 500, uniqueItems: true }),
  Type.Null(),
]);
const Url = Type.String({
  maxLength: 2000,
  description: 'http or https; redirects are not followed',
  examples: ['https://shop.example.com/hooks'],
});

export const NewWebhook = Type.Object({
  url: Url,
  description: Type.Optional(Type.String({ maxLength: 200, default: '' })),
  types: Types,
  topics: Type.Optional(Topics),
});
export type NewWebhook = Type.Static<typeof NewWebhook>;

export const WebhookChange = Type.Object(
  {
    url: Type.Optional(Url),
    description: Type.Optional(Type.String({ maxLength: 200 })),
    types: Type.Optional(Types),
    topics: Type.Optional(Topics),
    disabled: Type.Optional(Type.Boolean()),
  },
  { minProperties: 1 },
);
export type WebhookChange = Type.Static<typeof WebhookChange>;

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const;

export const DeliverySchema = Type.Object(
  {
    id: Type.String(),
    message_id: Type.String({ description: 'The header `webhook-id`: the same at every attempt' }),
    type: Type.String(),
    created_at: At,
    state: Type.Enum(deliveryStates),
    attempts: Type.Integer(),
    due_at: MaybeAt,
    tried_at: MaybeAt,
    status: Type.Union([Type.Integer(), Type.Null()], { description: 'What the receiver answered last' }),
    error: Type.Union([Type.String(), Type.Null()]),
    body: Type.Unknown(),
  },
  { title: 'Webhook delivery' },
);

export const refuse = refusals('webhooks', {
  'no-such-webhook': { status: 404, title: 'No such webhook' },
  'no-such-delivery': { status: 404, title: 'No such delivery' },
  'bad-url': { status: 400, title: 'Not an address that can be called' },
  'unknown-type': { status: 400, title: 'Nothing is told under this type' },
  'too-many-webhooks': { status: 409, title: 'Too many webhooks' },
});
