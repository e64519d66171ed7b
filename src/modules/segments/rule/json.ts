export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** Cheap, and true for every text that ClickHouse might not read; what it catches is looked at closely. */
const suspicious = /\d{19}|\\ud[89a-f]/;
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;
const texts = /"(?:[^"\\]|\\.)*"/g;
const longIntegers = /(?<![\d.eE+-])-?\d{19,}(?![\d.eE])/g;
const most = 2n ** 64n - 1n;
const least = -(2n ** 63n);

/**
 * The object that a text written by JSON.stringify holds. Null for the few that ClickHouse does not read (an integer
 * beyond 64 bits, half a surrogate pair), so that both sides see the same.
 */
export function readDocument(text: string): { [name: string]: JsonValue } | null {
  if (text === '' || (suspicious.test(text) && !isReadable(text))) return null;
  return JSON.parse(text) as { [name: string]: JsonValue };
}

export function isReadable(text: string): boolean {
  if (loneSurrogate.test(text)) return false;
  return (text.replace(texts, '""').match(longIntegers) ?? []).every((digits) => {
    const value = BigInt(digits);
    return value >= least && value <= most;
  });
}

/** As what is carried into ClickHouse: half a character becomes the replacement character. */
export function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.toWellFormed(), wellFormed(inner)]),
  );
}

/** What stands at a path; undefined where there is nothing. Only objects are gone into. */
export function at(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let here = value;
  for (const name of path) {
    if (typeof here !== 'object' || here === null || Array.isArray(here) || !Object.hasOwn(here, name))
      return undefined;
    here = here[name];
  }
  return here;
}

const decimal = /^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$/;
export const decimalShape = decimal.source;

/** A JSON number, or plain decimal text. */
export function numberOf(value: JsonValue | undefined): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && decimal.test(value) ? Number(value) : null;
}

const amount = /^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,30})?$/;
export const amountShape = amount.source;

/** The decimal text of what may be added up, or null. */
export function amountText(value: JsonValue | undefined): string | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  return amount.test(text) ? text : null;
}

/** An amount as two whole numbers with one sign, which a double holds exactly: its units, and millionths beyond. */
export function amountParts(text: string): [units: number, micros: number] {
  const dot = text.indexOf('.');
  if (dot < 0) return [Number(text), 0];
  const micros = Number(text.slice(dot + 1, dot + 7).padEnd(6, '0'));
  return [Number(text.slice(0, dot)), text[0] === '-' ? -micros : micros];
}
