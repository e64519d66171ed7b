import { nothing, type PathSums, type RuleName, rules, states } from './attribution-sql.ts';
import { chainOf, type Transition } from './markov.ts';
import { byRatio, decimalOf, portions, scaleOf, unitsOf } from './portion.ts';
import { removalRanges } from './resample.ts';
import type { AttributionRows, Credit, Model } from './schema.ts';
import { shapley } from './shapley.ts';

/** Orders are handed out in hundredths. */
const orderScale = 2;
/** The quantile of the normal distribution at 0.975. */
const sure95 = 1.96;
/** Drawing the chain again costs the third power of its size. */
const mostDrawn = 24;

/** What all models say of the paths, side by side. Names are numbered from 1 in the sums. */
export function attribute(
  names: readonly string[],
  sums: readonly PathSums[],
  stores: ReadonlySet<number>,
): AttributionRows {
  const ordered = sums.filter((one) => one.ordered);
  const sets = ordered.flatMap((one) => one.sets.map((set) => ({ ...set, currency: one.currency })));
  const withTouch = sets.filter(({ channels }) => channels.length > 0);
  const orders = count(withTouch);
  const orderUnits = BigInt(orders) * 10n ** BigInt(orderScale);
  const { conversion, removal } = chainOf(names.length, transitionsOf(sums));
  const ranges =
    names.length > 0 && names.length <= mostDrawn && orders > 0
      ? removalRanges(names.length, transitionsOf(sums))
      : [];
  const places = names.map((_, i) => i);
  const add = (of: (one: PathSums) => Map<number, number>) =>
    places.map((i) => ordered.reduce((sum, one) => sum + (of(one).get(i + 1) ?? 0), 0));

  const ofOrders: Record<Model, Credit[]> = {
    ...byRule((rule) => {
      const parts = portions(
        orderUnits,
        add((one) => one.orders[rule]),
      );
      return parts.map(credit);
    }),
    markov: portions(orderUnits, removal).map((units, i) => {
      const range = ranges[i];
      const value = hundredths(units);
      return {
        orders: value,
        low: range ? range.low * orders : null,
        high: range ? range.high * orders : null,
      };
    }),
    shapley: shapleyUnits(
      names.length,
      withTouch.map(({ channels, paths }) => ({ channels, units: BigInt(paths) })),
      orderUnits,
    ).map(credit),
  };

  const currencies = [...new Set(ordered.map(({ currency }) => currency))].sort();
  const money = currencies.map((currency) => {
    const own = withTouch.filter((set) => set.currency === currency);
    const scale = scaleOf(sets.map(({ revenue }) => revenue));
    const units = own.map(({ revenue }) => unitsOf(revenue, scale));
    const total = units.reduce((sum, one) => sum + one, 0n);
    const sumsOf = ordered.find((one) => one.currency === currency);
    const parts: Record<Model, bigint[]> = {
      ...byRule((rule) =>
        portions(
          total,
          places.map((i) => sumsOf?.revenue[rule].get(i + 1) ?? 0),
        ),
      ),
      markov: portions(total, removal),
      shapley: shapleyUnits(
        names.length,
        own.map(({ channels }, i) => ({ channels, units: units[i] as bigint })),
        total,
      ),
    };
    return {
      currency,
      total: decimalOf(total, scale),
      of: (model: Model, i: number) => decimalOf(parts[model][i] ?? 0n, scale),
    };
  });

  return {
    orders,
    orders_without_touch: count(sets) - orders,
    paths_without_order: sums.filter((one) => !one.ordered).reduce((sum, { paths }) => sum + paths, 0),
    conversion,
    revenue: Object.fromEntries(money.map(({ currency, total }) => [currency, total])),
    names: places
      .map((i) => ({
        name: names[i] as string,
        touched: count(withTouch.filter(({ channels }) => channels.includes(i + 1))),
        removal: removal[i] as number,
        models: models.map((model) => ({
          model,
          ...(ofOrders[model][i] as Credit),
          revenue: Object.fromEntries(money.map(({ currency, of }) => [currency, of(model, i)])),
        })),
      }))
      .sort((a, b) => b.touched - a.touched || (a.name < b.name ? -1 : 1)),
    crossing: crossing(sets, stores),
  };
}

const models: readonly Model[] = [...rules, 'markov', 'shapley'];

const byRule = <T>(of: (rule: RuleName) => T) =>
  Object.fromEntries(rules.map((rule) => [rule, of(rule)])) as Record<RuleName, T>;
const count = (sets: readonly { paths: number }[]) => sets.reduce((sum, { paths }) => sum + paths, 0);
const hundredths = (units: bigint) => Number(units) / 10 ** orderScale;

/**
 * The 95% interval of a number of orders as a Poisson number, by the score test: x + z^2/2 -+ z sqrt(x + z^2/4). What an
 * order gives a channel is 1 at most, so for shares of orders it is cautious. None seen is not none for sure: 0 to 3.84.
 */
function credit(units: bigint): Credit {
  const orders = hundredths(units);
  const middle = orders + sure95 ** 2 / 2;
  const half = sure95 * Math.sqrt(orders + sure95 ** 2 / 4);
  return { orders, low: Math.max(0, middle - half), high: middle + half };
}

function shapleyUnits(
  size: number,
  sets: readonly { channels: readonly number[]; units: bigint }[],
  total: bigint,
): bigint[] {
  const { over, under } = shapley(
    size,
    sets.map(({ channels, units }) => ({ channels: channels.map((name) => name - 1), units })),
  );
  // Of what the sets brought together: the values as parts of it.
  return byRatio(total, { over, under: over.reduce((sum, one) => sum + one, 0n) || under });
}

function transitionsOf(sums: readonly PathSums[]): Transition[] {
  return sums.flatMap(({ ordered, steps }) =>
    [...steps].map(([step, times]): Transition => {
      const [from, to] = [Math.floor(step / states), step % states];
      return {
        from: from === 0 ? 'start' : from - 1,
        to: to !== nothing ? to - 1 : ordered ? 'order' : 'nothing',
        times,
      };
    }),
  );
}

/** Where was bought, by where people had been on the way there. */
function crossing(
  sets: readonly { inStore: boolean; channels: number[]; paths: number; revenue: string; currency: string }[],
  stores: ReadonlySet<number>,
): AttributionRows['crossing'] {
  const looked = (channels: readonly number[]) => {
    const inStore = channels.some((name) => stores.has(name));
    const online = channels.some((name) => !stores.has(name));
    return inStore && online ? 'both' : inStore ? 'store' : online ? 'online' : 'nowhere';
  };
  return (['online', 'store'] as const).flatMap((bought) =>
    (['online', 'store', 'both', 'nowhere'] as const).map((where) => {
      const own = sets.filter(
        (set) => set.inStore === (bought === 'store') && looked(set.channels) === where,
      );
      const scale = scaleOf(sets.map(({ revenue }) => revenue));
      const revenue: Record<string, string> = {};
      for (const currency of new Set(own.map((set) => set.currency))) {
        const units = own
          .filter((set) => set.currency === currency)
          .map((set) => unitsOf(set.revenue, scale));
        revenue[currency] = decimalOf(
          units.reduce((sum, one) => sum + one, 0n),
          scale,
        );
      }
      return { bought, looked: where, orders: count(own), revenue };
    }),
  );
}
