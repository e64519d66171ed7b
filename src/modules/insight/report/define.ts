import Type, { type Static, type TObject, type TProperties, type TSchema } from 'typebox';
import type { Collect } from '#modules/collect';
import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { ValueSettings } from '../value/schema.ts';
import type { Rows } from './rows-sql.ts';
import type { Question } from './schema.ts';

/** What a report has at hand to answer one question. */
export interface Asking {
  readonly ch: ClickHouse;
  readonly segments: Pick<Segments, 'membersStatement' | 'eventConditions' | 'inside'>;
  readonly sources: Collect['sources'];
  readonly workspaceId: number;
  readonly timeZone: string;
  readonly currency: string;
  readonly nowMs: number;
  readonly question: Question;
  /** The question as pieces of SQL over `events`. */
  readonly rows: Rows;
  /** The settings of value: margin, months, what the layers are made of. */
  readonly value: ValueSettings;
  /**
   * Settings for the end of a statement that groups by identifier first (`group by key`, of rows of the period) and only
   * then by person. Of very many events, where the period holds most of what there is, rows are read in the order of
   * identifiers, which needs half of the work and hardly any memory. `allInOrder`: for what reads all events.
   */
  readonly inOrder: string;
  readonly allInOrder: string;
  /** Which events belong to which stage: two lists of one length, stages from 1 (search) to 5 (share). */
  readonly path: { readonly names: readonly string[]; readonly stages: readonly number[] };
}

type Cell = string | number | null;
/** A result as lines, for CSV. */
export interface Lines {
  head: readonly string[];
  lines: readonly (readonly Cell[])[];
}

/** One question that the brand asks of its events, with a page and a place in the API of its own. */
export interface Report {
  /** A noun: `/api/reports/<name>`. */
  readonly name: string;
  readonly summary: string;
  readonly parameters: TObject;
  readonly result: TSchema;
  readonly usualDays: number;
  count(asking: Asking, query: unknown): Promise<unknown>;
  /** The result for somebody who is nobody of the team: nothing in it is about one person. */
  forGuests(result: unknown): unknown;
  lines(result: unknown): Lines;
}

/** `count` is given the parameters as they were checked; the frame does the rest. */
export function defineReport<Own extends TProperties, Result extends TSchema>(o: {
  name: string;
  summary: string;
  /** What is asked beside the common question, all of it optional. */
  parameters: Own;
  result: Result;
  /** The period where none is given; 30 days unless said. */
  usualDays?: number;
  count(asking: Asking, own: Static<TObject<Own>>): Promise<Static<Result>>;
  /** Takes out what is about single people, and who they are; where all of it is about many, it is not needed. */
  forGuests?(result: Static<Result>): Static<Result>;
  lines(result: Static<Result>): Lines;
}): Report {
  return {
    name: o.name,
    summary: o.summary,
    parameters: Type.Object(o.parameters),
    result: o.result,
    usualDays: o.usualDays ?? 30,
    count: (asking, query) => o.count(asking, query as Static<TObject<Own>>),
    forGuests: (result) => (o.forGuests ? o.forGuests(result as Static<Result>) : result),
    lines: (result) => o.lines(result as Static<Result>),
  };
}
