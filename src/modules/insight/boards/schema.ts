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

const Moment = Type.String({ format: 'date-time' });
const link = {
  id: Type.String(),
  created_at: Moment,
  expires_at: Type.Union([Moment, Type.Null()], { description: 'null: until it is withdrawn' }),
};

/** How many links a board may have at a time. */
export const mostLinks = 20;

export const NewBoardLink = Type.Object({
  expires_at: Type.Optional(
    Type.Union([Type.Null(), Moment], { description: 'When it ends by itself; never unless given' }),
  ),
});

export const BoardLinks = Type.Object(
  { items: Type.Array(Type.Object(link, { title: 'Board link' })) },
  { title: 'Links of a board' },
);
export type BoardLinks = Static<typeof BoardLinks>;

export const MadeBoardLink = Type.Object(
  {
    ...link,
    token: Type.String({ description: 'Told this once: of it only a hash is kept' }),
    page: Type.String({ description: 'Where this server shows the board to whoever has it: /shared#TOKEN' }),
  },
  { title: 'New link of a board' },
);
export type MadeBoardLink = Static<typeof MadeBoardLink>;

/** A board as somebody with a link sees it: no ids, no questions. */
export const SharedBoard = Type.Object(
  {
    title: Type.String(),
    brand: Type.String(),
    time_zone: Type.String(),
    currency: Type.String(),
    tiles: Type.Array(
      Type.Object({
        report: Type.String(),
        title: Type.String({ description: "Empty: the report's own" }),
        is_narrowed: Type.Boolean({ description: 'It asks about a part of what there is' }),
      }),
    ),
  },
  { title: 'Shared board' },
);
export type SharedBoard = Static<typeof SharedBoard>;

/** What a tile of a shared board shows. */
export const SharedTile = Type.Object(
  {
    report: Type.String(),
    from: Moment,
    to: Moment,
    as_of: Moment,
    has_events: Type.Boolean(),
    result: Type.Unknown({ description: 'As the report answers, without what is about single people' }),
    head: Type.Array(Type.String()),
    lines: Type.Array(Type.Array(Type.Union([Type.String(), Type.Number(), Type.Null()])), {
      description: 'The beginning of the same as lines',
    }),
  },
  { title: 'Shared tile' },
);
export type SharedTile = Static<typeof SharedTile>;
