import { isLoose, type Loose } from './mapping-text.ts';
import { columnsOf, part } from './roles.ts';

/** The records of a mapping, one by one. */
export function recordsOf(mapping: Loose): Loose[] {
  return Array.isArray(mapping.records) ? mapping.records.filter(isLoose) : [];
}

export function withRecord(mapping: Loose, index: number, record: Loose): Loose {
  return { ...mapping, records: recordsOf(mapping).map((one, i) => (i === index ? record : one)) };
}

/** The field set, or left out where there is nothing to say. */
export function withField(holder: Loose, name: string, value: unknown): Loose {
  const { [name]: _, ...rest } = holder;
  return value === undefined || value === '' ? rest : { ...holder, [name]: value };
}

/** What tells one record from the next: its event, or that it is about people. */
export function titleOf(record: Loose): string {
  return typeof record.event === 'string' ? record.event : String(record.record ?? '');
}

export function formatOf(record: Loose): string {
  const format = isLoose(record.time) ? record.time.format : undefined;
  return Array.isArray(format) ? format.join(' | ') : typeof format === 'string' ? format : '';
}

export function withFormat(record: Loose, format: string): Loose {
  const formats = format
    .split('|')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const time = isLoose(record.time) ? record.time : { column: record.time };
  const next = withField(time, 'format', formats.length > 1 ? formats : formats[0]);
  const keys = Object.keys(next);
  return { ...record, time: keys.length === 1 && keys[0] === 'column' ? next.column : next };
}

/** The currency where it is the same for all rows; null where a column says it. */
export function currencyOf(record: Loose): string | null {
  const { currency } = part(record, 'properties');
  if (currency === undefined) return '';
  return isLoose(currency) && typeof currency.value === 'string' ? currency.value : null;
}

export function withCurrency(record: Loose, code: string): Loose {
  const properties = part(record, 'properties');
  return {
    ...record,
    properties: withField(properties, 'currency', code === '' ? undefined : { value: code }),
  };
}

/** Whether rows without an identifier are visitors of their own. */
export function withAnonymous(record: Loose, isOn: boolean): Loose {
  const order = columnsOf(record.group)[0] ?? columnsOf(part(record, 'properties').order_id)[0];
  const id = typeof record.id === 'string' ? record.id : order === undefined ? undefined : `order:{${order}}`;
  return withField(record, 'anonymous', isOn ? id : undefined);
}

/** One test of a condition, as the form shows it. */
export interface Test {
  column: string;
  test: TestKind;
  value: string;
}

export const testKinds = [
  'is',
  'not',
  'starts',
  'starts_not',
  'ends',
  'contains',
  'empty',
  'filled',
  'above',
  'below',
] as const;
export type TestKind = (typeof testKinds)[number];

/** The tests of a condition, all of which must hold; null where it is of a kind that only its text can show. */
export function testsOf(condition: unknown): Test[] | null {
  if (condition === undefined) return [];
  const all = Array.isArray(condition) && condition.length === 1 ? condition[0] : condition;
  if (!isLoose(all)) return null;
  const tests: Test[] = [];
  for (const [column, value] of Object.entries(all)) {
    const found = isLoose(value) ? Object.entries(value) : [['is', value] as const];
    const [first] = found;
    if (!first || found.length > 1) return null;
    const [name, asked] = first;
    if (name === 'empty') tests.push({ column, test: asked === false ? 'filled' : 'empty', value: '' });
    else if (name === 'in' || (name === 'is' && Array.isArray(asked)))
      tests.push({ column, test: 'is', value: columnsOf(asked).join(', ') });
    else if (isKind(name)) tests.push({ column, test: name, value: String(asked ?? '') });
    else return null;
  }
  return tests;
}

function isKind(name: string): name is TestKind {
  return (testKinds as readonly string[]).includes(name);
}

export function conditionOf(tests: readonly Test[]): Loose | undefined {
  if (tests.length === 0) return undefined;
  return Object.fromEntries(tests.map(({ column, test, value }) => [column, testValue(test, value)]));
}

function testValue(test: TestKind, value: string): unknown {
  if (test === 'empty' || test === 'filled') return { empty: test === 'empty' };
  if (test !== 'is') return { [test]: value };
  const words = value.split(/\s*[,，]\s*/).filter((word) => word !== '');
  return words.length > 1 ? words : value;
}

/** Rows that are passed over, and why. */
export interface Skip {
  test: Test;
  because: string;
}

/** Null where a rule is of a kind that only its text can show. */
export function skipsOf(mapping: Loose): Skip[] | null {
  if (mapping.skip === undefined) return [];
  if (!Array.isArray(mapping.skip)) return null;
  const skips: Skip[] = [];
  for (const rule of mapping.skip) {
    const [test, more] = isLoose(rule) ? (testsOf(rule.when) ?? []) : [];
    if (!isLoose(rule) || !test || more) return null;
    skips.push({ test, because: String(rule.because ?? '') });
  }
  return skips;
}

export function withSkips(mapping: Loose, skips: readonly Skip[]): Loose {
  const rules = skips.map(({ test, because }) => ({ when: conditionOf([test]), because }));
  return withField(mapping, 'skip', rules.length > 0 ? rules : undefined);
}

const opposites = { is: 'not', starts: 'starts_not' } as const;

/** Which rows tell of goods that came back. */
export interface Returns {
  column: string;
  test: 'is' | 'starts' | 'below';
  value: string;
}

/** The mapping in which these rows of a record are returns: an event of their own, with amounts above 0. */
export function withReturns(mapping: Loose, index: number, { column, test, value }: Returns): Loose {
  const records = recordsOf(mapping);
  const record = records[index];
  if (!record) return mapping;
  // What else is asked of the rows is asked of both.
  const base = isLoose(record.when) ? record.when : {};
  const refund: Loose = {
    ...structuredClone(record),
    when: { ...base, [column]: { [test]: value } },
    event: 'Order Refunded',
  };
  if (typeof refund.id === 'string')
    refund.id = refund.id.startsWith('order:')
      ? refund.id.replace('order:', 'return:')
      : `return:${refund.id}`;
  const { total } = part(refund, 'properties');
  if (total !== undefined)
    refund.properties = { ...part(refund, 'properties'), total: positive(total, 'decimal') };
  const { quantity } = part(refund, 'products');
  if (quantity !== undefined)
    refund.products = { ...part(refund, 'products'), quantity: positive(quantity, 'integer') };
  const others =
    test === 'below'
      ? [{ above: value }, { is: value }, { empty: true }].map((other) => ({ ...base, [column]: other }))
      : { ...base, [column]: { [opposites[test]]: value } };
  const sold = { ...record, when: others };
  return { ...mapping, records: records.flatMap((one, i) => (i === index ? [sold, refund] : [one])) };
}

function positive(value: unknown, type: string): Loose {
  if (isLoose(value)) return { ...value, absolute: true };
  return { column: value, type, absolute: true };
}
