import { type Atom, atomSql } from '../atoms.ts';
import type { SqlWriter } from '../sql-writer.ts';
import type { Window } from '../window.ts';
import { and, insideSql, sinceSql } from '../window-sql.ts';

/** One sequence as it is asked in ClickHouse: the condition of each step, and of what is not to come between. */
interface Steps {
  readonly steps: readonly string[];
  readonly without: string | null;
  readonly within: number;
}

const none = 'toInt64(-9000000000000000)';
/** No time is as early, ms: what is added makes every time positive. */
const before1900 = 4e12;
/** No two events are further apart, however that is counted. */
const longest = 1e18;

/** Whether somebody did the steps: each strictly later than the one before, within the time from first to last. */
export function sequenceSql(
  steps: readonly Atom[],
  within: number,
  without: Atom | null,
  window: Window,
  w: SqlWriter,
): string {
  const later = sinceSql(window.from(w.now), w);
  const of: Steps = {
    steps: steps.map((one, i) => and(i === 0 ? insideSql(window, w) : later, atomSql(one, w))),
    without: without && and(later, atomSql(without, w)),
    within,
  };
  if (!without && areApart(steps)) return funnelSql(of, w);
  return steps.length === 2 ? pairSql(of, w) : foldSql(of, w);
}

/** No event is two of them at once. */
function areApart(atoms: readonly Atom[]): boolean {
  const named = atoms.every((one) => one.names !== null && one.types === null);
  const names = atoms.flatMap((one) => one.names ?? []);
  return named && new Set(names).size === names.length;
}

/**
 * ClickHouse's own funnel keeps of all chains the one that began last, as we do. Its times are made so that at one
 * instant the last step comes first: then no event follows one of the same instant.
 */
function funnelSql({ steps, within }: Steps, w: SqlWriter): string {
  const n = steps.length;
  const ranks = steps.slice(1, -1).map((step, i) => `${step}, ${n - 2 - i}`);
  const rank = `multiIf(${[`${steps.at(-1)}, 0`, ...ranks].join(', ')}, ${n - 1})`;
  const time = `toUInt64((t + ${before1900}) * ${n} + ${rank})`;
  const span = within === Number.POSITIVE_INFINITY ? longest : within * n;
  const level = w.ofEvents('windowFunnel', [time, ...steps].join(', '), anyStep(steps), `(${BigInt(span)})`);
  return `${level} = ${n}`;
}

const anyStep = (steps: readonly string[]) => `(${steps.map((step) => `(${step})`).join(' or ')})`;

/** Two steps: in order of time, at one instant the end first and what is not to come between last, each end with the beginning before it. */
function pairSql({ steps, without, within }: Steps, w: SqlWriter): string {
  const [begin = '', end = ''] = steps;
  const begins = w.ofEvents('groupArray', 't * 4 + 1', begin);
  const ends = w.ofEvents('groupArray', 't * 4', end);
  const lists = [begins, ends];
  if (without) lists.push(w.ofEvents('groupArray', 't * 4 + 2', without));
  const all = `arraySort(arrayConcat(${lists.join(', ')}))`;
  const latest = (mark: number) => `arrayFill(x -> bitAnd(x, 3) = ${mark}, ${all})`;
  const parts = ['bitAnd(x, 3) = 0', 'bitAnd(b, 3) = 1'];
  if (within !== Number.POSITIVE_INFINITY) parts.push(`x - (b - 1) <= 4 * ${w.param(within, 'Int64')}`);
  if (without) parts.push('(bitAnd(o, 3) != 2 or o - 2 <= b - 1)');
  const given = without
    ? `(x, b, o) -> ${parts.join(' and ')}, ${all}, ${latest(1)}, ${latest(2)}`
    : `(x, b) -> ${parts.join(' and ')}, ${all}, ${latest(1)}`;
  return `(notEmpty(${begins}) and notEmpty(${ends}) and arrayExists(${given}))`;
}

/** Any steps: for each the start of the latest chain that reached it, event after event. */
function foldSql({ steps, without, within }: Steps, w: SqlWriter): string {
  const n = steps.length;
  const times = (condition: string, rank: number) =>
    `arrayMap(z -> (z, ${rank}), ${w.ofEvents('groupArray', 't', condition)})`;
  const lists = steps.map((step, i) => times(step, n - 1 - i));
  if (without) lists.push(times(without, n));
  const parts = steps.map((_, i) => {
    const step = i + 1;
    const here = `acc.${step}`;
    const rank = n - step;
    const previous = `acc.${step - 1}`;
    const limit =
      step === n && within !== Number.POSITIVE_INFINITY
        ? ` and x.1 - ${previous} <= ${w.param(within, 'Int64')}`
        : '';
    const reached =
      step === 1
        ? `if(x.2 = ${rank}, x.1, ${here})`
        : `if(x.2 = ${rank} and ${previous} > ${none}${limit}, greatest(${here}, ${previous}), ${here})`;
    return without && step < n ? `if(x.2 = ${n} and ${here} < x.1, ${none}, ${reached})` : reached;
  });
  const start = `(${steps.map(() => none).join(', ')})`;
  const sorted = `arraySort(arrayConcat(${lists.join(', ')}))`;
  return `(arrayFold((acc, x) -> (${parts.join(', ')}), ${sorted}, ${start}).${n}) > ${none}`;
}
