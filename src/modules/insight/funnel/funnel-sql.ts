import type { Asking } from '../report/define.ts';

/** A funnel as conditions over rows of `events`. */
export interface Chain {
  conditions: readonly string[];
  /** What is not to come between, as a condition. */
  without: string | null;
  /** No event is of two steps. */
  areApart: boolean;
  withinMs: number;
  params: Record<string, unknown>;
}

/**
 * One row an event and step: its identifier, the step from 1 on (the one after the last: what is not to come between),
 * when, and whether it lies in the period. Of one instant the last step comes first, so that no event follows one of the
 * same instant: `at` counts in eighths of a millisecond. With `all`, events of no step are there as step 0.
 */
export function stepRows({ rows }: Asking, chain: Chain, o: { more?: string; all?: boolean } = {}): string {
  const each = chain.without === null ? chain.conditions : [...chain.conditions, chain.without];
  const n = chain.conditions.length;
  const found = `arrayFilter(s -> s > 0, [${each.map((one, i) => `if(${one}, toUInt8(${i + 1}), toUInt8(0))`).join(', ')}])`;
  const step = chain.areApart
    ? `multiIf(${each.map((one, i) => `${one}, toUInt8(${i + 1})`).join(', ')}, toUInt8(0))`
    : `arrayJoin(${o.all ? `if(empty(${found}), [toUInt8(0)], ${found})` : found})`;
  const which = o.all ? '' : ` and ${chain.areApart ? 'step > 0' : `(${each.join(' or ')})`}`;
  return `
    select key, person, ${step} as step, toUInt64(toUnixTimestamp64Milli(time) * 8 + if(step > ${n}, 0, ${n} - step)) as at,
           time < ${rows.to} as is_in${o.more ?? ''}
      from events
     where ${rows.where} and time >= ${rows.from} and time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')${which}`;
}

export function chainParams(asking: Asking, chain: Chain): Record<string, unknown> {
  const { rows, question, nowMs } = asking;
  return {
    ...rows.params,
    ...chain.params,
    // What was said to happen later than now is not looked at, as by rules.
    until: Math.min(
      Date.parse(question.to) + chain.withinMs,
      Math.max(nowMs + 1, Date.parse(question.from) + 1),
    ),
    span: chain.withinMs * 8,
    within: chain.withinMs,
  };
}

/** How far a person came. */
export interface Level {
  /** Of rows of their events. */
  straight: string;
  /** What is kept of an identifier's events, and the level by what is kept of all of theirs. */
  state: string;
  level(state: string): string;
}

/** `first` narrows the first step. */
export function levelOf(chain: Chain, first = '1'): Level {
  const n = chain.conditions.length;
  const begins = `step = 1 and is_in and ${first}`;
  if (chain.without === null) {
    const later = chain.conditions.slice(1).map((_, i) => `step = ${i + 2}`);
    const events = `(at, ${[begins, ...later].join(', ')})`;
    return {
      straight: `windowFunnel({span:UInt64})${events}`,
      state: `windowFunnelState({span:UInt64})${events}`,
      level: (state) => `windowFunnelMerge({span:UInt64})(${state})`,
    };
  }
  const state = `groupArrayIf((intDiv(at, 8), if(step > ${n}, ${n}, ${n} - step), step), step > 1 or (${begins}))`;
  return {
    straight: foldSql(n, `arraySort(${state})`),
    state,
    level: (states) => foldSql(n, `arraySort(groupArrayArray(${states}))`),
  };
}

/**
 * With something that is not to come between: of all chains that came to a step only the one that began last matters,
 * as in the rule of a sequence. What is not to come between ends those that began before it.
 */
function foldSql(n: number, sorted: string): string {
  const none = 'toInt64(-1)';
  const fits = (i: number) => `acc.${i - 1} >= 0 and toInt64(x.1) - acc.${i - 1} <= {within:Int64}`;
  const chains = Array.from({ length: n }, (_, k) => {
    const i = k + 1;
    const reached =
      i === 1 ? 'x.3 = 1, toInt64(x.1)' : `x.3 = ${i} and ${fits(i)}, greatest(acc.${i}, acc.${i - 1})`;
    return `multiIf(x.3 = ${n + 1} and acc.${i} < toInt64(x.1), ${none}, ${reached}, acc.${i})`;
  });
  const levels = Array.from({ length: n }, (_, k) =>
    k === 0 ? 'x.3 = 1, toInt64(1)' : `x.3 = ${k + 1} and ${fits(k + 1)}, toInt64(${k + 1})`,
  );
  const level = `greatest(acc.${n + 1}, multiIf(${levels.join(', ')}, toInt64(0)))`;
  const start = `(${Array.from({ length: n }, () => none).join(', ')}, toInt64(0))`;
  return `arrayFold((acc, x) -> (${[...chains, level].join(', ')}), ${sorted}, ${start}).${n + 1}`;
}

export interface Levels {
  reached: number[];
  atAll: number[];
}

/** How many came how far. */
export async function countLevels(asking: Asking, chain: Chain): Promise<Levels> {
  const numbers = chain.conditions.map((_, i) => i + 1);
  const { straight } = levelOf(chain);
  const { rows, ch } = asking;
  const [row = {}] = await ch.query<Record<string, string>>(
    `select ${numbers.map((i) => `countIf(level >= ${i}) as reached${i}, countIf(bitTest(done, ${i})) as at_all${i}`).join(', ')}
       from (
         select ${rows.who} as who, ${straight} as level, groupBitOr(if(is_in, bitShiftLeft(toUInt16(1), step), 0)) as done
           from (${stepRows(asking, chain)}) group by who having ${rows.isMeant})`,
    chainParams(asking, chain),
  );
  return {
    reached: numbers.map((i) => Number(row[`reached${i}`] ?? 0)),
    atAll: numbers.map((i) => Number(row[`at_all${i}`] ?? 0)),
  };
}

/** What the first events are told apart by. */
export interface Split {
  /** Of a row of `events`, as text. */
  value: string;
  params: Record<string, unknown>;
}

const mostValues = 8;

/** The values that most people's first events have, and how many came how far by each. */
export async function countByValue(
  asking: Asking,
  chain: Chain,
  split: Split,
): Promise<{ value: string; reached: number[] }[]> {
  const params = { ...chainParams(asking, chain), ...split.params };
  const first = { ...chain, conditions: chain.conditions.slice(0, 1), without: null, areApart: true };
  const { rows, ch } = asking;
  const found = await ch.query<{ value: string }>(
    `select value, uniqExactIf(who, ${rows.isMeant}) as people
       from (select value, is_in, ${rows.who} as who from (${stepRows(asking, first, { more: `, ${split.value} as value` })}))
      where is_in group by value having people > 0 order by people desc, value limit ${mostValues}`,
    params,
  );
  if (found.length === 0) return [];
  const values = found.map(({ value }) => value);
  const levels = values.map((_, v) => levelOf(chain, `place = ${v + 1}`));
  const place = `, if(step = 1, indexOf({values:Array(String)}, ${split.value}), 0) as place`;
  const [row = {}] = await ch.query<Record<string, string[]>>(
    `select ${values.map((_, v) => `[${chain.conditions.map((__, i) => `countIf(level${v} > ${i})`).join(', ')}] as group${v}`).join(', ')}
       from (
         select ${rows.who} as who, ${levels.map(({ level }, v) => `${level(`state${v}`)} as level${v}`).join(', ')}
           from (
             select key, any(person) as person, ${levels.map(({ state }, v) => `${state} as state${v}`).join(', ')}
               from (${stepRows(asking, chain, { more: place })}) group by key)
          group by who having ${rows.isMeant})${asking.inOrder}`,
    { ...params, values },
  );
  return values.map((value, v) => ({ value, reached: (row[`group${v}`] ?? []).map(Number) }));
}
