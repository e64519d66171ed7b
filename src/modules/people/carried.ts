import type { StoredTraits } from './trait.ts';
import { restored } from './traits.ts';

/**
 * Traits as ClickHouse reads them: without the words that only Postgres searches by, and with values as they were sent.
 * One integer beyond 64 bits, or half a character, would make it take the whole text for no JSON at all: such numbers
 * have an exponent here, and in place of such halves stands the replacement character.
 */
export function carried(traits: StoredTraits): string {
  return textOf(
    Object.entries(traits).map(([name, [value, at, tie]]) => [name, [restored(value), at, tie ?? 0]]),
  );
}

function textOf(members: [string, unknown][]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name.toWellFormed())}:${json(value)}`).join()}}`;
}

function json(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 63) return value.toExponential();
  if (Array.isArray(value)) return `[${value.map(json).join()}]`;
  if (typeof value === 'object' && value !== null) return textOf(Object.entries(value));
  return JSON.stringify(value) ?? 'null';
}
