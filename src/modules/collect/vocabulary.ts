/** A property as it was seen: where it stands, what kinds of values it had, and the frequent ones. */
export interface SeenProperty {
  path: string[];
  /** Of one of `products`, rather than of the event. */
  in_products: boolean;
  types: string[];
  /** In how many of the events that were looked at. */
  events: number;
  values: { value: string | number | boolean; times: number }[];
}

const deepest = 3;
const mostProperties = 200;
const mostValues = 30;
const longest = 120;
/** More different ones than this are not collected: they are ids, not choices. */
const mostDifferent = 2_000;
const date = /^\d{4}-\d\d-\d\d(?:$|T)/;

interface Counted {
  property: Omit<SeenProperty, 'values' | 'types'>;
  types: Set<string>;
  values: Map<string | number | boolean, number>;
  lastIn: number;
}

/** What some events were told with; texts that are no JSON object are passed over. */
export function propertiesOf(texts: readonly string[]): SeenProperty[] {
  const found = new Map<string, Counted>();
  for (const [event, text] of texts.entries()) {
    const document: unknown = text === '' ? null : JSON.parse(text);
    if (isObject(document)) walk(document, { found, event, path: [], inProducts: false });
  }
  return [...found.values()]
    .sort((a, b) => b.property.events - a.property.events)
    .slice(0, mostProperties)
    .map(({ property, types, values }) => ({
      ...property,
      types: [...types].sort(),
      values: frequent(values, property.events),
    }));
}

interface Walk {
  found: Map<string, Counted>;
  event: number;
  path: string[];
  inProducts: boolean;
}

function walk(object: Record<string, unknown>, at: Walk): void {
  for (const [name, value] of Object.entries(object)) {
    if (value === null) continue;
    const path = [...at.path, name];
    if (!at.inProducts && at.path.length === 0 && name === 'products' && Array.isArray(value)) {
      for (const product of value) {
        if (isObject(product)) walk(product, { ...at, path: [], inProducts: true });
      }
    } else if (isObject(value)) {
      if (path.length < deepest) walk(value, { ...at, path });
    } else count(value, { ...at, path });
  }
}

function count(value: unknown, { found, event, path, inProducts }: Walk): void {
  const key = JSON.stringify([inProducts, ...path]);
  let one = found.get(key);
  if (!one) {
    const property = { path, in_products: inProducts, events: 0 };
    found.set(key, (one = { property, types: new Set(), values: new Map(), lastIn: -1 }));
  }
  if (one.lastIn !== event) one.property.events += 1;
  one.lastIn = event;
  one.types.add(typeOf(value));
  for (const scalar of Array.isArray(value) ? value : [value]) {
    if (!isScalar(scalar) || (typeof scalar === 'string' && (scalar === '' || scalar.length > longest)))
      continue;
    if (one.values.has(scalar) || one.values.size < mostDifferent)
      one.values.set(scalar, (one.values.get(scalar) ?? 0) + 1);
  }
}

/** Where nearly every event has another value, like a message id, none is worth offering. */
function frequent(values: Counted['values'], events: number): SeenProperty['values'] {
  const isChoice = values.size <= mostValues || values.size < events / 2;
  if (!isChoice) return [];
  return [...values]
    .map(([value, times]) => ({ value, times }))
    .sort((a, b) => b.times - a.times || (String(a.value) < String(b.value) ? -1 : 1))
    .slice(0, mostValues);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return date.test(value) ? 'date' : 'text';
  return typeof value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
