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

export const MemberPage = Type.Object({
  items: Type.Array(Type.Object({ person_id: Type.String(), since: At })),
  next: Next,
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

export const Why = Type.Object(
  {
    in: Type.Boolean(),
    until: orNull(At),
    why: Type.Unknown({
      description:
        'Each part: its truth, when it changes by time alone (ms), and of a condition what was found and wanted',
    }),
  },
  { title: 'Why somebody is in or not' },
);
