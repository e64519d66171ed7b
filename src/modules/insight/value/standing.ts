import { type Rows, rowsOf } from '../report/rows-sql.ts';

const dayMs = 86_400_000;
/** What people did in a year makes up their value. */
const valueDays = 365;

/** The question that is asked of everybody where nobody asks one: the last year, without bots. */
export function usualRows(workspaceId: number, nowMs: number, days = valueDays): Rows {
  return rowsOf({
    workspaceId,
    question: {
      from: new Date(nowMs - days * dayMs).toISOString(),
      to: new Date(nowMs).toISOString(),
      humans: true,
      ...{ segment: null, channel: null, source: null, store: null, compare: null },
    },
    source: null,
    members: null,
  });
}

/** Twenty years, so that nobody's first purchase lies before. */
export const allDays = 20 * 365;
