import Type, { type Static } from 'typebox';
import { refusals } from '#platform/refusal';

/*
 * The rule language. A rule is `all`, `any`, `not`, or one condition; every condition is an object that is told by its
 * first key. What the parts mean:
 * - Events that count: those of all of a person's identifiers, up to now, without bots and what a contract alone keeps.
 * - Values are JSON. Text is compared byte for byte and only with text; numbers are compared as doubles, also where
 *   they arrived as plain decimal text ("12.50"); dates are ISO texts, without a zone in UTC. A value that is missing
 *   or null passes no test, so it passes every `not`.
 * - A document in which an integer does not fit into 64 bits, or a text is no Unicode, counts as empty.
 */

const closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Names = Type.Union([Name, Type.Array(Name, { minItems: 1, maxItems: 200 })]);
const Text = Type.String({ maxLength: 2000 });
const Path = Type.Union([Name, Type.Array(Name, { minItems: 1, maxItems: 8 })], {
  description: 'A name, or the names from the outside to the inside: ["address", "city"]',
});
const Scalar = Type.Union([Text, Type.Number(), Type.Boolean()]);
const Moment = Type.String({
  minLength: 10,
  maxLength: 35,
  description:
    'ISO 8601. In windows a date alone is its midnight in the workspace; in tests of values in UTC',
});
const Amount = Type.Union(
  [Type.Number(), Type.String({ pattern: '^-?(0|[1-9][0-9]{0,11})(\\.[0-9]{1,6})?$' })],
  {
    description: 'A decimal of at most six places and less than 10^12; text keeps every digit',
  },
);

export const Duration = Type.Object(
  {
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_256_000 })),
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 87_600 })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
  },
  {
    ...closed,
    title: 'Duration',
    description: 'Exact: a day is 24 hours',
    minProperties: 1,
    maxProperties: 1,
  },
);
export type Duration = Static<typeof Duration>;

/** When. Absent: ever. */
export const Window = Type.Union(
  [
    Type.Object({ last: Duration }, closed),
    Type.Object({ calendar_days: Type.Integer({ minimum: 1, maximum: 3650 }) }, closed),
    Type.Object({ from: Type.Optional(Moment), to: Type.Optional(Moment) }, closed),
  ],
  {
    title: 'Window',
    description:
      '`last`: until exactly so long ago. `calendar_days`: today and the days before it in the zone of the workspace. `from` (included), `to` (not included).',
    examples: [{ last: { days: 30 } }, { calendar_days: 7 }, { from: '2026-01-01', to: '2026-02-01' }],
  },
);
export type Window = Static<typeof Window>;

const valueTests = {
  equals: Type.Optional(Scalar),
  one_of: Type.Optional(Type.Array(Scalar, { minItems: 1, maxItems: 1000 })),
  exists: Type.Optional(Type.Literal(true)),
  contains: Type.Optional(Text),
  starts_with: Type.Optional(Text),
  matches: Type.Optional(
    Type.String({ maxLength: 500, description: 'RE2; finds it anywhere; (?i) for any case' }),
  ),
  greater: Type.Optional(Type.Number()),
  less: Type.Optional(Type.Number()),
  at_least: Type.Optional(Type.Number()),
  at_most: Type.Optional(Type.Number()),
  between: Type.Optional(
    Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: 'Both included' }),
  ),
  before: Type.Optional(Moment),
  after: Type.Optional(Moment),
  in_last: Type.Optional(Duration),
  in_next: Type.Optional(Duration),
  day_of_year: Type.Optional(
    Type.Object(
      { next_days: Type.Integer({ minimum: 0, maximum: 365, description: '0: today' }) },
      {
        ...closed,
        description: 'The day and month fall on today or so many days after it; 29 February counts as 28',
      },
    ),
  ),
  holds: Type.Optional(Scalar),
};

/** Exactly one of them; inside `not` as well. */
const ValueTest = Type.Object(valueTests, {
  ...closed,
  title: 'Test of a value',
  minProperties: 1,
  maxProperties: 1,
});
export type ValueTest = Static<typeof ValueTest>;
const tests = { ...valueTests, not: Type.Optional(ValueTest) };

export const ProductFilter = Type.Object({ property: Path, ...tests }, closed);
export const eventColumns = ['order_id', 'total', 'currency', 'store_id', 'name'] as const;
const Filter = Type.Union(
  [
    Type.Object({ property: Path, ...tests }, closed),
    Type.Object({ column: Type.Enum(eventColumns), ...tests }, closed),
    Type.Object({ products: Type.Array(ProductFilter, { minItems: 1, maxItems: 10 }) }, closed),
  ],
  {
    title: 'Filter',
    description: '`products`: one and the same of the products passes all of these',
    examples: [
      { property: 'category', equals: 'tea' },
      { column: 'total', at_least: 50 },
      {
        products: [
          { property: 'sku', equals: 'A1' },
          { property: 'quantity', at_least: 2 },
        ],
      },
    ],
  },
);
export type Filter = Static<typeof Filter>;

const eventParts = {
  event: Type.Optional(Names),
  type: Type.Optional(Type.Union([Name, Type.Array(Name, { minItems: 1, maxItems: 6 })])),
  channel: Type.Optional(Names),
  source: Type.Optional(Names),
  where: Type.Optional(Type.Array(Filter, { minItems: 1, maxItems: 20 })),
};
export const EventMatch = Type.Union(
  [Name, Type.Array(Name, { minItems: 1, maxItems: 200 }), Type.Object(eventParts, closed)],
  {
    title: 'Which events',
    description:
      'A name, some names, or an object: `event` (names of track calls), `type` (page, screen, identify, group, alias), `channel`, `source`, `where` (all filters pass)',
    examples: [
      'Order Completed',
      { event: 'Product Viewed', where: [{ property: 'category', equals: 'tea' }] },
    ],
  },
);
export type EventMatch = Static<typeof EventMatch>;

const Count = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const counts = {
  exactly: Type.Optional(Count),
  at_least: Type.Optional(Count),
  at_most: Type.Optional(Count),
};
const when = { in: Type.Optional(Window) };
const comparisons = {
  equals: Type.Optional(Amount),
  greater: Type.Optional(Amount),
  less: Type.Optional(Amount),
  at_least: Type.Optional(Amount),
  at_most: Type.Optional(Amount),
};
export const Measured = Type.Union([Path, Type.Object({ column: Type.Enum(eventColumns) }, closed)]);

export const TraitCondition = Type.Object(
  {
    trait: Type.Union([Path, Type.Object({ computed: Name }, closed)]),
    ...tests,
  },
  {
    ...closed,
    title: 'Trait',
    examples: [
      { trait: 'city', equals: 'Oslo' },
      { trait: 'birthday', day_of_year: { next_days: 7 } },
    ],
  },
);
export type TraitCondition = Static<typeof TraitCondition>;

export const DidCondition = Type.Object(
  { did: EventMatch, ...counts, ...when },
  {
    ...closed,
    title: 'Did',
    description: 'At least once, unless told',
    examples: [{ did: 'Order Completed', at_least: 2, in: { last: { days: 90 } } }],
  },
);
export type DidCondition = Static<typeof DidCondition>;

export const DidNotCondition = Type.Object(
  { did_not: EventMatch, ...when },
  { ...closed, title: 'Did not', examples: [{ did_not: 'Order Completed', in: { calendar_days: 30 } }] },
);
export type DidNotCondition = Static<typeof DidNotCondition>;

export const MeasureCondition = Type.Object(
  {
    measure: EventMatch,
    sum: Type.Optional(Measured),
    average: Type.Optional(Measured),
    minimum: Type.Optional(Measured),
    maximum: Type.Optional(Measured),
    distinct: Type.Optional(Measured),
    ...comparisons,
    ...when,
  },
  {
    ...closed,
    title: 'Measure',
    description:
      'Decimals of six places (further ones are cut off); what is no number counts as nothing. A sum over nothing is 0, as is a distinct count; average, minimum and maximum of nothing pass no comparison.',
    examples: [
      { measure: 'Order Completed', sum: { column: 'total' }, at_least: 500, in: { last: { days: 365 } } },
    ],
  },
);
export type MeasureCondition = Static<typeof MeasureCondition>;

export const FirstCondition = Type.Object(
  { first: EventMatch, in: Window },
  {
    ...closed,
    title: 'First time',
    description: 'The first time ever was in the window',
    examples: [{ first: 'Order Completed', in: { calendar_days: 7 } }],
  },
);
export type FirstCondition = Static<typeof FirstCondition>;

export const LastCondition = Type.Object(
  { last: EventMatch, in: Window },
  { ...closed, title: 'Last time', examples: [{ last: 'Order Completed', in: { to: '2026-01-01' } }] },
);
export type LastCondition = Static<typeof LastCondition>;

export const SequenceCondition = Type.Object(
  {
    sequence: Type.Array(EventMatch, { minItems: 2, maxItems: 8 }),
    within: Type.Optional(Duration),
    without: Type.Optional(EventMatch),
    ...when,
  },
  {
    ...closed,
    title: 'In order',
    description:
      'Each strictly later than the one before; `within` from the first to the last; nothing of `without` strictly between these; the first lies in the window.',
    examples: [
      { sequence: ['Product Viewed', 'Store Entered'], within: { days: 7 }, without: 'Order Completed' },
    ],
  },
);
export type SequenceCondition = Static<typeof SequenceCondition>;

export const AbandonedCondition = Type.Object(
  { abandoned: EventMatch, without: EventMatch, within: Duration, ...when },
  {
    ...closed,
    title: 'Abandoned',
    description: 'Did the one and, for so long after it, not the other',
    examples: [
      {
        abandoned: 'Product Added',
        without: 'Order Completed',
        within: { hours: 4 },
        in: { last: { days: 3 } },
      },
    ],
  },
);
export type AbandonedCondition = Static<typeof AbandonedCondition>;

export const PlaceCondition = Type.Object(
  {
    place: Type.Object({ store: Type.Optional(Names), zone: Type.Optional(Names) }, closed),
    dwell_seconds: Type.Optional(
      Type.Object(
        { at_least: Type.Optional(Type.Number()), at_most: Type.Optional(Type.Number()) },
        { ...closed, minProperties: 1, description: 'Counts only visits of such a length' },
      ),
    ),
    ...counts,
    ...when,
  },
  {
    ...closed,
    title: 'Place',
    description: 'Came to a store or a zone; nothing named: to any store',
    examples: [{ place: { store: 'oslo-1' }, at_least: 2, in: { last: { days: 30 } } }],
  },
);
export type PlaceCondition = Static<typeof PlaceCondition>;

export const ChannelCondition = Type.Object(
  { channel: Names, ...counts, ...when },
  { ...closed, title: 'Channel', examples: [{ channel: 'store', in: { last: { days: 90 } } }] },
);
export type ChannelCondition = Static<typeof ChannelCondition>;

export const SourceCondition = Type.Object(
  { source: Names, ...counts, ...when },
  { ...closed, title: 'Source', description: 'Ids of sources' },
);
export type SourceCondition = Static<typeof SourceCondition>;

export const ConsentCondition = Type.Object(
  { consent: Name },
  {
    ...closed,
    title: 'Consent',
    description: 'The newest answer for this purpose, else what the workspace presumes',
    examples: [{ consent: 'marketing' }],
  },
);
export type ConsentCondition = Static<typeof ConsentCondition>;

export const stageNames = ['none', 'search', 'attention', 'deal', 'use', 'share'] as const;
export const StageCondition = Type.Object(
  { stage: Type.Enum(stageNames), or_further: Type.Optional(Type.Boolean()) },
  {
    ...closed,
    title: 'Stage',
    description: 'The furthest that the person came on the path',
    examples: [{ stage: 'attention' }, { stage: 'deal', or_further: true }],
  },
);
export type StageCondition = Static<typeof StageCondition>;

export const SegmentCondition = Type.Object(
  { segment: Type.Union([Type.String(), Type.Integer()]) },
  { ...closed, title: 'Member of another segment' },
);
export type SegmentCondition = Static<typeof SegmentCondition>;

export const ListCondition = Type.Object(
  { list: Type.Integer({ minimum: 1 }) },
  { ...closed, title: 'On an uploaded list' },
);
export type ListCondition = Static<typeof ListCondition>;

export const ShareCondition = Type.Object(
  { share: Type.Number({ minimum: 0, maximum: 1 }), salt: Type.String({ maxLength: 100 }) },
  {
    ...closed,
    title: 'Random share',
    description: 'The same people always; another salt gives other people',
    examples: [{ share: 0.1, salt: 'spring test' }],
  },
);
export type ShareCondition = Static<typeof ShareCondition>;

export const SnapshotCondition = Type.Object(
  {
    snapshot: Name,
    one_of: Type.Optional(Type.Array(Text, { minItems: 1, maxItems: 100 })),
    at_least: Type.Optional(Type.Number()),
    at_most: Type.Optional(Type.Number()),
  },
  {
    ...closed,
    title: 'Snapshot',
    description: 'A value that compares a person with all others, as of the newest snapshot',
    examples: [{ snapshot: 'rfm_group', one_of: ['champions', 'loyal'] }],
  },
);
export type SnapshotCondition = Static<typeof SnapshotCondition>;

export type RuleJson = { all: RuleJson[] } | { any: RuleJson[] } | { not: RuleJson } | ConditionJson;
/** A condition of this module or of a later one, told by its first key. */
export type ConditionJson = Record<string, unknown>;

/** A whole rule, as the API takes it; read in full by the module itself, which says where it is wrong. */
export const RuleSchema = Type.Unsafe<RuleJson>(
  Type.Record(Type.String(), Type.Unknown(), {
    title: 'Rule',
    description: '`all`, `any` (lists of rules), `not` (a rule), or one condition',
    examples: [
      { all: [{ did: 'Order Completed', in: { last: { days: 30 } } }, { not: { consent: 'marketing' } }] },
    ],
  }),
);

/** The closed list of what this module declines. */
export const refuse = refusals('segments', {
  'bad-rule': { status: 422, title: 'The rule is not as it should be' },
  'no-such-segment': { status: 404, title: 'No such segment' },
  'name-taken': { status: 409, title: 'The name is taken' },
  'in-use': { status: 409, title: 'Other segments ask for it' },
  'no-such-list': { status: 404, title: 'No such list' },
  'not-filled': { status: 409, title: 'Still being filled' },
  'no-such-computed': { status: 404, title: 'No such computed trait' },
});
