import Type, { type Static } from 'typebox';

const At = Type.String({ format: 'date-time', description: 'UTC' });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Count = Type.Integer({ minimum: 0 });
const Next = orNull(Type.String({ description: 'Pass it as cursor; null at the end' }));

export const ProofSchema = Type.Object(
  {
    at: At,
    position: Type.Integer({ description: 'Of the event log' }),
    people: Count,
    different: Type.Integer({ minimum: 0, description: 'People of whom live and afresh differ' }),
    seconds: Type.Number(),
  },
  { title: 'Proof that live membership is as computed afresh' },
);

export const SegmentSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    description: Type.String(),
    rule: Type.Unknown({ description: 'See the rule language' }),
    state: Type.Enum(['filling', 'live', 'archived', 'faulty']),
    progress: orNull(Type.Number({ minimum: 0, maximum: 1, description: 'Of the fill that is under way' })),
    size: orNull(Count),
    error: orNull(Type.String({ description: 'Why it is not evaluated' })),
    proof: orNull(ProofSchema),
    created_at: At,
    updated_at: At,
    archived_at: orNull(At),
  },
  { title: 'Segment' },
);
export type SegmentView = Static<typeof SegmentSchema>;

export const SegmentList = Type.Object({
  items: Type.Array(SegmentSchema),
  lag_ms: Type.Integer({ minimum: 0, description: 'How far evaluation is behind this moment' }),
  error: orNull(Type.String({ description: 'Why evaluation does not go on' })),
});

export type SegmentList = Static<typeof SegmentList>;

export const SizeList = Type.Object({
  items: Type.Array(
    Type.Object({ id: Type.String(), sizes: Type.Array(Type.Object({ hour: At, size: Count })) }),
  ),
});

export type SegmentSizes = Static<typeof SizeList>;

export const MemberPage = Type.Object({
  items: Type.Array(Type.Object({ person_id: Type.String(), since: At })),
  next: Next,
});

export const IsMember = Type.Object({
  in: Type.Boolean(),
  since: orNull(At),
});

const Cause = Type.Object(
  {
    what: Type.String({ description: 'event, time, person (traits, consent), joined, backfill' }),
    event: Type.Optional(Type.String()),
    message: Type.Optional(Type.String({ description: 'Message id of the event' })),
  },
  { title: 'Why somebody entered or left' },
);

const Told = Type.Object({
  segment_id: Type.String(),
  segment: Type.String(),
  person_id: orNull(Type.String()),
  entered: Type.Boolean({ description: 'false: left' }),
  at: At,
  cause: Cause,
});

export const History = Type.Object({
  items: Type.Array(Told),
  sizes: Type.Array(Type.Object({ hour: At, size: Count, entered: Count, left: Count })),
  next: Next,
});

export const Overlap = Type.Object(
  {
    size: Count,
    items: Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        size: Count,
        both: Type.Integer({ minimum: 0, description: 'Who is in both at this moment' }),
      }),
    ),
  },
  { title: 'Overlap of segments' },
);

export const PreviewSchema = Type.Object({
  count: Count,
  sample: Type.Array(Type.Object({ person_id: Type.String() })),
  milliseconds: Type.Number(),
});

export const OfPerson = Type.Object({
  now: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), since: At })),
  history: Type.Array(Told),
});

export const ListSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  people: Type.Integer({ description: 'Identifiers that were found' }),
  unmatched: Type.Integer({ description: 'Identifiers that nobody has' }),
  created_at: At,
  updated_at: At,
});

/** A rule as it was written, each part with its own truth, and of each condition what was found. */
export type WhyPart = { truth: boolean; until: number | null } & (
  | { all: WhyPart[] }
  | { any: WhyPart[] }
  | { not: WhyPart }
  | {
      condition: unknown;
      found?: unknown;
      wanted?: unknown;
      /** The newest of the events that count, and how many they are in all. */
      times?: number[];
      count?: number;
      /** Of a condition about another segment: the rule in its place. */
      of?: WhyPart;
    }
);

export const Why = Type.Object(
  {
    in: Type.Boolean(),
    until: orNull(At),
    why: Type.Unknown({
      description:
        'The rule as it was written, each part with its truth and when it changes by time alone (`until`, ms; null: never). Of a condition: `condition`, `found`, `wanted`, `times` (ms, of the newest events that count) and `count` of them; a condition about another segment has its rule in `of`',
    }),
  },
  { title: 'Why somebody is in or not' },
);
