import Type from 'typebox';
import { type Asking, defineReport } from '../report/define.ts';
import { workOutBeside } from './beside.ts';
import type { Fitted } from './fit.ts';
import { type Estimate, weeksOfMonths } from './forecast.ts';
import { customersOf } from './history.ts';
import {
  type Buyers,
  buyersOf,
  byWeek,
  currenciesOf,
  historiesAt,
  historiesNow,
  spanOf,
  spendingsOf,
} from './lifetime-sql.ts';
import { type ModelName, modelNames } from './model.ts';
import { LifetimeReport } from './schema.ts';
import type { LifetimeWorked } from './work.ts';

/** With less, parameters are guesses. */
export const leastCustomers = 30;
export const leastRepeaters = 10;
/** A third of the past is held out, a year at most; of less than four weeks nothing is to be learned. */
const heldOutPart = 3;
const mostHeldOutWeeks = 52;
const leastHeldOutWeeks = 4;
/** What chance is needed for is the same at every asking. */
const seed = 20_050_224;

export const lifetimeReport = defineReport({
  name: 'lifetime',
  summary:
    'What customers will be worth: who is still one, what they will buy, and how well that is foretold',
  // All customers there ever were.
  usualDays: 20 * 366,
  parameters: {
    currency: Type.Optional(
      Type.String({ pattern: '^[A-Z]{3}$', description: 'The usual one unless given' }),
    ),
    months: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 60,
        description: 'How far ahead; the setting `months` unless given',
      }),
    ),
    margin: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'What is left of revenue; the setting unless given',
      }),
    ),
    model: Type.Optional(Type.Enum(modelNames, { description: 'The one that foretells best unless given' })),
  },
  result: LifetimeReport,
  async count(asking, own) {
    const currencies = await currenciesOf(asking);
    const currency =
      own.currency ??
      currencies.find((one) => one.currency === asking.currency)?.currency ??
      currencies[0]?.currency ??
      asking.currency;
    const months = own.months ?? asking.value.months;
    const margin = own.margin ?? asking.value.marginRate;
    const found = await worked(asking, currency, months, own.model ?? null);
    return viewOf(found, { currency, currencies, months, margin });
  },
  lines: (result) => ({
    head: ['what', 'value', 'low', 'high'],
    lines: [
      ...result.parameters.map(({ name, value, low, high }) => [name, value, low, high]),
      ...result.spending.map(({ name, value, low, high }) => [name, value, low, high]),
      ...Object.entries(result.forecast ?? {}).map(([name, one]) =>
        typeof one === 'object' && one !== null
          ? [name, one.value, one.low, one.high]
          : [name, one as number | null, null, null],
      ),
    ],
  }),
});

interface Found {
  state: LifetimeReport['state'];
  customers: number;
  repeaters: number;
  worked: LifetimeWorked | null;
  /** What happened by week, where a part was held out. */
  again: number[];
}

async function worked(
  asking: Asking,
  currency: string,
  months: number,
  model: ModelName | null,
): Promise<Found> {
  const all = buyersOf(asking, currency, true);
  const everybody = await historiesNow(all);
  const isAll = asking.question.segment === null;
  const meant = isAll ? everybody : await historiesNow({ ...all, everybody: false });
  const customers = customersOf(meant);
  const again = (h: typeof meant) => h.count.reduce((sum, n, i) => sum + ((h.x[i] as number) > 0 ? n : 0), 0);
  const found = { customers, repeaters: again(meant), worked: null, again: [] };
  if (customers === 0) return { ...found, state: 'nothing' };
  if (customersOf(everybody) < leastCustomers || again(everybody) < leastRepeaters)
    return { ...found, state: 'too-few' };
  const heldOut = await heldOutOf(all);
  const result = await workOutBeside({
    ...{ everybody, meant, seed },
    spendings: await spendingsOf(all),
    heldOut: heldOut?.work ?? null,
    asked: model,
    weeks: weeksOfMonths(months),
  });
  const state = result.forecast ? 'fitted' : 'unsure';
  return { ...found, state, worked: result, again: heldOut?.again ?? [] };
}

/** The last part of the past, if what is before it is enough to learn from. */
async function heldOutOf(b: Buyers) {
  const { first, end } = await spanOf(b);
  const weeks = Math.min(mostHeldOutWeeks, Math.floor((end - first) / 7 / heldOutPart));
  if (weeks < leastHeldOutWeeks) return null;
  const cut = end - weeks * 7;
  const histories = await historiesAt(b, cut);
  const repeaters = histories.count.reduce((sum, n, i) => sum + ((histories.x[i] as number) > 0 ? n : 0), 0);
  if (customersOf(histories) < leastCustomers || repeaters < leastRepeaters) return null;
  const { arrivals, again } = await byWeek(b, { first, cut, end });
  return { work: { histories, arrivals, weeks, totalWeeks: again.length }, again };
}

function viewOf(
  { state, customers, repeaters, worked: w, again }: Found,
  o: { currency: string; currencies: LifetimeReport['currencies']; months: number; margin: number },
): LifetimeReport {
  const scaled = (one: Estimate, by: number): Estimate => ({
    value: one.value * by,
    low: one.low === null ? null : one.low * by,
    high: one.high === null ? null : one.high * by,
  });
  return {
    state,
    ...{ customers, repeaters, currency: o.currency, currencies: o.currencies, months: o.months },
    margin_rate: o.margin,
    model: w?.model ?? null,
    chosen: w?.chosen ?? 'unchecked',
    held: (w?.purchases.held || w?.spending?.held) ?? false,
    parameters: parametersOf(w?.purchases ?? null),
    spending: parametersOf(w?.spending ?? null),
    forecast: w?.forecast
      ? { ...w.forecast, margin: w.forecast.revenue && scaled(w.forecast.revenue, o.margin) }
      : null,
    bands: w?.bands ?? [],
    check: w?.check ? checkOf(w.check, w.model, again) : null,
  };
}

function checkOf(
  check: NonNullable<LifetimeWorked['check']>,
  model: ModelName,
  again: readonly number[],
): NonNullable<LifetimeReport['check']> {
  const own = check.models.find((one) => one.model === model);
  let sum = 0;
  return {
    weeks: check.weeks,
    customers: check.customers,
    purchases: check.purchases,
    models: check.models.map(({ model: name, foretold, error }) => ({ model: name, foretold, error })),
    classes: check.classes.map(({ x, customers, purchases }) => ({
      x,
      customers,
      real: customers > 0 ? purchases / customers : 0,
      foretold: own?.classes[x] ?? 0,
    })),
    weekly: check.weekly.map((foretold, week) => {
      sum += again[week] ?? 0;
      return { week: week + 1, real: sum, foretold, held_out: week >= check.weekly.length - check.weeks };
    }),
  };
}

const parametersOf = (fit: Fitted | null): LifetimeReport['parameters'] =>
  Object.entries(fit?.parameters ?? {}).map(([name, value]) => ({
    name,
    value,
    low: fit?.errors?.[name]?.low ?? null,
    high: fit?.errors?.[name]?.high ?? null,
  }));
