import Type from 'typebox';
import { refusals } from '#platform/refusal';

/** The section `people` of a workspace's settings. */
export const PeopleSettings = Type.Object(
  {
    ownKinds: Type.Array(
      Type.Object({
        name: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
        unique: Type.Boolean({ description: 'A person has at most one living value' }),
      }),
      { maxItems: 20, description: 'Identifier kinds of your own; stronger than e-mail, weaker than a card' },
    ),
    limits: Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: 10_000 }), {
      description:
        'By kind: an identifier that is tied to more identifiers of this kind than that stops linking, with all the links it made',
    }),
    blocked: Type.Array(Type.String({ maxLength: 560 }), {
      maxItems: 10_000,
      description: 'Values that identify nobody, as kind:value, or *:value for every kind',
    }),
    consent: Type.Object({
      purposes: Type.Array(Type.String({ pattern: '^[\\p{L}\\p{N}_]{1,60}$' }), { maxItems: 50 }),
      defaults: Type.Record(Type.String(), Type.Boolean(), {
        description: 'What holds for a person who was never asked, by purpose',
      }),
      textVersion: Type.String({
        maxLength: 100,
        description: 'The version of the text that people are shown now',
      }),
    }),
    erasureHours: Type.Integer({
      minimum: 1,
      maximum: 720,
      description: 'Erased data has left both engines by then',
    }),
  },
  { title: 'Settings about people' },
);
export type PeopleSettings = Type.Static<typeof PeopleSettings>;

export const peopleDefaults: PeopleSettings = {
  ownKinds: [],
  limits: {},
  blocked: [],
  consent: {
    purposes: [
      'analytics',
      'marketing_email',
      'marketing_sms',
      'marketing_chat',
      'personalisation',
      'sharing',
    ],
    defaults: {
      analytics: true,
      marketing_email: false,
      marketing_sms: false,
      marketing_chat: false,
      personalisation: true,
      sharing: false,
    },
    textVersion: '1',
  },
  erasureHours: 24,
};

/**
 * So many identifiers of a kind may be tied to one other before that other one stops linking. A person signs in from
 * many browsers in a year; nobody has eleven membership cards.
 */
export const builtInLimits: Readonly<Record<string, number>> = {
  user_id: 10,
  card: 10,
  wechat_unionid: 10,
  wechat_openid: 20,
  email: 10,
  phone: 10,
  device_id: 100,
  anonymous_id: 500,
};
/** The same for a kind that a workspace defines. */
export const otherLimit = 20;

export const refuse = refusals('people', {
  'no-such-person': { status: 404, title: 'No such person' },
  'not-an-identifier': { status: 400, title: 'Not an identifier' },
  'same-person': { status: 409, title: 'Already one person' },
  'cannot-split': { status: 409, title: 'Cannot be split so' },
  'no-such-conflict': { status: 404, title: 'No such conflict' },
  'bad-query': { status: 400, title: 'Nothing to search for' },
});

const time = Type.String({ format: 'date-time' });

const IdentifierSchema = Type.Object(
  {
    kind: Type.String(),
    value: Type.String(),
    state: Type.Enum(['active', 'retired', 'over-limit', 'shared', 'blocked'], {
      description:
        'Only an active or a retired identifier links; a retired one is no longer the living value of its kind',
    }),
    first_seen: time,
    evidence: Type.Array(
      Type.Object({
        with: Type.Array(Type.String(), { description: 'The identifiers it came with, as kind:value' }),
        rule: Type.String({ description: 'event, identify, alias, or the decision' }),
        outcome: Type.String({ description: 'joined, conflict, apart, off' }),
        message_id: Type.Union([Type.String(), Type.Null()]),
        time,
        received: time,
      }),
    ),
  },
  { title: 'Identifier' },
);

export const ConsentSchema = Type.Object({
  granted: Type.Boolean(),
  asked: Type.Boolean({ description: 'false: the default of the workspace holds' }),
  time: Type.Union([time, Type.Null()]),
  source: Type.Union([Type.String(), Type.Null()]),
  text_version: Type.Union([Type.String(), Type.Null()]),
});

export const ConsentEvidenceSchema = Type.Object(
  {
    purpose: Type.String(),
    granted: Type.Boolean(),
    time: Type.String({ format: 'date-time', description: 'When it was answered' }),
    received: Type.String({ format: 'date-time' }),
    source: Type.String({ description: 'Where it was asked' }),
    text_version: Type.Union([Type.String(), Type.Null()]),
    message_id: Type.Union([Type.String(), Type.Null()], { description: 'The event that carried it' }),
    from: Type.String({ description: 'The identifier it came with, as kind:value' }),
  },
  { title: 'An answer about consent' },
);

export const TraitNameSchema = Type.Object({
  name: Type.String(),
  types: Type.Array(Type.String(), { description: 'text, number, boolean, date, list, object, null' }),
});

export const PersonSummarySchema = Type.Object(
  {
    id: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    known: Type.Boolean({ description: 'Has an identifier besides anonymous ids and devices' }),
    identifiers: Type.Array(Type.String(), { description: 'The strongest few, as kind:value' }),
    first_seen: time,
    traits: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Those that `traits` asks for; null where unknown',
      }),
    ),
    last_seen: Type.Optional(
      Type.Union([time, Type.Null()], {
        description: 'With `last_seen=true`; null where nothing is kept, or while ClickHouse is away',
      }),
    ),
  },
  { title: 'Person in a list' },
);

export const AskedPersonSchema = Type.Object(
  {
    asked: Type.String({
      description: 'The id that was asked for; `id` is another one where they were joined',
    }),
    ...PersonSummarySchema.properties,
  },
  { title: 'Person who was asked for' },
);

export const peopleOrders = ['newest', 'oldest', 'seen', 'name'] as const;
const filters = {
  known: Type.Optional(Type.Boolean({ description: 'Has an identifier besides anonymous ids and devices' })),
  has: Type.Optional(Type.String({ maxLength: 40, description: 'A kind of identifier that they have' })),
  trait: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      maxItems: 5,
      description:
        'name:value of a trait as it holds now, or only its name; given several times, all must hold',
    }),
  ),
  consent: Type.Optional(
    Type.String({ maxLength: 80, description: 'purpose:granted or purpose:refused, as it holds now' }),
  ),
  met_from: Type.Optional(Type.String({ format: 'date-time' })),
  met_to: Type.Optional(Type.String({ format: 'date-time' })),
  seen_from: Type.Optional(Type.String({ format: 'date-time', description: 'Had an event since then' })),
  channel: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'Had an event over this channel (with `seen_from`: since then)',
    }),
  ),
  did: Type.Optional(
    Type.Enum(['search', 'attention', 'deal', 'use', 'share'], {
      description:
        'Had an event of this stage of the path (with `channel` and `seen_from`: there, since then)',
    }),
  ),
};

/** Which people are counted. */
export const PeopleCountQuery = Type.Object(filters);

/** Which people are listed, in which order, with what beside them. */
export const PeopleQuery = Type.Object({
  identifier: Type.Optional(
    Type.String({ maxLength: 600, description: 'kind:value, like email:ann@example.com' }),
  ),
  q: Type.Optional(
    Type.String({ maxLength: 200, description: 'Beginning of a name, e-mail, phone, card or id' }),
  ),
  ...filters,
  sort: Type.Optional(
    Type.Enum(peopleOrders, {
      description:
        'newest: met last (the default); seen: with the newest event first, only those who have one; name: only those who have one',
    }),
  ),
  traits: Type.Optional(
    Type.String({ maxLength: 1000, description: 'Traits to be shown, by their names with commas between' }),
  ),
  last_seen: Type.Optional(Type.Boolean({ description: 'Say when each had an event last' })),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
});
export type PeopleQuery = Type.Static<typeof PeopleQuery>;

export const PeopleCountSchema = Type.Object(
  {
    people: Type.Union([Type.Integer(), Type.Null()], {
      description: 'null: counting would take too long, and no estimate is good enough',
    }),
    exact: Type.Boolean({ description: 'false: an estimate from a sample' }),
  },
  { title: 'How many people' },
);

export const PersonSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    known: Type.Boolean(),
    first_seen: time,
    identifiers: Type.Array(IdentifierSchema),
    traits: Type.Record(
      Type.String(),
      Type.Object({
        value: Type.Unknown(),
        type: Type.String(),
        time,
        from: Type.String({ description: 'The identifier it came with, as kind:value' }),
      }),
    ),
    consent: Type.Record(Type.String(), ConsentSchema),
    stage: Type.Union([Type.String(), Type.Null()], {
      description:
        'The furthest on the path: search, attention, deal, use, share; null also while ClickHouse is away',
    }),
  },
  { title: 'Person' },
);

export const SharedIdentifierSchema = Type.Object(
  {
    identifier: Type.String({ description: 'As kind:value' }),
    at: Type.String({ format: 'date-time', description: 'When it was marked' }),
    actor: Type.String({ examples: ['user:01890a5d-ac96-774b-bcce-b302099a8057'] }),
    note: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Shared identifier' },
);

export const ConflictSchema = Type.Object(
  {
    id: Type.String(),
    rule: Type.String(),
    message_id: Type.String(),
    time,
    received: time,
    collides: Type.Array(Type.String(), {
      description: 'The values of one unique kind that met, as kind:value',
    }),
    people: Type.Array(PersonSummarySchema),
  },
  { title: 'Conflict' },
);
