import Type, { type Static } from 'typebox';

/** A report with its question. */
export const Tile = Type.Object(
  {
    report: Type.String({ pattern: '^[a-z][a-z-]{0,40}$', description: 'The name of a report, or `pulse`' }),
    title: Type.String({ maxLength: 120, description: "Empty: the report's own" }),
    search: Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 4000 }), {
      description: 'The question, as it stands in the address of the report',
    }),
  },
  { additionalProperties: false },
);
export type Tile = Static<typeof Tile>;

export const BoardContent = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
  tiles: Type.Array(Tile, { maxItems: 24 }),
});

const common = {
  id: Type.String(),
  title: Type.String(),
  version: Type.Integer(),
  updated_at: Type.String({ format: 'date-time' }),
};

export const BoardSchema = Type.Object({ ...common, tiles: Type.Array(Tile) }, { title: 'Board' });
export type Board = Static<typeof BoardSchema>;

export const BoardList = Type.Object(
  { items: Type.Array(Type.Object({ ...common, tiles: Type.Integer({ description: 'How many' }) })) },
  { title: 'Boards' },
);
export type BoardList = Static<typeof BoardList>;
