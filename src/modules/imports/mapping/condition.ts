import type { ConditionMapping } from './shape.ts';
import { type Cells, decimalOf, type Surroundings, textAt } from './value.ts';

/** Whether a condition holds; over several rows each column counts by its first row that is not empty. */
export type Condition = (rows: readonly Cells[]) => boolean;

type Test = ConditionMapping[number][string];

export function compileCondition(condition: ConditionMapping, around: Surroundings): Condition {
  const any = condition.map((all) =>
    Object.entries(all).map(([column, test]) => {
      const place = around.place(column);
      const holds = compileTest(test, column, around);
      return (rows: readonly Cells[]) => holds(firstText(rows, place));
    }),
  );
  return (rows) => any.some((all) => all.every((holds) => holds(rows)));
}

function firstText(rows: readonly Cells[], place: number): string {
  for (const cells of rows) {
    const text = textAt(cells, place);
    if (text !== '') return text;
  }
  return '';
}

/** Letters count whether large or small; an empty cell is neither above nor below anything. */
function compileTest(test: Test, column: string, around: Surroundings): (text: string) => boolean {
  const checks: ((text: string, lower: string) => boolean)[] = [];
  const { is, not, starts, starts_not, ends, contains, empty, above, below } = test;
  if (is !== undefined) checks.push(equals(is));
  if (not !== undefined) checks.push((_, lower) => lower !== not.toLowerCase());
  if (test.in) {
    const words = new Set(test.in.map((word) => word.toLowerCase()));
    checks.push((_, lower) => words.has(lower));
  }
  if (starts !== undefined) checks.push((_, lower) => lower.startsWith(starts.toLowerCase()));
  if (starts_not !== undefined) checks.push((_, lower) => !lower.startsWith(starts_not.toLowerCase()));
  if (ends !== undefined) checks.push((_, lower) => lower.endsWith(ends.toLowerCase()));
  if (contains !== undefined) checks.push((_, lower) => lower.includes(contains.toLowerCase()));
  if (empty !== undefined) checks.push((text) => (text === '') === empty);
  if (above !== undefined) {
    const bound = decimalOf(above, 'above', around);
    checks.push((text) => text !== '' && decimalOf(text, column, around).gt(bound));
  }
  if (below !== undefined) {
    const bound = decimalOf(below, 'below', around);
    checks.push((text) => text !== '' && decimalOf(text, column, around).lt(bound));
  }
  return (text) => {
    const lower = text.toLowerCase();
    return checks.every((check) => check(text, lower));
  };
}

function equals(expected: string): (text: string, lower: string) => boolean {
  const word = expected.toLowerCase();
  return (_, lower) => lower === word;
}
