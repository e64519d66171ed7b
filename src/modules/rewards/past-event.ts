import type { LogEvent } from '#modules/collect';
import type { PastRow } from './dry-run-sql.ts';
import type { EarningEvent } from './rule/compile.ts';

/** So many at a time, since people are looked up for all of them together. */
export async function* gathered(rows: AsyncIterable<PastRow>): AsyncGenerator<PastRow[]> {
  let some: PastRow[] = [];
  for await (const row of rows) {
    some.push(row);
    if (some.length < 2_000) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** An event as ClickHouse has it, as rules read it. */
export function eventOf(row: PastRow): EarningEvent {
  const at = Number(row.t);
  const seconds = Math.floor(at / 1000);
  const time = `${seconds}.${String(at - seconds * 1000).padStart(3, '0')}`;
  const whole: Partial<LogEvent> = { ...row, time, bot: '0', total: row.total || null };
  let properties: Record<string, unknown> = {};
  try {
    properties = row.properties === '' ? {} : (JSON.parse(row.properties) as Record<string, unknown>);
  } catch {
    // Counts as empty, as everywhere.
  }
  return { row: whole as EarningEvent['row'], at, properties };
}
