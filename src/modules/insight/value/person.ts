import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { fitsOf } from '../lifetime/fits.ts';
import { weeksOfMonths } from '../lifetime/forecast.ts';
import { daysToNext, foretold, rangeOf } from '../lifetime/one.ts';
import { createMemory } from '../memory.ts';
import { asMoney } from './layers.ts';
import { degreesOfPerson, layersOfPerson, purchasesOfPerson } from './person-sql.ts';
import {
  type Layer,
  layerParts,
  type PersonValue,
  type Standing,
  standings,
  type ValueSettings,
} from './schema.ts';
import { allDays, usualRows } from './standing.ts';

export interface ValueDeps {
  ch: ClickHouse;
  segments: Pick<Segments, 'headOf'>;
  clock: Clock;
  log: Log;
}

interface Place {
  workspaceId: number;
  timeZone: string;
  currency: string;
  settings: ValueSettings;
}

const seed = 1_987_0101;
const dayMs = 86_400_000;

/** What one person is worth: the three layers, whether they are still a customer, and what they brought about. */
export function createPersonValue(deps: ValueDeps) {
  const { ch, clock, segments } = deps;
  const remembered = createMemory<Awaited<ReturnType<typeof fitsOf>>>(deps);

  async function lifetimeOf(at: Place, person: number): Promise<PersonValue['lifetime']> {
    const { settings, currency, timeZone, workspaceId } = at;
    const rows = usualRows(workspaceId, clock.ms(), allDays);
    const found = await purchasesOfPerson({ ch, rows, settings, currency, timeZone, person });
    if (!found) return null;
    const { answer: fit, asOf } = await remembered.ask(
      JSON.stringify([workspaceId, timeZone, currency, settings.months]),
      () => fitsOf({ ch, rows, currency, timeZone, months: settings.months }),
    );
    if (!fit?.forecast) return null;
    const weeks = weeksOfMonths(settings.months);
    const { alive, orders, revenue } = foretold(fit, found, weeks);
    const days = daysToNext(fit, found);
    return {
      as_of: new Date(asOf).toISOString(),
      ...{ model: fit.model, months: settings.months, purchases: found.x + 1, last: found.day },
      still_customer: alive,
      expected_orders: { value: orders, ...rangeOf(fit, found, { weeks, seed }) },
      expected_margin: revenue === null ? null : revenue * settings.marginRate,
      next: days === null ? null : new Date(clock.ms() + days * dayMs).toISOString().slice(0, 10),
    };
  }

  /** Refuses `people/no-such-person`. */
  return async function personValue(at: Place, id: string): Promise<PersonValue> {
    const { settings, currency, timeZone, workspaceId } = at;
    const person = await segments.headOf(workspaceId, id);
    const rows = usualRows(workspaceId, clock.ms());
    const of = { ch, rows, settings, currency, timeZone, person };
    const [row, degrees, lifetime] = await Promise.all([
      layersOfPerson(of),
      degreesOfPerson(of),
      lifetimeOf(at, person),
    ]);
    const n = (name: string) => Number(row?.[name] ?? 0);
    const layer = (name: Layer, money: string | null) => ({
      score: n(name),
      money,
      parts: Object.keys(layerParts[name]).map((part) => ({
        part,
        value: n(part),
        rank: n(`${part}_rank`),
        weight: settings[name][part] ?? 0,
      })),
    });
    const { marginRate } = settings;
    const brought = degrees.reduce(
      (sum, { revenue }, i) => sum + Number(revenue) * (settings.degrees[i] ?? 0),
      0,
    );
    return {
      currency,
      from: new Date(rows.params.q_from as number).toISOString(),
      to: new Date(rows.params.q_to as number).toISOString(),
      active: row !== undefined,
      standing: standings.find((one) => one === row?.standing) ?? ('none' satisfies Standing),
      functional: layer('functional', asMoney(n('money') * marginRate)),
      emotional: layer(
        'emotional',
        lifetime && lifetime.expected_margin !== null ? asMoney(lifetime.expected_margin) : null,
      ),
      social: layer('social', asMoney(brought * marginRate)),
      degrees,
      lifetime,
    };
  };
}
