import type { Collect } from '#modules/collect';
import type { Identity } from '#modules/identity';
import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Counted, createMemory } from '../memory.ts';
import { createSizes } from '../sizes.ts';
import type { ValueSettings } from '../value/schema.ts';
import type { Report } from './define.ts';
import { inOrderOf } from './in-order.ts';
import { otherSide, type QuestionQuery, questionOf } from './question.ts';
import { hasEvents, rowsOf } from './rows-sql.ts';
import type { Answered, Question } from './schema.ts';

export interface AskingDeps {
  ch: ClickHouse;
  identity: Pick<Identity, 'settings'>;
  collect: Pick<Collect, 'paths' | 'sources'>;
  segments: Pick<Segments, 'membersStatement' | 'eventConditions' | 'inside'>;
  clock: Clock;
  log: Log;
  /** Workspaces with as many events are large. */
  largeFrom?: number;
}

/** For whom it is asked. */
export interface Place {
  workspaceId: number;
  timeZone: string;
  currency: string;
}

const minuteMs = 60_000;

/** Answers reports; those of large workspaces are remembered, as those of Home are. */
export function createAskReport(o: AskingDeps) {
  const { ch, identity, collect, segments, clock } = o;
  const memory = createMemory<Omit<Answered<unknown>, 'as_of'>>(o);
  const { isLarge, sizeOf } = createSizes(o);

  const settingsOf = (workspaceId: number) => identity.settings.read<ValueSettings>(workspaceId, 'value');

  async function countOne(report: Report, at: Place, question: Question, query: object): Promise<unknown> {
    const { workspaceId } = at;
    const [value, path, members, source] = await Promise.all([
      settingsOf(workspaceId),
      collect.paths.map(workspaceId),
      question.segment === null ? null : segments.membersStatement(workspaceId, question.segment),
      question.source === null
        ? null
        : collect.sources.byId(workspaceId, question.source).then(({ id }) => id),
    ]);
    const rows = rowsOf({ workspaceId, question, source, members });
    const orders = inOrderOf(question, await sizeOf(workspaceId));
    const nowMs = clock.ms();
    return report.count(
      {
        ch,
        segments,
        sources: collect.sources,
        ...at,
        nowMs,
        question,
        rows,
        ...orders,
        path,
        value,
      },
      query,
    );
  }

  async function count(report: Report, at: Place, question: Question, query: object) {
    const other = otherSide(question);
    // One after the other: two at a time would only wait for each other's cores and memory.
    const has_events = await hasEvents(ch, at.workspaceId);
    const result = await countOne(report, at, question, query);
    const compared = other && { question: other, result: await countOne(report, at, other, query) };
    return { question, has_events, result, compared };
  }

  /** Periods up to now are one period, however far now has moved on. */
  async function nameOf(report: Report, at: Place, question: Question, query: object): Promise<string> {
    const { from: _, to: __, ...own } = query as Record<string, unknown>;
    const [from, to] = [Date.parse(question.from), Date.parse(question.to)];
    const when = Math.abs(to - clock.ms()) <= minuteMs ? to - from : [from, to];
    const path = await collect.paths.map(at.workspaceId);
    const value = await settingsOf(at.workspaceId);
    const { workspaceId, timeZone } = at;
    const asked = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([report.name, workspaceId, timeZone, when, asked, path, value]);
  }

  return async function ask(
    report: Report,
    at: Place,
    query: QuestionQuery & Record<string, unknown>,
    isFresh = false,
  ): Promise<Answered<unknown>> {
    const question = questionOf(query, { nowMs: clock.ms(), usualDays: report.usualDays });
    const counting = () => count(report, at, question, query);
    if (!(await isLarge(at.workspaceId))) return dated({ asOf: clock.ms(), answer: await counting() });
    const name = await nameOf(report, at, question, query);
    return dated(await (isFresh ? memory.renew(name, counting) : memory.ask(name, counting)));
  };
}

const dated = <T extends object>({ answer, asOf }: Counted<T>) => ({
  ...answer,
  as_of: new Date(asOf).toISOString(),
});
