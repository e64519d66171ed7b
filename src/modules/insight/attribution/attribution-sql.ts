import type { Asking } from '../report/define.ts';
import { mostNames } from './names.ts';

const order = 255;
/** What a path is in: at its start (0), at a name (from 1 on), or at its end. */
export const states = mostNames + 2;
export const nothing = mostNames + 1;

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
  /** How often one state was left for another, by from * states + to. */
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

type Row = {
  ordered: number;
  currency: string;
  paths: string;
  sets: [sets: string[], paths: string[], revenue: string[]];
  steps: string[];
} & Record<RuleName | `${RuleName}_revenue`, number[]>;

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
  const seen = <T>(list: readonly T[], is: (one: T) => number) =>
    new Map([...list.entries()].flatMap(([i, one]) => (is(one) === 0 ? [] : [[i, is(one)] as const])));
  const each = (name: (rule: RuleName) => number[]) =>
    Object.fromEntries(rules.map((rule) => [rule, seen(name(rule), Number)])) as Record<RuleName, Credits>;
  return rows.map(({ ordered, currency, paths, sets: [sets, counts, revenues], steps, ...row }) => ({
    ordered: ordered === 1,
    currency,
    paths: Number(paths),
    sets: sets.map((set, i) => ({
      inStore: BigInt(set) % 2n === 1n,
      channels: Array.from({ length: mostNames }, (_, k) => k + 1).filter(
        (name) => (BigInt(set) >> BigInt(name)) % 2n === 1n,
      ),
      paths: Number(counts[i]),
      revenue: revenues[i] as string,
    })),
    orders: each((rule) => row[rule]),
    revenue: each((rule) => row[`${rule}_revenue`]),
    steps: seen(steps, Number),
  }));
}

const anOrder = "(type = 'track' and event = 'Order Completed')";
/** Moments since the beginning, with what happened in the last eight bits; orders stand behind touches of their moment. */
const codeOf = (mark: string) => `bitAnd(${mark}, 255)`;
const momentOf = (mark: string) => `bitShiftRight(${mark}, 8)`;
/** A path's touch counts again when another came in between, or half an hour without one. */
const apartMs = 1_800_000;

/** How much of its order each touch of a path to one gets, as an array beside `given`; of another path both are empty. */
const shares: Record<'linear' | 'position' | 'decay', string> = {
  linear: 'arrayWithConstant(length(given), 1 / length(given))',
  position: `arrayMap((code, place) -> multiIf(length(given) <= 2, 1 / length(given),
                       place = 1 or place = length(given), 0.4, 0.2 / (length(given) - 2)), given, arrayEnumerate(given))`,
  // Told from the youngest touch on, so that nothing is lost where all are old.
  decay:
    'arrayMap(half -> half / arraySum(halves), arrayMap(age -> exp2((youngest - age) / {half:Float64}), if(ordered, ages, [])) as halves)',
};

/** Sums by number: the shares that all touches of a name get, of orders or of what these brought. */
const places = `(0, ${nothing}, 1)`;
const ofOne = (code: string) => ({
  orders: `countResample${places}(if(ordered, ${code}, 0))`,
  revenue: `sumResample${places}(money, if(ordered, ${code}, 0))`,
});
const ofEach = (rule: keyof typeof shares) => ({
  orders: `sumResampleArray${places}(${rule}_shares, given)`,
  revenue: `sumResampleArray${places}(arrayMap(share -> share * money, ${rule}_shares), given)`,
});
const sums: Record<RuleName, { orders: string; revenue: string }> = {
  first: ofOne('codes[1]'),
  last: ofOne('codes[-1]'),
  linear: ofEach('linear'),
  position: ofEach('position'),
  decay: ofEach('decay'),
};

/** Each state of a path with the one before it, as one number. */
const steps = `arrayMap((a, b) -> toUInt16(a * ${states} + b), arrayPushFront(codes, 0), arrayPushBack(codes, toUInt8(${nothing})))`;

/** The names of a path as bits of their numbers, the lowest for an order in a store: as much as sums by name need. */
const setOf =
  "arrayReduce('groupBitOr', arrayPushBack(arrayMap(code -> bitShiftLeft(toUInt64(1), code), codes), toUInt64(in_store)))";

/**
 * Each person's touches and orders in the order of time are cut behind every order; a piece with an order is a path to
 * it (of the touches within the window), the rest after the last order one to nothing. All paths of one ending are
 * summed up at once, into places by the number of a name: no path needs a list of names of its own.
 */
const summed = ({ who, where, to, isMeant }: Asking['rows'], humans: boolean) => `
  select ordered, currency, count() as paths,
         sumMapIf([set], [toUInt64(1)], [total], ordered) as all_sets,
         (all_sets.1, all_sets.2, arrayMap(sum -> toString(sum), all_sets.3)) as sets,
         ${rules.map((rule) => `${sums[rule].orders} as ${rule}, ${sums[rule].revenue} as ${rule}_revenue`).join(',\n         ')},
         countResampleArray(0, ${states * states}, 1)(step_codes) as steps
    from (
      select ordered, currency, total, toFloat64(total) as money, codes, ${setOf} as set,
             if(empty(codes), [], ${steps}) as step_codes, if(ordered, codes, []) as given,
             ${Object.entries(shares)
               .map(([rule, share]) => `${share} as ${rule}_shares`)
               .join(',\n             ')}
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
               where not ordered or ${momentOf('piece[-1]')} >= {window:UInt64})
       where ordered or notEmpty(codes))
   group by ordered, currency order by ordered, currency`;
