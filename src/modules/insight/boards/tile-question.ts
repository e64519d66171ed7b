import { DateTime } from 'luxon';
import Type from 'typebox';
import { Value } from 'typebox/value';
import type { Report } from '../report/define.ts';
import { type QuestionQuery, questionParameters } from '../report/question.ts';
import { refuse } from '../schema.ts';
import type { Tile } from './schema.ts';

const minuteMs = 60_000;
const narrowing = ['segment', 'channel', 'source', 'store'] as const;

/** Whether a tile asks about a part of what there is. */
export const isNarrowed = ({ search }: Tile): boolean => narrowing.some((name) => search[name]);

/**
 * The question of a tile as the report's API would be asked it now. It is compared with nothing; what stands in the
 * address beside the question, as the order of a table, is left out.
 */
export function questionOfTile(
  { search }: Tile,
  report: Report,
  o: { timeZone: string; nowMs: number },
): QuestionQuery & Record<string, unknown> {
  const { period, compare: _, from: __, to: ___, ...rest } = search;
  const parameters = Type.Object({ ...questionParameters, ...report.parameters.properties });
  const known = Object.entries(rest).filter(([name, value]) => name in parameters.properties && value !== '');
  const asked = { ...Object.fromEntries(known), ...momentsOf(period, o) };
  const question = Value.Default(parameters, Value.Convert(parameters, asked));
  if (!Value.Check(parameters, question))
    throw refuse('bad-question', 'This part of the board asks what its report does not know.');
  return question;
}

/** The last days, like `30d`, up to a whole minute, so that answers can be remembered; or chosen days of the zone. */
function momentsOf(period: string | undefined, o: { timeZone: string; nowMs: number }) {
  const [, last] = /^(7|30|90|365)d$/.exec(period ?? '') ?? [];
  if (last) {
    const to = DateTime.fromMillis(Math.ceil(o.nowMs / minuteMs) * minuteMs, { zone: 'utc' });
    return { from: to.minus({ days: Number(last) }).toISO(), to: to.toISO() };
  }
  const [from, end] = (period?.split('..') ?? []).map((day) => DateTime.fromISO(day, { zone: o.timeZone }));
  if (!from?.isValid || !end?.isValid) return {};
  return { from: from.toUTC().toISO(), to: end.plus({ days: 1 }).toUTC().toISO() };
}
