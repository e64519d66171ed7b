import Type from 'typebox';
import { refusals } from '#platform/refusal';

export const sourceKinds = ['web', 'app', 'till', 'sensor', 'chat', 'content', 'server', 'import'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export const SourceKindSchema = Type.Enum(sourceKinds, {
  description: 'The touchpoint: where the events come from',
});

export const SourceSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    kind: SourceKindSchema,
    write_key: Type.String({ description: 'Goes into SDKs and pages; it can only write' }),
    created_at: Type.String({ format: 'date-time' }),
    archived: Type.Boolean(),
    figures: Type.Object({
      accepted: Type.Integer(),
      duplicates: Type.Integer(),
      quarantined: Type.Integer(),
      withheld: Type.Integer({
        description:
          'Counted but not stored: the person denied analytics, or was erased and may not be imported again',
      }),
      bots: Type.Integer({ description: 'Of the accepted, those sent by known bots' }),
      last_seen: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
      lag_ms: Type.Integer({
        description: 'How long the oldest accepted event waits to be readable; 0 when none does',
      }),
    }),
  },
  { title: 'Source' },
);

export const EventSchema = Type.Object(
  {
    message_id: Type.String(),
    type: Type.String(),
    event: Type.String({
      description: 'Name of the event, page or screen; empty for identify, group and alias',
    }),
    time: Type.String({ format: 'date-time' }),
    received: Type.String({ format: 'date-time' }),
    person_id: Type.Union([Type.String(), Type.Null()]),
    source: Type.Union([Type.String(), Type.Null()], { description: 'Id of the source' }),
    channel: Type.String({ description: 'Kind of the source' }),
    historical: Type.Boolean(),
    bot: Type.Boolean(),
    user_id: Type.String(),
    anonymous_id: Type.String(),
    order_id: Type.String(),
    total: Type.Union([Type.String(), Type.Null()], { description: 'Decimal' }),
    currency: Type.String(),
    store_id: Type.String(),
    properties: Type.Unknown(),
    traits: Type.Unknown(),
    context: Type.Unknown(),
    ignored: Type.Array(Type.Object({ kind: Type.String(), value: Type.String(), reason: Type.String() }), {
      description: 'Values that came as identifiers and are none, with the reason',
    }),
  },
  { title: 'Event' },
);

const {
  context: _context,
  traits: _traits,
  ignored: _ignored,
  user_id: _user,
  anonymous_id: _anonymous,
  ...inShort
} = EventSchema.properties;

/** What the topic `events` of GET /api/live tells. */
export const LiveEvents = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          ...inShort,
          properties: Type.Unknown({ description: 'Cut down to what it is about, where they are long' }),
        },
        { title: 'Event in short' },
      ),
      { description: 'The newest, in the order in which they were accepted' },
    ),
    skipped: Type.Integer({ description: 'How many there were besides' }),
    total: Type.Integer({ description: 'How many events the workspace has' }),
  },
  { title: 'Live events' },
);
export type LiveEvents = Type.Static<typeof LiveEvents>;
export const TraitHistorySchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        value: Type.Unknown(),
        time: Type.String({ format: 'date-time', description: 'Of the event that said it first' }),
        received: Type.String({ format: 'date-time' }),
        from: Type.String({ description: 'The identifier it came with, as kind:value' }),
        source: Type.Union([Type.String(), Type.Null()], { description: 'Id of the source' }),
        channel: Type.String({ description: 'Kind of the source' }),
        message_id: Type.String(),
        times: Type.Integer({ description: 'How often it was said until another value was' }),
      }),
    ),
    whole: Type.Boolean({ description: 'false: older words are left out' }),
  },
  { title: 'What was said of a trait' },
);

export const QuarantinedSchema = Type.Object(
  {
    id: Type.String(),
    source: Type.Union([Type.String(), Type.Null()]),
    at: Type.String({ format: 'date-time' }),
    reason: Type.String(),
    detail: Type.String(),
    message_id: Type.Union([Type.String(), Type.Null()]),
    raw: Type.Unknown(),
  },
  { title: 'Quarantined event' },
);

/** The section `collect` of a workspace's settings. */
export const CollectSettings = Type.Object(
  {
    retentionDays: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      description: 'Events older than this are removed; null keeps them for ever',
    }),
    requestsPerSecond: Type.Integer({
      minimum: 1,
      description: 'For each source; bursts of twice as many pass',
    }),
    contractEvents: Type.Array(Type.String(), {
      description: 'Events that a contract needs: stored even where the person denied analytics',
    }),
  },
  { title: 'Collection settings' },
);
export type CollectSettings = Type.Static<typeof CollectSettings>;

export const collectDefaults: CollectSettings = {
  retentionDays: null,
  requestsPerSecond: 2000,
  contractEvents: [
    'Order Completed',
    'Order Updated',
    'Order Refunded',
    'Order Cancelled',
    'Pickup Completed',
    'Membership Joined',
    'Points Earned',
    'Points Spent',
  ],
};

export const stages = ['search', 'attention', 'deal', 'use', 'share'] as const;
export type Stage = (typeof stages)[number];

/** The section `path`: which event belongs to which stage of Search, Attention, Deal, Use, Share. */
export const PathSettings = Type.Object(
  Object.fromEntries(
    stages.map((stage) => [stage, Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200 })]),
  ) as Record<Stage, ReturnType<typeof Type.Array<ReturnType<typeof Type.String>>>>,
  { title: 'The path: event names by stage. `page` and `screen` stand for all pages and screens' },
);
export type PathSettings = Record<Stage, string[]>;

export const pathDefaults: PathSettings = {
  search: [
    'Products Searched',
    'Product List Viewed',
    'Product List Filtered',
    'Promotion Viewed',
    'page',
    'screen',
  ],
  attention: [
    'Product Viewed',
    'Product Clicked',
    'Promotion Clicked',
    'Content Viewed',
    'Product Added to Wishlist',
    'Product Added',
    'Cart Viewed',
    'Checkout Started',
    'Store Entered',
    'Zone Entered',
    'Signed Up',
    'Membership Joined',
  ],
  deal: ['Order Completed', 'Order Refunded', 'Order Cancelled', 'Payment Info Entered'],
  use: [
    'Pickup Completed',
    'Feedback Given',
    'Survey Answered',
    'Product Reviewed',
    'Support Requested',
    'Product Used',
  ],
  share: [
    'Content Shared',
    'Product Shared',
    'Cart Shared',
    'Invite Sent',
    'Invite Accepted',
    'Idea Submitted',
    'Idea Voted',
  ],
};

export const refuse = refusals('collect', {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'malformed-request': { status: 400, title: 'The request is not one of the tracking API' },
  'bad-event': { status: 400, title: 'The event cannot be accepted' },
  'wrong-write-key': { status: 401, title: 'Unknown write key' },
  'too-large': { status: 413, title: 'Too large' },
  'too-many': { status: 429, title: 'Too many requests' },
  'buffer-full': { status: 503, title: 'The buffer is full' },
  busy: { status: 503, title: 'Too much at once' },
  'no-such-source': { status: 404, title: 'No such source' },
  'source-name-taken': { status: 409, title: 'A source of this name exists' },
  'no-such-quarantined': { status: 404, title: 'Not in quarantine' },
});

/** Why an event was set aside. */
export type QuarantineReason =
  | 'not-an-object'
  | 'unknown-type'
  | 'event-name-missing'
  | 'name-too-long'
  | 'no-identifier'
  | 'previous-id-missing'
  | 'bad-message-id'
  | 'bad-timestamp'
  | 'bad-properties'
  | 'bad-traits'
  | 'bad-context'
  | 'bad-money'
  | 'too-large'
  | 'too-deep';
