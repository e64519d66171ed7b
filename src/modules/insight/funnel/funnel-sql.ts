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
 * One row an event and step: who, the step from 1 on (the one after the last: what is not to come between), when in ms,
 * and whether it lies in the period. Of one instant the last step comes first, so that no event follows one of the same
 * instant: `at` counts in eighths of a millisecond.
 */
export function stepRows({ rows }: Asking, chain: Chain, more = ''): string {
  const all = chain.without === null ? chain.conditions : [...chain.conditions, chain.without];
  const n = chain.conditions.length;
  const step = chain.areApart
    ? `multiIf(${all.map((one, i) => `${one}, toUInt8(${i + 1})`).join(', ')}, toUInt8(0))`
    : `arrayJoin(arrayFilter(s -> s > 0, [${all.map((one, i) => `if(${one}, toUInt8(${i + 1}), toUInt8(0))`).join(', ')}]))`;
  return `
    select ${rows.who} as who, ${step} as step, toUInt64(toUnixTimestamp64Milli(time) * 8 + if(step > ${n}, 0, ${n} - step)) as at,
           time < ${rows.to} as is_in${more}
      from events
     where ${rows.where} and time >= ${rows.from} and time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
       and ${chain.areApart ? 'step > 0' : `(${all.join(' or ')})`}`;
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

/** How far a person came, as an aggregate over their rows; `first` narrows the first step. */
export function levelSql(chain: Chain, first = '1'): string {
  const n = chain.conditions.length;
  const begins = `step = 1 and is_in and ${first}`;
  if (chain.without === null) {
    const later = chain.conditions.slice(1).map((_, i) => `step = ${i + 2}`);
    return `windowFunnel({span:UInt64})(at, ${[begins, ...later].join(', ')})`;
  }
  return foldSql(n, begins);
}

/**
 * With something that is not to come between: of all chains that came to a step only the one that began last matters,
 * as in the rule of a sequence. What is not to come between ends those that began before it.
 */
function foldSql(n: number, begins: string): string {
  const none = 'toInt64(-1)';
  const sorted = `arraySort(groupArrayIf((intDiv(at, 8), if(step > ${n}, ${n}, ${n} - step), step), step > 1 or (${begins})))`;
  const fits = (i: number) => `acc.${i - 1} >= 0 and toInt64(x.1) - acc.${i - 1} <= {within:Int64}`;
  const chains = Array.from({ length: n }, (_, k) => {
    const i = k + 1;
    const reached =
      i === 1 ? `x.3 = 1, toInt64(x.1)` : `x.3 = ${i} and ${fits(i)}, greatest(acc.${i}, acc.${i - 1})`;
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
  const [row = {}] = await asking.ch.query<Record<string, string>>(
    `select ${numbers.map((i) => `countIf(level >= ${i}) as reached${i}, countIf(bitTest(did, ${i})) as at_all${i}`).join(', ')}
       from (
         select who, ${levelSql(chain)} as level, groupBitOr(if(is_in, bitShiftLeft(toUInt16(1), step), 0)) as did
           from (${stepRows(asking, chain)}) group by who having ${asking.rows.isMeant})`,
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
  const found = await asking.ch.query<{ value: string }>(
    `select value, uniqExactIf(who, ${asking.rows.isMeant}) as people
       from (${stepRows(asking, first, `, ${split.value} as value`)})
      where is_in group by value having people > 0 order by people desc, value limit ${mostValues}`,
    params,
  );
  if (found.length === 0) return [];
  const values = found.map(({ value }) => value);
  const [row = {}] = await asking.ch.query<Record<string, string[]>>(
    `select ${values.map((_, v) => `[${chain.conditions.map((__, i) => `countIf(level${v} > ${i})`).join(', ')}] as group${v}`).join(', ')}
       from (
         select who, ${values.map((_, v) => `${levelSql(chain, `place = ${v + 1}`)} as level${v}`).join(', ')}
           from (${stepRows(asking, chain, `, if(step = 1, indexOf({values:Array(String)}, ${split.value}), 0) as place`)})
          group by who having ${asking.rows.isMeant})`,
    { ...params, values },
  );
  return values.map((value, v) => ({ value, reached: (row[`group${v}`] ?? []).map(Number) }));
}
