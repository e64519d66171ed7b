import Type, { type Static } from 'typebox';
import { refusals } from '#platform/refusal';

const Count = (description: string) => Type.Integer({ minimum: 0, description });
const At = Type.String({ format: 'date-time' });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const importStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type ImportState = (typeof importStates)[number];

/** One file on its way in. */
export const Import = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String({ description: 'Also the name of the source that its events belong to' }),
    preset: orNull(Type.String()),
    file: Type.String(),
    dry_run: Type.Boolean({ description: 'Everything was read and nothing sent' }),
    state: Type.Enum(importStates),
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    rows: Count('Rows that were read'),
    events: Count('Events that they became'),
    sent: Count('Events that were answered'),
    accepted: Count('Events that are new'),
    duplicates: Count('Events that were there already'),
    quarantined: Count('Events that wait in quarantine, see GET /api/quarantine'),
    withheld: Count('Events of people who denied analytics or were erased: not stored'),
    rejected: Count('Rows that cannot be taken, see GET /api/imports/{id}/rejects'),
    skipped: Count('Rows that the mapping passes over'),
    by_event: Type.Record(Type.String(), Type.Integer(), { description: 'How many events of each name' }),
    skips: Type.Record(Type.String(), Type.Integer(), {
      description: 'How many rows were passed over, by reason',
    }),
    notes: Type.Array(Type.String(), { description: 'What to have a look at' }),
    sample: orNull(Type.Array(Type.Unknown(), { description: 'Of a dry run: the first messages' })),
    mapping: Type.String({ description: 'YAML' }),
    resumed: Count('How often it went on after the program had stopped'),
    rejects_kept: Count('How many of the rejected rows can be had'),
    error: orNull(Type.String()),
    created_by: Type.String({ description: 'user:<id>, key:<id>, cli or program' }),
    created_by_name: orNull(Type.String()),
    created_at: At,
    started_at: orNull(At),
    finished_at: orNull(At),
    seconds: orNull(Type.Number({ description: 'From start to end, or until now' })),
    rows_per_s: orNull(Type.Number()),
  },
  { title: 'Import' },
);
export type Import = Static<typeof Import>;

export const ImportPage = Type.Object({
  items: Type.Array(Import),
  next: orNull(Type.String({ description: 'Pass it as cursor; null at the end' })),
});

/** What a column may be for. */
export const columnRoles = [
  'order',
  'time',
  'user_id',
  'anonymous_id',
  'email',
  'phone',
  'card',
  'name',
  'product_id',
  'sku',
  'product',
  'quantity',
  'price',
  'total',
  'currency',
  'event',
  'message',
  'store',
  'other',
] as const;

/** What the values of a column have in common. */
export const valueKinds = [
  'empty',
  'integer',
  'decimal',
  'boolean',
  'time',
  'email',
  'phone',
  'text',
  'json',
] as const;

/** What a column seems to be. */
const GuessedColumn = Type.Object(
  {
    name: Type.String(),
    looks: Type.String({ description: 'What it seems to hold, in words' }),
    role: Type.Enum(columnRoles),
    kind: Type.Enum(valueKinds),
    time_format: orNull(Type.String({ description: 'Of times that do not explain themselves' })),
    filled: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Share of the sampled rows that have a value',
    }),
    examples: Type.Array(Type.String()),
  },
  { title: 'Guessed column' },
);

/** What only a person can decide. */
export const questionKinds = ['day-or-month', 'currency', 'who', 'mapping'] as const;

/** What a file seems to be, before anything is written. */
export const Guess = Type.Object(
  {
    format: Type.String(),
    encoding: Type.String(),
    delimiter: orNull(Type.String()),
    rows_sampled: Type.Integer(),
    preset: orNull(Type.String({ description: 'The preset that the columns fit' })),
    columns: Type.Array(GuessedColumn),
    mapping: orNull(Type.String({ description: 'A mapping (YAML) that fits, to be checked by a person' })),
    questions: Type.Array(Type.String(), { description: 'What only a person can decide, in words' }),
    asks: Type.Array(
      Type.Object({
        about: Type.Enum(questionKinds),
        column: orNull(Type.String()),
        example: orNull(Type.String()),
      }),
      { description: 'The same questions, to be put into words by whoever asks them' },
    ),
    zone: Type.String({ description: 'Where times without an offset are local' }),
    currency: Type.String({ description: 'Of money that names none: that of the workspace' }),
    tried: Type.Object(
      {
        rows: Count('Rows of the beginning that were tried'),
        events: Count('Events that they would become'),
        rejected: Count('Rows that would be rejected'),
        skipped: Count('Rows that the mapping passes over'),
        by_event: Type.Record(Type.String(), Type.Integer()),
        skips: Type.Record(Type.String(), Type.Integer()),
      },
      { description: 'What would become of the beginning of the file' },
    ),
    sample: Type.Array(Type.Unknown(), { description: 'The first messages that the mapping would send' }),
    problems: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String(), raw: Type.String() }), {
      description: 'The first rows that the mapping would reject, as they stand in the file',
    }),
  },
  { title: 'Guess' },
);
export type Guess = Static<typeof Guess>;

/** Rejected rows, to be looked at. */
export const RejectPage = Type.Object({
  columns: Type.Array(Type.String(), { description: 'What the cells are called' }),
  items: Type.Array(
    Type.Object({
      n: Type.Integer(),
      line: Type.Integer({ description: 'Where in the file' }),
      reason: Type.String(),
      raw: Type.String({ description: 'As it stands in the file' }),
      cells: orNull(Type.Array(Type.String(), { description: 'Null where they cannot be told apart' })),
    }),
  ),
  next: orNull(Type.String({ description: 'Pass it as cursor; null at the end' })),
});
export type RejectPage = Static<typeof RejectPage>;

export const Presets = Type.Object({
  items: Type.Array(Type.Object({ name: Type.String(), title: Type.String(), mapping: Type.String() })),
});

/** The closed list of what this module declines. */
export const refuse = refusals('imports', {
  'unreadable-file': { status: 422, title: 'The file cannot be read' },
  'bad-mapping': { status: 422, title: 'The mapping is not as it should be' },
  'mapping-needed': { status: 422, title: 'It is not known what the columns mean' },
  'unknown-preset': { status: 422, title: 'There is no such preset' },
  'bad-form': { status: 400, title: 'The form is not as documented' },
  'name-taken': { status: 409, title: 'Another source has this name' },
  busy: { status: 503, title: 'Not this moment' },
  'import-not-found': { status: 404, title: 'No such import' },
  'nothing-rejected': { status: 404, title: 'This import rejected nothing' },
  'already-ended': { status: 409, title: 'The import has ended' },
});
