import { sha256Hex } from '#platform/ids';
import type { LifetimeWorked } from '../lifetime/work.ts';
import { layerParts, layers, type ValueSettings } from './schema.ts';

/** What is kept of each person each night, beside the values that rules ask for, in the words of one text. */
export const keptParts = 'value_parts';
export const keptFit = 'lifetime_fit';

export const partNames = layers.flatMap((layer) => Object.keys(layerParts[layer]));

interface Counted {
  currency: string;
  timeZone: string;
}

/** What scores were counted by; margin and months are only applied to them. */
export function layersKey(o: Counted & { settings: ValueSettings }): string {
  const { functional, emotional, social, emotionalFrom, socialFrom, degrees } = o.settings;
  const weights = [functional, emotional, social].map((of) => Object.entries(of).sort());
  return keyOf([o.currency, o.timeZone, weights, emotionalFrom, socialFrom, degrees]);
}
export const fitKey = ({ currency, timeZone }: Counted): string => keyOf([currency, timeZone]);

const keyOf = (what: unknown) => sha256Hex(JSON.stringify(what)).slice(0, 12);

export interface Layered {
  /** As the statement of the layers answers; undefined: they did nothing in the period. */
  row: Record<string, number | string> | undefined;
  degrees: { degree: number; people: number; revenue: string }[];
}

/** Null: counted by other settings than those of now. */
export function layeredFrom(text: string, key: string): Layered | null {
  const kept = JSON.parse(text) as {
    by: string;
    standing: string;
    scores: number[];
    parts: number[];
    ranks: number[];
    degrees: [degree: number, people: number, revenue: string][];
  };
  if (kept.by !== key) return null;
  const named = (names: readonly string[], values: readonly number[]) =>
    names.map((name, i) => [name, values[i] ?? 0] as const);
  return {
    row:
      kept.standing === ''
        ? undefined
        : {
            standing: kept.standing,
            ...Object.fromEntries(named(layers, kept.scores)),
            ...Object.fromEntries(named(partNames, kept.parts)),
            ...Object.fromEntries(
              named(
                partNames.map((name) => `${name}_rank`),
                kept.ranks,
              ),
            ),
          },
    degrees: inAllDegrees(kept.degrees.map(([degree, people, revenue]) => ({ degree, people, revenue }))),
  };
}

/** The first, the second and the third, also where there was nobody. */
export const inAllDegrees = (found: Layered['degrees']): Layered['degrees'] =>
  [1, 2, 3].map(
    (degree) => found.find((one) => one.degree === degree) ?? { degree, people: 0, revenue: '0' },
  );

/** As much of a fit as is needed to foretell one customer. */
export type KeptFit = Pick<LifetimeWorked, 'model'> & {
  purchases: { values: number[] };
  spending: { values: number[] } | null;
};

export const textOfFit = ({ model, purchases, spending }: KeptFit, key: string): string =>
  JSON.stringify({
    ...{ by: key, model, purchases: { values: purchases.values } },
    spending: spending && { values: spending.values },
  });

/** Null: fitted on other purchases than those that are asked about now. */
export function fitFrom(text: string, key: string): KeptFit | null {
  const kept = JSON.parse(text) as KeptFit & { by: string };
  return kept.by === key ? kept : null;
}
