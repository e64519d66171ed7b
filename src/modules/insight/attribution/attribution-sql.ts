import type { Asking } from '../report/define.ts';
import { mostNames } from './names.ts';

const order = 255;
export const nothing = 254;

/** What is asked of the paths beside the question, times in ms. */
export interface PathQuestion {
  /** A touch counts for an order that comes so soon after it. */
  windowMs: number;
  halfLifeMs: number;
  /** The texts of the column `touch`, and the number of the name of each, from 1. */
  touches: readonly string[];
  numbers: readonly number[];
}

/** Sums by number, of orders or of what they brought. */
export type Credits = Map<number, number>;

export const rules = ['first', 'last', 'linear', 'position', 'decay'] as const;
export type RuleName = (typeof rules)[number];

/** Paths of one ending: to orders in one currency, or to none (''). */
export interface PathSums {
  ordered: boolean;
  currency: string;
  paths: number;
  sets: { inStore: boolean; channels: number[]; paths: number; revenue: string }[];
  orders: Record<RuleName, Credits>;
  revenue: Record<RuleName, Credits>;
  /** From and to as from * 256 + to; 0: the start, 254: the end. */
  steps: Map<number, number>;
}

/** The different touches that a workspace ever had, the most frequent first. */
export async function touchesOf({ ch, workspaceId }: Asking): Promise<string[]> {
  const rows = await ch.query<{ touch: string }>(
    `select touch from events where workspace_id = {ws:UInt32} and touch != ''
      group by touch order by count() desc, touch limit 5000`,
    { ws: workspaceId },
  );
  return rows.map(({ touch }) => touch);
}

type Sums = [numbers: number[], sums: number[]];
interface Row extends Record<RuleName | `${RuleName}_revenue`, Sums> {
  ordered: number;
  currency: string;
  paths: string;
  sets: [inStore: number, channels: number[], paths: string, revenue: string][];
  steps: [number[], string[]];
}

/** Paths to orders and to none within a period, summed up as far as credit asks for. */
export async function pathSums(asking: Asking, o: PathQuestion): Promise<PathSums[]> {
  const { ch, rows: meant, question } = asking;
  const rows = await ch.query<Row>(summed(meant, question.humans), {
    ...meant.params,
    since: Date.parse(question.from) - o.windowMs,
    window: o.windowMs,
    half: o.halfLifeMs,
    touches: o.touches,
    numbers: o.numbers,
  });
  const credits = ([numbers, sums]: Sums): Credits => new Map(numbers.map((n, i) => [n, sums[i] as number]));
  const each = (name: (rule: RuleName) => Sums) =>
    Object.fromEntries(rules.map((rule) => [rule, credits(name(rule))])) as Record<RuleName, Credits>;
  return rows.map((row) => ({
    ordered: row.ordered === 1,
    currency: row.currency,
    paths: Number(row.paths),
    sets: row.sets.map(([inStore, channels, paths, revenue]) => ({
      inStore: inStore === 1,
      channels,
      paths: Number(paths),
      revenue,
    })),
    orders: each((rule) => row[rule]),
    revenue: each((rule) => row[`${rule}_revenue`]),
    steps: new Map(row.steps[0].map((step, i) => [step, Number(row.steps[1][i])])),
  }));
}

const anOrder = "(type = 'track' and event = 'Order Completed')";
/** Moments since the beginning, with what happened in the last eight bits; orders stand behind touches of their moment. */
const codeOf = (mark: string) => `bitAnd(${mark}, 255)`;
const momentOf = (mark: string) => `bitShiftRight(${mark}, 8)`;
/** A path's touch counts again when another came in between, or half an hour without one. */
const apartMs = 1_800_000;

/** The share of each touch of a path in its order, as an array; touches are `codes`, their ages `ages`. */
const positionWeights = `arrayMap((code, place) -> multiIf(length(codes) <= 2, 1 / length(codes),
  place = 1 or place = length(codes), 0.4, 0.2 / (length(codes) - 2)), codes, arrayEnumerate(codes))`;
/** Told from the youngest touch on, so that nothing is lost where all are old. */
const decayWeights =
  'arrayMap(half -> half / arraySum(halves), arrayMap(age -> exp2((youngest - age) / {half:Float64}), ages) as halves)';

/** What one path gives each of its names, summed over its touches. */
const perName: Record<RuleName, string> = {
  first: 'arrayMap(name -> toFloat64(name = codes[1]), names)',
  last: 'arrayMap(name -> toFloat64(name = codes[-1]), names)',
  linear: 'arrayMap(name -> countEqual(codes, name) / length(codes), names)',
  position:
    'arrayMap(name -> arraySum((weight, code) -> if(code = name, weight, 0), position_weights, codes), names)',
  decay:
    'arrayMap(name -> arraySum((weight, code) -> if(code = name, weight, 0), decay_weights, codes), names)',
};

/**
 * How often each of the states of a path (the start, its names, the end) came behind each, from after from. Vectors,
 * because all paths of a set of names have the same states, and adding vectors up is quick.
 */
const stepCounts = `arrayMap(pair -> countEqual(step_codes, pair),
  arrayFlatten(arrayMap(a -> arrayMap(b -> toUInt16(a * 256 + b), arrayPushBack(names, toUInt8(254))), arrayPushFront(names, toUInt8(0)))))`;

const steps =
  'arrayMap((a, b) -> toUInt16(a * 256 + b), arrayPushFront(codes, 0), arrayPushBack(codes, toUInt8(254)))';

/**
 * Each person's touches and orders in the order of time are cut behind every order; a piece with an order is a path to
 * it (of the touches within the window), the rest after the last order one to nothing. Paths of one set of names are
 * summed up first, then all of one ending.
 */
const summed = ({ who, where, to, isMeant }: Asking['rows'], humans: boolean) => `
  select ordered, currency, sum(n) as paths,
         groupArrayIf((in_store, names, n, toString(revenue)), ordered = 1) as sets,
         ${rules.map((rule) => `sumMap(names, ${rule}_sum) as ${rule}, sumMap(names, ${rule}_money) as ${rule}_revenue`).join(',\n         ')},
         sumMap(if(empty(names), [], arrayFlatten(arrayMap(a -> arrayMap(b -> toUInt16(a * 256 + b), arrayPushBack(names, toUInt8(254))), arrayPushFront(names, toUInt8(0))))),
                step_sum) as steps
    from (
      select ordered, currency, in_store, names, count() as n, sum(total) as revenue,
             ${rules.map((rule) => `sumForEach(${rule}_each) as ${rule}_sum, sumForEach(arrayMap(part -> part * toFloat64(total), ${rule}_each)) as ${rule}_money`).join(',\n             ')},
             sumForEach(step_counts) as step_sum
        from (
          select ordered, currency, in_store, total, codes, arraySort(arrayDistinct(codes)) as names,
                 if(empty(codes), [], ${steps}) as step_codes,
                 if(empty(codes), [], ${stepCounts}) as step_counts,
                 if(ordered, ${positionWeights}, []) as position_weights,
                 if(ordered, ${decayWeights}, []) as decay_weights,
                 ${rules.map((rule) => `if(ordered, ${perName[rule]}, arrayMap(name -> 0., names)) as ${rule}_each`).join(',\n                 ')}
            from (
              select ordered, bought.2 as total, bought.3 as currency, bought.4 as in_store,
                     arrayFilter(mark -> ${codeOf('mark')} != ${order}
                       and if(ordered, ${momentOf('mark')} + {window:UInt64} >= ${momentOf('piece[-1]')},
                              ${momentOf('mark')} >= {window:UInt64}), piece) as near,
                     arrayFilter((mark, last) -> ${codeOf('mark')} != ${codeOf('last')} or ${momentOf('mark')} > ${momentOf('last')} + ${apartMs},
                       near, arrayResize(arrayPushFront(near, 0), length(near))) as marks,
                     arrayMap(mark -> toUInt8(${codeOf('mark')}), marks) as codes,
                     arrayMap(mark -> toFloat64(${momentOf('piece[-1]')} - ${momentOf('mark')}), marks) as ages,
                     arrayMin(ages) as youngest
                from (
                  select arrayReverseSplit(mark -> ${codeOf('mark')} = ${order}, arraySort(groupArray(mark))) as pieces,
                         arraySort(groupArrayIf((moment, ifNull(total, 0), currency, in_store), is_order)) as orders
                    from (
                      select ${who} as who, ${anOrder} as is_order, total,
                             currency, channel = 'till' or (store_id != '' and channel not in ('web', 'app')) as in_store,
                             toUInt64(toUnixTimestamp64Milli(time) - {since:Int64}) as moment,
                             if(is_order, ${order}, transform(touch, {touches:Array(String)}, {numbers:Array(UInt8)}, toUInt8(${mostNames}))) as code,
                             bitShiftLeft(moment, 8) + code as mark
                        from events
                       where workspace_id = {q_ws:UInt32} and contract = 0${humans ? ' and bot = 0' : ''}
                         and time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') and time < ${to}
                         and (touch != '' or (${anOrder} and ${where})))
                   group by who having ${isMeant})
               array join pieces as piece, arrayResize(orders, length(pieces)) as bought,
                          arrayMap(place -> place <= length(orders), arrayEnumerate(pieces)) as ordered
               where not ordered or ${momentOf('piece[-1]')} >= {window:UInt64}))
       where ordered or notEmpty(codes)
       group by ordered, currency, in_store, names)
   group by ordered, currency order by ordered, currency`;
