import Type from 'typebox';
import { type Asking, defineReport } from '../report/define.ts';
import type { Fitted } from './fit.ts';
import { fitAndForetell, repeatersOf } from './fits.ts';
import type { Estimate } from './forecast.ts';
import { customersOf } from './history.ts';
import { buyersOf, currenciesOf, historiesNow } from './lifetime-sql.ts';
import { type ModelName, modelNames } from './model.ts';
import { LifetimeReport } from './schema.ts';
import { type LifetimeWorked, risk } from './work.ts';

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
    const view = viewOf(found, { currency, currencies, months, margin });
    const isOfTheNight =
      own.model === undefined && currency === asking.currency && months === asking.value.months;
    const atRisk = found.worked?.atRisk;
    return {
      ...view,
      at_risk: atRisk
        ? {
            ...{ from: risk.from, below: risk.below, least_orders: risk.leastOrders },
            ...{ customers: atRisk.customers, purchases: atRisk.purchases },
            margin: atRisk.revenue === null ? null : atRisk.revenue * margin,
            people: isOfTheNight ? ruleOfRisk(asking) : null,
          }
        : null,
    };
  },
  forGuests: ({ at_risk, ...result }) => ({ ...result, at_risk: at_risk && { ...at_risk, people: null } }),
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

const tenYearsMs = 10 * 366 * 86_400_000;

/** The values of the night are of everybody who ever bought, as of now; of another question they say nothing. */
function ruleOfRisk({ question, nowMs }: Asking): Record<string, unknown> | null {
  const { from, to, segment, channel, source, store, humans } = question;
  const isOfAll = Date.parse(from) <= nowMs - tenYearsMs && Date.parse(to) >= nowMs - 60_000;
  if (!isOfAll || !humans || channel !== null || source !== null || store !== null) return null;
  const still = { computed: 'still_customer' };
  return {
    all: [
      { trait: still, at_least: risk.from },
      { trait: still, less: risk.below },
      { trait: { computed: 'expected_orders' }, at_least: risk.leastOrders },
      ...(segment === null ? [] : [{ segment }]),
    ],
  };
}

interface Found {
  state: LifetimeReport['state'];
  customers: number;
  repeaters: number;
  worked: LifetimeWorked | null;
  /** What happened by week, where a part was held out. */
  again: readonly number[];
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
  const found = { customers, repeaters: repeatersOf(meant), worked: null, again: [] };
  if (customers === 0) return { ...found, state: 'nothing' };
  const result = await fitAndForetell(all, { everybody, meant, months, model });
  if (!result) return { ...found, state: 'too-few' };
  return { ...found, state: result.forecast ? 'fitted' : 'unsure', worked: result, again: result.again };
}

function viewOf(
  { state, customers, repeaters, worked: w, again }: Found,
  o: { currency: string; currencies: LifetimeReport['currencies']; months: number; margin: number },
): Omit<LifetimeReport, 'at_risk'> {
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
