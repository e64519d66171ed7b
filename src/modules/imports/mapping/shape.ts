import Type, { type Static } from 'typebox';

/**
 * What a mapping says, once its short forms are written out (see `document.ts`). One field is one question: a person
 * reads these descriptions in docs/importing.md.
 */

const column = Type.String({ minLength: 1 });
const template = Type.String({ minLength: 1, description: 'Text in which {Column} stands for its value.' });

export const valueTypes = ['text', 'integer', 'number', 'decimal', 'boolean', 'date', 'json'] as const;

const value = Type.Object(
  {
    column: Type.Optional(Type.Array(column, { minItems: 1 })),
    value: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    template: Type.Optional(template),
    sum: Type.Optional(Type.Array(column, { minItems: 1 })),
    type: Type.Optional(Type.Enum(valueTypes)),
    format: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    zone: Type.Optional(Type.String({ minLength: 1 })),
    divide_by: Type.Optional(column),
    absolute: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const text = Type.String();
const test = Type.Object(
  {
    is: Type.Optional(text),
    not: Type.Optional(text),
    in: Type.Optional(Type.Array(text)),
    starts: Type.Optional(text),
    starts_not: Type.Optional(text),
    ends: Type.Optional(text),
    contains: Type.Optional(text),
    empty: Type.Optional(Type.Boolean()),
    above: Type.Optional(text),
    below: Type.Optional(text),
  },
  { additionalProperties: false, minProperties: 1 },
);

/** Any of these, each of which asks for all of its tests. */
const condition = Type.Array(Type.Record(column, test), { minItems: 1 });

const values = Type.Record(Type.String({ minLength: 1 }), value);

const record = Type.Object(
  {
    record: Type.Enum(['track', 'identify', 'page', 'screen'] as const),
    when: Type.Optional(condition),
    group: Type.Optional(Type.Array(column, { minItems: 1 })),
    id: Type.Optional(template),
    event: Type.Optional(template),
    name: Type.Optional(template),
    time: Type.Optional(value),
    identifiers: Type.Optional(values),
    anonymous: Type.Optional(template),
    properties: Type.Optional(values),
    traits: Type.Optional(values),
    products: Type.Optional(values),
  },
  { additionalProperties: false },
);

export const mappingShape = Type.Object(
  {
    title: Type.Optional(Type.String()),
    file: Type.Optional(
      Type.Object(
        {
          format: Type.Optional(Type.Enum(['csv', 'json-lines', 'json-array', 'segment'] as const)),
          delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
          encoding: Type.Optional(Type.String({ minLength: 1 })),
          columns: Type.Optional(Type.Array(column, { minItems: 1 })),
          optional: Type.Optional(Type.Array(column)),
        },
        { additionalProperties: false },
      ),
    ),
    zone: Type.Optional(Type.String({ minLength: 1 })),
    decimal: Type.Optional(Type.Enum(['.', ','] as const)),
    lookup: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9_-]*$' }),
        Type.Object({ by: column, key: column }, { additionalProperties: false }),
      ),
    ),
    skip: Type.Optional(
      Type.Array(
        Type.Object(
          { when: condition, because: Type.String({ minLength: 1 }) },
          { additionalProperties: false },
        ),
      ),
    ),
    records: Type.Optional(Type.Array(record, { minItems: 1, maxItems: 20 })),
  },
  { additionalProperties: false },
);

export type Mapping = Static<typeof mappingShape>;
export type RecordMapping = Static<typeof record>;
export type ValueMapping = Static<typeof value>;
export type ConditionMapping = Static<typeof condition>;
export type ValueType = (typeof valueTypes)[number];
