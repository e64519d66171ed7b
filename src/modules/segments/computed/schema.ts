import Type from 'typebox';

const At = Type.String({ format: 'date-time', description: 'UTC' });
const Users = Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
  description: 'Segments that ask for it',
});
const Label = Type.Object({ en: Type.String(), zh: Type.String() });

export const ComputedInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60, pattern: '^\\S(.*\\S)?$' }),
  definition: Type.Unknown({
    description: 'See the rule language: `of` (which events), one measure, and `in` (when)',
    examples: [{ of: 'Order Completed', sum: { column: 'total' }, in: { last: { days: 365 } } }],
  }),
});

export const ComputedList = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        name: Type.String(),
        definition: Type.Unknown(),
        used_by: Users,
        created_at: At,
        updated_at: At,
      }),
    ),
    snapshots: Type.Array(
      Type.Object({
        name: Type.String(),
        values: Type.Array(
          Type.Object({
            name: Type.String({ description: 'By which rules ask for it' }),
            kind: Type.Enum(['number', 'text']),
            label: Label,
            options: Type.Array(Type.Object({ value: Type.String(), label: Label })),
            used_by: Users,
          }),
        ),
        at: Type.Union([At, Type.Null()], { description: 'Of the current one; null before the first' }),
        people: Type.Integer({ minimum: 0 }),
        state: Type.Enum(['idle', 'waiting', 'working', 'made', 'moving', 'failed']),
        progress: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
        error: Type.Union([Type.String(), Type.Null()]),
        settings: Type.Record(Type.String(), Type.Unknown()),
      }),
    ),
  },
  { title: 'Computed traits' },
);

export const ValuesOfPerson = Type.Object(
  { values: Type.Record(Type.String(), Type.Unknown({ description: 'null: no value' })) },
  { title: 'Computed traits of a person' },
);
