import Type, { type Static } from 'typebox';
import { refusals } from '#platform/refusal';

const At = Type.String({ format: 'date-time', description: 'UTC, ISO 8601' });
const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date', examples: ['2027-05-31'] });
/** Far below what a balance can hold, so that sums of balances stay exact. */
export const mostPoints = 1_000_000_000_000;
const Amount = Type.Integer({ minimum: 1, maximum: mostPoints, description: 'Whole points' });
export const TransferId = Type.String({ pattern: '^\\d{1,15}$', description: 'Of a movement' });
const Key = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'The same order sent again under its key is carried out once; another order under it is refused',
});

/** Where points come from; the liability is told apart by it. */
export const origins = ['purchase', 'sharing', 'sale', 'gift', 'activity', 'adjustment'] as const;
export type Origin = (typeof origins)[number];
export const Origin = Type.Enum(origins);

/** What a movement is. Their order is their number in the books: add at the end only. */
export const kinds = [
  'earn',
  'hold',
  'settle',
  'void',
  'spend',
  'return',
  'transfer',
  'expire',
  'claw-back',
  'adjust',
  'pay-in',
  'pay-out',
] as const;
export type Kind = (typeof kinds)[number];

/** What to do where points that are taken back were spent already: nothing, all there is, or the rest as a debt. */
export const clawBackPolicies = ['held', 'zero', 'receivable'] as const;
export type ClawBackPolicy = (typeof clawBackPolicies)[number];

export const Policy = Type.Object(
  {
    ratio: Type.Integer({
      minimum: 1,
      maximum: 100,
      description: 'At most so many points for one minor unit of the reserve',
    }),
    expiresAfterDays: Type.Union([Type.Integer({ minimum: 1, maximum: 3660 }), Type.Null()], {
      description: 'After the day on which they were earned; null: never. An order may say otherwise',
    }),
    transfers: Type.Object({
      allowed: Type.Boolean(),
      most: Type.Union([Amount, Type.Null()], { description: 'In one transfer' }),
      mostADay: Type.Union([Amount, Type.Null()], { description: 'Given away by one wallet in a day' }),
      coolingHours: Type.Integer({
        minimum: 0,
        maximum: 8784,
        description: 'A wallet may not give points away so long after its first movement',
      }),
    }),
    clawBack: Type.Enum(clawBackPolicies),
  },
  { title: 'Points policy' },
);
export type Policy = Static<typeof Policy>;

export const policyDefaults: Policy = {
  ratio: 1,
  expiresAfterDays: 730,
  transfers: { allowed: true, most: null, mostADay: null, coolingHours: 0 },
  clawBack: 'zero',
};

const Name = Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' });
const Slug = Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$', examples: ['leaves'] });

export const NewProgramme = Type.Object({
  name: Name,
  slug: Type.Optional(Slug),
  currency: Type.String({ pattern: '^[A-Z]{3}$', examples: ['EUR'], description: 'Of the reserve' }),
  policy: Type.Optional(Policy),
});
export type NewProgramme = Static<typeof NewProgramme>;

const PolicyVersion = Type.Object({ version: Type.Integer(), from: At, policy: Policy, by: Type.String() });
/** from: a moment to come; now unless given. */
const Begin = Type.String({ format: 'date-time', examples: ['2030-01-01T00:00:00Z'] });
export const NewPolicy = Type.Object({ policy: Policy, from: Type.Optional(Begin) });

export const Programme = Type.Object(
  {
    id: Id,
    name: Type.String(),
    slug: Type.String({ description: 'Its public log stands at /log/<slug>' }),
    currency: Type.String(),
    createdAt: At,
    policies: Type.Array(PolicyVersion, { description: 'The oldest first' }),
  },
  { title: 'Points programme' },
);

// --- orders, as the API takes them ---

const Person = Type.Object(
  {
    person: Type.String({
      maxLength: 300,
      description: 'The id of a person, or an identifier as kind:value',
      examples: ['email:ann@example.com'],
    }),
  },
  { additionalProperties: false },
);
const Partner = Type.Object(
  {
    partner: Type.String({ minLength: 1, maxLength: 80, description: 'The account of a seller or partner' }),
  },
  { additionalProperties: false },
);
export const WireParty = Type.Union([Person, Partner]);
export type WireParty = Static<typeof WireParty>;

const note = {
  order: Type.Optional(
    Type.String({ maxLength: 200, description: 'The order in the shop that it is about' }),
  ),
  rule: Type.Optional(
    Type.String({ maxLength: 80, pattern: '^[\\w.:@/-]+$', description: 'Rule and version that it follows' }),
  ),
  reason: Type.Optional(Type.String({ maxLength: 500 })),
};
const Expires = Type.Optional(
  Type.Union([Day, Type.Null()], {
    description: 'The last day on which they can be used; null: never; left out: as the policy says',
  }),
);
const Until = Type.String({ format: 'date-time', description: 'Then it is settled or given back by itself' });

const AtEnd = Type.Enum(['settle', 'void'], { description: 'What becomes of it then' });

const bodies = {
  earn: Type.Object({
    kind: Type.Literal('earn'),
    to: WireParty,
    amount: Amount,
    origin: Origin,
    expires: Expires,
    hold: Type.Optional(Type.Object({ until: Until, atEnd: AtEnd })),
    ...note,
  }),
  hold: Type.Object({
    kind: Type.Literal('hold'),
    from: WireParty,
    to: Type.Optional(Partner),
    amount: Amount,
    until: Type.Optional(Until),
    atEnd: Type.Optional(AtEnd),
    ...note,
  }),
  settle: Type.Object({
    kind: Type.Literal('settle'),
    hold: TransferId,
    amount: Type.Optional(Amount),
    ...note,
  }),
  void: Type.Object({ kind: Type.Literal('void'), hold: TransferId, amount: Type.Optional(Amount), ...note }),
  spend: Type.Object({
    kind: Type.Literal('spend'),
    from: WireParty,
    to: Type.Optional(Partner),
    amount: Amount,
    ...note,
  }),
  return: Type.Object({
    kind: Type.Literal('return'),
    of: TransferId,
    amount: Type.Optional(Amount),
    ...note,
  }),
  transfer: Type.Object({
    kind: Type.Literal('transfer'),
    from: WireParty,
    to: WireParty,
    amount: Amount,
    ...note,
  }),
  'claw-back': Type.Object({
    kind: Type.Literal('claw-back'),
    from: Type.Optional(WireParty),
    of: Type.Optional(TransferId),
    amount: Type.Optional(Amount),
    policy: Type.Optional(Type.Enum(clawBackPolicies)),
    ...note,
  }),
};

type Bodies = { [K in keyof typeof bodies]: Static<(typeof bodies)[K]> };
type WireBody = Bodies[keyof Bodies];
export type WireOrder = { [K in keyof Bodies]: Bodies[K] & { key: string } }[keyof Bodies];

/** One order of a batch; its key is part of it. */
export const WireOrder = Type.Unsafe<WireOrder>(
  Type.Union(
    Object.values(bodies).map((body) =>
      Type.Object({ key: Key, ...body.properties }, { additionalProperties: false }),
    ),
  ),
);
/** One order; its key is the header Idempotency-Key. */
export const WireOrderBody = Type.Unsafe<WireBody>(
  Type.Union(
    Object.values(bodies).map((body) => Type.Object(body.properties, { additionalProperties: false })),
  ),
);

const Leg = Type.Object({ id: TransferId, from: Type.String(), to: Type.String(), amount: Type.Integer() });

export const Done = Type.Object({
  ok: Type.Literal(true),
  id: TransferId,
  key: Type.String(),
  at: At,
  amount: Type.Integer({
    description: 'What was moved in all; a claw-back may find less than was asked for',
  }),
  legs: Type.Array(Leg),
  repeated: Type.Boolean({ description: 'It had been carried out under this key before' }),
});
const Refused = Type.Object({
  ok: Type.Literal(false),
  key: Type.String(),
  type: Type.String({ examples: ['points/not-enough'] }),
  title: Type.String(),
  detail: Type.String(),
  missing: Type.Optional(Type.Integer()),
});
export const Outcomes = Type.Object({ items: Type.Array(Type.Union([Done, Refused])) });

/** expires: the last day to use them; null: never. */
const LastDay = Type.Union([Day, Type.Null()]);
export const LotView = Type.Object({ origin: Origin, expires: LastDay, earned: Day, amount: Type.Integer() });
export const HoldView = Type.Object({
  id: TransferId,
  amount: Type.Integer(),
  until: Type.Union([At, Type.Null()]),
  atEnd: Type.Enum(['settle', 'void']),
  earned: Type.Boolean({
    description: 'Earned and not theirs yet; otherwise theirs, and kept for a purchase',
  }),
  lots: Type.Array(LotView),
});
/** receivable: negative, what is owed after a claw-back. */
const whole = Type.Integer();
export const Balances = Type.Object({ wallet: whole, held: whole, receivable: whole });
const SideView = Type.Object({ side: Type.String(), partner: Type.Union([Type.String(), Type.Null()]) });
const Text = Type.Union([Type.String(), Type.Null()]);
export const MovementView = Type.Object(
  {
    id: TransferId,
    order: Type.String({ description: 'The first leg of the order that it belongs to' }),
    of: Text,
    at: At,
    kind: Type.Enum(kinds),
    from: SideView,
    to: SideView,
    amount: Type.Integer(),
    change: Type.Union([Type.Integer(), Type.Null()], { description: 'Of all that the asked party has' }),
    lots: Type.Array(LotView),
    policy: Type.Integer({ description: 'The version of the policy that held' }),
    rule: Text,
    shopOrder: Text,
    reason: Text,
    by: Type.Union([Type.Array(Type.String()), Type.Null()]),
  },
  { title: 'Movement of points' },
);

export type MovementAnswer = Static<typeof MovementView>;

const refusalKinds = {
  'no-such-programme': { status: 404, title: 'No such programme' },
  'name-taken': { status: 409, title: 'The name is taken by another programme' },
  'no-such-person': { status: 404, title: 'Nobody has this identifier' },
  'no-such-hold': { status: 404, title: 'No such hold' },
  'no-such-transfer': { status: 404, title: 'No such movement' },
  'key-missing': { status: 400, title: 'The Idempotency-Key is missing' },
  'key-reused': { status: 422, title: 'The key belongs to another order' },
  'not-enough': { status: 409, title: 'Not enough points' },
  'reserve-short': { status: 409, title: 'The reserve does not cover this' },
  'hold-closed': { status: 409, title: 'The hold has less left than that' },
  'more-than-was': { status: 409, title: 'More than there was' },
  'transfers-off': { status: 409, title: 'The programme allows no transfers between members' },
  'over-limit': { status: 409, title: 'More than may be given away' },
  cooling: { status: 409, title: 'The wallet is too new to give points away' },
  'same-account': { status: 400, title: 'From an account to itself' },
  'too-large': { status: 400, title: 'More than the books can hold' },
  'expired-already': { status: 400, title: 'The last day to use them is past' },
  'policy-in-the-past': { status: 400, title: 'A policy cannot begin in the past' },
  'two-people': { status: 409, title: 'It takes two people' },
  'no-such-proposal': { status: 404, title: 'No such proposal' },
  'proposal-decided': { status: 409, title: 'The proposal was decided already' },
  'no-receipt': { status: 400, title: 'Not a receipt of this programme' },
  'not-signed-yet': { status: 503, title: 'The log is about to be signed' },
  busy: { status: 503, title: 'More than can be taken at once' },
} as const;

export const refuse = refusals('points', refusalKinds);
