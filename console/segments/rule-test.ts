import { isObject, type Json } from './rule.ts';

export type Scalar = string | number | boolean;

/** How a value is tested, as the form offers it; `not.` stands before what is turned round. */
export const testGroups = [
  { name: 'is', tests: ['equals', 'not.equals', 'one_of', 'not.one_of', 'exists', 'not.exists'] },
  { name: 'number', tests: ['greater', 'at_least', 'less', 'at_most', 'between'] },
  { name: 'text', tests: ['contains', 'not.contains', 'starts_with', 'not.starts_with', 'matches'] },
  { name: 'date', tests: ['before', 'after', 'in_last', 'in_next', 'day_of_year'] },
  { name: 'list', tests: ['holds', 'not.holds'] },
] as const;
export type TestName = (typeof testGroups)[number]['tests'][number];
const names: readonly string[] = testGroups.flatMap(({ tests }) => tests);

/** What can be asked of a number that is worked out. */
export const numberTests: readonly TestName[] = [
  'equals',
  'not.equals',
  'one_of',
  'not.one_of',
  'exists',
  'not.exists',
  'greater',
  'at_least',
  'less',
  'at_most',
  'between',
];

/** What stands against the present says nothing about what happened. */
export const presentTests: readonly TestName[] = ['in_last', 'in_next', 'day_of_year'];

/** The test in an object that has other members beside it; null where the form has no words for it. */
export function testOf(json: Json, beside: readonly string[]): { name: TestName; value: unknown } | null {
  const [[key, value] = [], ...more] = Object.entries(json).filter(([name]) => !beside.includes(name));
  if (key === undefined || more.length > 0) return null;
  if (key !== 'not') return names.includes(key) ? { name: key as TestName, value } : null;
  const [[inner, turned] = [], ...others] = isObject(value) ? Object.entries(value) : [];
  if (inner === undefined || others.length > 0 || !names.includes(`not.${inner}`)) return null;
  return { name: `not.${inner}` as TestName, value: turned };
}

export function testJson(name: TestName, value: unknown): Json {
  return name.startsWith('not.') ? { not: { [name.slice(4)]: value } } : { [name]: value };
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** What to begin with when the test changes: as much of the value as still makes sense. */
export function valueFor(name: TestName, before: unknown): unknown {
  const first = Array.isArray(before) ? before[0] : before;
  switch (name.replace('not.', '')) {
    case 'exists':
      return true;
    case 'one_of':
      return isScalar(first) && first !== true ? [first] : null;
    case 'equals':
    case 'holds':
      return isScalar(first) && first !== true ? first : null;
    case 'greater':
    case 'at_least':
    case 'less':
    case 'at_most':
      return typeof first === 'number' ? first : null;
    case 'between':
      return typeof first === 'number' ? [first, null] : [null, null];
    case 'in_last':
    case 'in_next':
      return { days: 30 };
    case 'day_of_year':
      return { next_days: 7 };
    case 'before':
    case 'after':
      return null;
    default:
      return typeof first === 'string' ? first : null;
  }
}

/** What somebody typed, as the kind of value that is there. */
export function scalarOf(text: string, types: readonly string[]): Scalar {
  const isText = types.length === 0 || types.includes('text') || types.includes('date');
  if (!isText && types.includes('number') && text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text);
  if (!isText && types.includes('boolean') && /^(?:true|false)$/.test(text)) return text === 'true';
  return text;
}

/** The test to begin with for values of a kind. */
export function firstTest(types: readonly string[]): TestName {
  if (types.includes('list')) return 'holds';
  if (types.includes('number') && !types.includes('text')) return 'greater';
  return types.includes('date') && !types.includes('text') ? 'after' : 'equals';
}
