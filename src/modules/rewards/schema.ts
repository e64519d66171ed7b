import Type, { type Static } from 'typebox';
import { refusals } from '#platform/refusal';
import { EventMatch, ProductFilter, TraitCondition } from '#schema/segments';

/*
 * Earning rules. Points are whole numbers. Money is exact decimal text; everything is worked out with integers, and
 * rounded down once, at the very end: what one event earns by one rule. A refund leaves what the rest would have earned.
 */

const closed = { additionalProperties: false } as const;
const Points = Type.Integer({ minimum: 1, maximum: 1_000_000_000 });
const Money = Type.String({
  pattern: '^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,6})?$',
  examples: ['1.00'],
  description: 'A decimal as text, of at most six places',
});
const Factor = Type.String({
  pattern: '^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$',
  examples: ['2', '1.5'],
  description: 'A factor as decimal text, of at most four places',
});
const Currency = Type.String({ pattern: '^[A-Z]{3}$', examples: ['GBP'], description: 'ISO 4217' });
const At = Type.String({ format: 'date-time', description: 'UTC, ISO 8601' });
const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Path = Type.Union([Name, Type.Array(Name, { minItems: 1, maxItems: 8 })]);
const Programme = Type.String({ format: 'uuid', description: 'The id of a programme' });

/** Where points come from; the liability is kept apart by it. */
const origins = ['purchase', 'sharing', 'sale', 'gift', 'activity'] as const;

const OfProducts = Type.Object(
  {
    where: Type.Array(ProductFilter, {
      minItems: 1,
      maxItems: 10,
      description: 'A product passes all of these',
    }),
    each: Type.Optional(Points),
    points: Type.Optional(Points),
    per: Type.Optional(Money),
  },
  { ...closed, description: '`each`: so many a piece; or `points` for `per` of what was paid for it' },
);

const Formula = Type.Union(
  [
    Type.Object({ fixed: Points }, closed),
    Type.Object(
      { points: Points, per: Money, currency: Currency, of: Type.Optional(Path) },
      {
        ...closed,
        description: '`points` for each `per` of the total, or of the property `of`; in parts too',
      },
    ),
    Type.Object(
      { products: Type.Array(OfProducts, { minItems: 1, maxItems: 20 }), currency: Type.Optional(Currency) },
      { ...closed, description: 'By product; the first that a product passes pays for it' },
    ),
  ],
  {
    title: 'So many points',
    examples: [{ fixed: 100 }, { points: 1, per: '1', currency: 'GBP' }],
  },
);
export type Formula = Static<typeof Formula>;

const Circumstance = Type.Union(
  [
    TraitCondition,
    Type.Object({ segment: Id }, closed),
    Type.Object({ from: Type.Optional(At), to: Type.Optional(At) }, { ...closed, minProperties: 1 }),
    Type.Object(
      { weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }) },
      { ...closed, description: '1 is Monday; in the zone of the workspace' },
    ),
  ],
  { title: 'When a factor counts' },
);
export type Circumstance = Static<typeof Circumstance>;

const caps = {
  order: Type.Optional(Points),
  day: Type.Optional(Points),
  person: Type.Optional(Points),
  all: Type.Optional(Points),
};
export type CapKind = keyof typeof caps;

export const RuleBody = Type.Object(
  {
    when: Type.Union([
      Type.Object({ event: EventMatch }, closed),
      Type.Object({ enters: Id }, { ...closed, description: 'A segment' }),
    ]),
    to: Type.Enum(['person', 'inviter', 'seller'], {
      description:
        '`person`: whose event it is. `inviter`: who invited them (`Invite Accepted`), and whoever invited those, as deep as the settings allow. `seller`: whose user id stands in `seller_id` of the event.',
    }),
    points: Formula,
    degrees: Type.Optional(
      Type.Array(Factor, {
        minItems: 1,
        maxItems: 3,
        description: 'For inviters: the part of each degree; ["1"]',
      }),
    ),
    multiply: Type.Optional(
      Type.Array(Type.Object({ by: Factor, when: Circumstance }, closed), { minItems: 1, maxItems: 10 }),
    ),
    together: Type.Optional(
      Type.Enum(['largest', 'product'], { description: 'Of several factors: the largest, unless told' }),
    ),
    caps: Type.Optional(
      Type.Object(caps, { ...closed, description: 'At most so many points, after refunds' }),
    ),
    hold_days: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 365, description: 'Until the return window ends' }),
    ),
    expires_days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3650, description: 'Absent: as the policy of the programme says' }),
    ),
    origin: Type.Enum(origins),
    taken_back_by: Type.Optional(
      Type.Array(Name, {
        maxItems: 10,
        description: 'Events about the same `order_id`; Order Refunded and Order Cancelled, unless told',
      }),
    ),
    past: Type.Optional(
      Type.Boolean({
        description: 'Pays for what came as a backfill, and for what was before the rule, too',
      }),
    ),
  },
  {
    ...closed,
    title: 'Earning rule',
    examples: [
      {
        when: { event: 'Order Completed' },
        to: 'person',
        points: { points: 1, per: '1', currency: 'GBP' },
        multiply: [{ by: '2', when: { trait: 'tier', equals: 'gold' } }],
        hold_days: 14,
        expires_days: 365,
        origin: 'purchase',
      },
    ],
  },
);
export type RuleBody = Static<typeof RuleBody>;

export const NewRule = Type.Object({
  programme: Programme,
  name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }),
  rule: RuleBody,
});
export type NewRule = Static<typeof NewRule>;
export const RuleChange = Type.Object(
  {
    name: Type.Optional(NewRule.properties.name),
    rule: Type.Optional(RuleBody),
    paused: Type.Optional(Type.Boolean()),
  },
  { ...closed, minProperties: 1 },
);
export type RuleChange = Static<typeof RuleChange>;

export const RuleSchema = Type.Object({
  id: Id,
  programme: Programme,
  name: Type.String(),
  version: Type.Integer(),
  rule: RuleBody,
  since: At,
  paused_at: Type.Union([At, Type.Null()]),
  figures: Type.Object({
    awards: Type.Integer(),
    people: Type.Integer(),
    points: Type.Integer({ description: 'After refunds' }),
    held: Type.Integer(),
    waiting: Type.Integer({ description: 'Not in the ledger yet' }),
    refused: Type.Integer({ description: 'The ledger said no; see `problem`' }),
  }),
  problem: Type.Union([Type.String(), Type.Null()]),
});
export type RuleAnswer = Static<typeof RuleSchema>;
export const VersionSchema = Type.Object({
  version: Type.Integer(),
  rule: RuleBody,
  since: At,
  by: Type.String(),
});

export const NewDryRun = Type.Object({
  programme: Type.Optional(Programme),
  rule: RuleBody,
  from: Day,
  to: Day,
});
export type NewDryRun = Static<typeof NewDryRun>;
const Cost = Type.Object({
  points: Type.Integer(),
  awards: Type.Integer(),
  people: Type.Integer(),
  events: Type.Integer({ description: 'That the rule looked at' }),
  cut: Type.Integer({ description: 'Points that caps kept back' }),
  taken_back: Type.Integer({ description: 'Points that refunds took back' }),
  unpaid: Type.Record(Type.String(), Type.Integer(), { description: 'Events that paid nothing, by reason' }),
  days: Type.Array(Type.Object({ day: Day, points: Type.Integer(), awards: Type.Integer() })),
  quantiles: Type.Array(Type.Object({ quantile: Type.Number(), points: Type.Integer() }), {
    description: 'Of those who were paid: a quantile of people had at most so many',
  }),
  top_tenth: Type.Integer({ description: 'What the tenth of people with the most had together' }),
});
export type Cost = Static<typeof Cost>;
export const DryRunSchema = Type.Object({
  id: Id,
  state: Type.Enum(['running', 'done', 'failed']),
  progress: Type.Number({ description: '0 to 1' }),
  from: Day,
  to: Day,
  cost: Type.Union([Cost, Type.Null()]),
  problem: Type.Union([Type.String(), Type.Null()]),
});
export type DryRunAnswer = Static<typeof DryRunSchema>;

export const AwardSchema = Type.Object({
  rule: Id,
  rule_name: Type.String(),
  version: Type.Integer(),
  message_id: Type.String(),
  order_id: Type.Union([Type.String(), Type.Null()]),
  role: Type.String(),
  points: Type.Integer(),
  at: At,
  held_until: Type.Union([At, Type.Null()]),
  state: Type.Enum(['waiting', 'held', 'paid', 'taken back', 'refused']),
});

// --- what points are for ---

const rewardParts = {
  name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  cost: Points,
  stock: Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'null: no end' }),
  ),
  from: Type.Optional(Type.Union([At, Type.Null()])),
  to: Type.Optional(Type.Union([At, Type.Null()])),
  each: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { description: 'So often for one person' }),
  ),
  voucher: Type.Optional(
    Type.Union([
      Type.Object(
        {
          worth: Type.Optional(Money),
          currency: Type.Optional(Currency),
          days: Type.Integer({ minimum: 1, maximum: 1825, description: 'It holds for so long' }),
        },
        closed,
      ),
      Type.Null(),
    ]),
  ),
};
export const NewReward = Type.Object({ programme: Programme, ...rewardParts });
export type NewReward = Static<typeof NewReward>;
export const RewardChange = Type.Object(
  { ...Type.Partial(Type.Object(rewardParts)).properties, archived: Type.Optional(Type.Boolean()) },
  { ...closed, minProperties: 1 },
);
export type RewardChange = Static<typeof RewardChange>;
export const RewardSchema = Type.Object({
  id: Id,
  programme: Programme,
  name: Type.String(),
  description: Type.String(),
  cost: Type.Integer(),
  stock: Type.Union([Type.Integer(), Type.Null()]),
  taken: Type.Integer(),
  from: Type.Union([At, Type.Null()]),
  to: Type.Union([At, Type.Null()]),
  each: Type.Union([Type.Integer(), Type.Null()]),
  voucher: Type.Union([
    Type.Object({
      worth: Type.Optional(Type.String()),
      currency: Type.Optional(Type.String()),
      days: Type.Integer(),
    }),
    Type.Null(),
  ]),
  archived_at: Type.Union([At, Type.Null()]),
});
export type RewardAnswer = Static<typeof RewardSchema>;

export const Redeem = Type.Object({ person: Id }, closed);
export const MoneyOff = Type.Object(
  { programme: Programme, person: Id, order_id: Name, points: Points },
  { ...closed, description: 'What the points are worth is in the settings `rewards`' },
);
export type MoneyOff = Static<typeof MoneyOff>;

export const VoucherSchema = Type.Object({
  code: Type.String({ description: 'Short, to be typed; checked online' }),
  token: Type.String({ description: 'Signed, for a QR; can be checked offline with the public key' }),
  worth: Type.Union([Type.String(), Type.Null()]),
  currency: Type.Union([Type.String(), Type.Null()]),
  expires: At,
  state: Type.Enum(['good', 'used', 'expired', 'reversed']),
  used_at: Type.Union([At, Type.Null()]),
  order_id: Type.Union([Type.String(), Type.Null()]),
  reward: Type.Union([Type.String(), Type.Null()]),
});
export type VoucherAnswer = Static<typeof VoucherSchema>;
export const RedemptionSchema = Type.Object({
  id: Id,
  reward: Type.Union([Type.Object({ id: Id, name: Type.String() }), Type.Null()]),
  person: Type.Union([Id, Type.Null()]),
  points: Type.Integer(),
  order_id: Type.Union([Type.String(), Type.Null()]),
  worth: Type.Union([Type.String(), Type.Null()]),
  currency: Type.Union([Type.String(), Type.Null()]),
  at: At,
  state: Type.Enum(['under way', 'done', 'refused', 'reversed']),
  voucher: Type.Union([VoucherSchema, Type.Null()]),
});
export type RedemptionAnswer = Static<typeof RedemptionSchema>;

export const VoucherCode = Type.Object({ code: Type.String({ minLength: 8, maxLength: 300 }) }, closed);
export const VoucherUse = Type.Object({ ...VoucherCode.properties, order_id: Type.Optional(Name) }, closed);
export const VoucherKey = Type.Object({
  algorithm: Type.Literal('Ed25519'),
  public_key: Type.String({ description: 'Raw, 32 bytes, base64' }),
});

/** The section `rewards`. */
export const RewardSettings = Type.Object(
  {
    sharingDepth: Type.Integer({
      minimum: 1,
      maximum: 3,
      description:
        'Inviters are paid so many degrees deep, where a rule says so: what the law of the place allows',
    }),
    moneyOff: Type.Object(
      { points: Points, worth: Money, currency: Type.String({ pattern: '^([A-Z]{3})?$' }) },
      { description: 'So many points take so much off an order; no currency: that of the workspace' },
    ),
  },
  { title: 'Rewards' },
);
export type RewardSettings = Static<typeof RewardSettings>;
export const rewardDefaults: RewardSettings = {
  sharingDepth: 1,
  moneyOff: { points: 100, worth: '1', currency: '' },
};

/** The closed list of what this module declines. */
export const refuse = refusals('rewards', {
  'bad-rule': { status: 422, title: 'The rule is not as it should be' },
  'no-such-rule': { status: 404, title: 'No such earning rule' },
  'no-such-run': { status: 404, title: 'No such dry run' },
  'no-such-reward': { status: 404, title: 'No such reward' },
  'no-such-redemption': { status: 404, title: 'No such redemption' },
  'no-such-voucher': { status: 404, title: 'No such voucher' },
  'name-taken': { status: 409, title: 'The name is taken' },
  'not-now': { status: 409, title: 'Not to be had now' },
  'sold-out': { status: 409, title: 'None are left' },
  'had-already': { status: 409, title: 'The person has had it' },
  'voucher-used': { status: 409, title: 'The voucher was used' },
  'voucher-over': { status: 409, title: 'The voucher does not hold any more' },
  'key-reused': { status: 409, title: 'The same key, another content' },
  'key-needed': { status: 400, title: 'An Idempotency-Key is needed' },
  'not-covered': { status: 409, title: 'The points do not suffice' },
});
