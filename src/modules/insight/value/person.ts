import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { fitsOf } from '../lifetime/fits.ts';
import { weeksOfMonths } from '../lifetime/forecast.ts';
import { daysToNext, foretold, rangeOf } from '../lifetime/one.ts';
import { createMemory } from '../memory.ts';
import { createSizes } from '../sizes.ts';
import {
  fitFrom,
  fitKey,
  inAllDegrees,
  type KeptFit,
  keptFit,
  keptParts,
  type Layered,
  layeredFrom,
  layersKey,
} from './kept.ts';
import { asMoney } from './layers.ts';
import { degreesOfPerson, layersOfPerson, purchasesOfPerson, wasThere } from './person-sql.ts';
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
  segments: Pick<Segments, 'snapshots' | 'inside'>;
  clock: Clock;
  log: Log;
  /** Workspaces with as many events are large. */
  largeFrom?: number;
}

interface Place {
  workspaceId: number;
  timeZone: string;
  currency: string;
  settings: ValueSettings;
}

/** Whose value it is: the key of their oldest identifier, and those of all. */
interface Who {
  person: number;
  keys: readonly number[];
  isOfLarge: boolean;
}

const seed = 1_987_0101;
const dayMs = 86_400_000;

/** What one person is worth: the three layers, whether they are still a customer, and what they brought about. */
export function createPersonValue(deps: ValueDeps) {
  const { ch, clock, segments } = deps;
  const remembered = createMemory<KeptFit | null>(deps);
  const { isLarge } = createSizes(deps);

  /** Of the night in a large workspace, so that nobody waits for it; else as of now. */
  async function fitOf(at: Place, who: Who): Promise<{ fit: KeptFit | null; asOf: number }> {
    const { settings, currency, timeZone, workspaceId } = at;
    if (who.isOfLarge) {
      const kept = await segments.snapshots.inner(workspaceId, keptFit, who.person);
      const fit = kept?.text ? fitFrom(kept.text, fitKey(at)) : null;
      if (kept && fit) return { fit, asOf: kept.at.getTime() };
    }
    const rows = usualRows(workspaceId, clock.ms(), allDays);
    const { months } = settings;
    const { answer: fit, asOf } = await remembered.ask(
      JSON.stringify([workspaceId, timeZone, currency]),
      async () => {
        const fitted = await fitsOf({ ch, rows, currency, timeZone, months });
        return fitted?.forecast ? fitted : null;
      },
    );
    return { fit, asOf };
  }

  async function lifetimeOf(at: Place, who: Who): Promise<PersonValue['lifetime']> {
    const { settings, workspaceId } = at;
    const rows = usualRows(workspaceId, clock.ms(), allDays);
    const found = await purchasesOfPerson({ ch, rows, ...at, ...who });
    if (!found) return null;
    const { fit, asOf } = await fitOf(at, who);
    if (!fit) return null;
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

  /** What the night has of them; null where it has nothing that still holds, and something is to be counted. */
  async function layersOfNight(at: Place, who: Who): Promise<(Layered & { asOf: number }) | null> {
    const kept = await segments.snapshots.inner(at.workspaceId, keptParts, who.person);
    if (!kept) return null;
    const asOf = kept.at.getTime();
    if (kept.text !== undefined) {
      const layered = layeredFrom(kept.text, layersKey(at));
      return layered && { ...layered, asOf };
    }
    // New since then, or not here for a year.
    const rows = usualRows(at.workspaceId, clock.ms());
    return (await wasThere({ ch, rows, keys: who.keys }))
      ? null
      : { row: undefined, degrees: inAllDegrees([]), asOf };
  }

  async function layersNow(at: Place, who: Who): Promise<Layered & { asOf: number }> {
    const asOf = clock.ms();
    const of = { ch, rows: usualRows(at.workspaceId, asOf), ...at, ...who };
    const [row, degrees] = await Promise.all([layersOfPerson(of), degreesOfPerson(of)]);
    return { row, degrees, asOf };
  }

  /** Refuses `people/no-such-person`. */
  return async function personValue(at: Place, id: string): Promise<PersonValue> {
    const { settings, currency, workspaceId } = at;
    const keys = await segments.inside.people.keysOf(workspaceId, id);
    const who = { person: Math.min(...keys), keys, isOfLarge: await isLarge(workspaceId) };
    const ofNight = who.isOfLarge ? await layersOfNight(at, who) : null;
    const [{ row, degrees, asOf }, lifetime] = await Promise.all([
      ofNight ?? layersNow(at, who),
      lifetimeOf(at, who),
    ]);
    const { params } = usualRows(workspaceId, asOf);
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
      from: new Date(params.q_from as number).toISOString(),
      to: new Date(params.q_to as number).toISOString(),
      of_night: ofNight !== null,
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
