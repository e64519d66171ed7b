/** What the doctor saw in one place. */
export interface Finding {
  /** What was looked at: a word or two, stable. */
  check: string;
  state: 'fine' | 'warning' | 'problem';
  says: string;
  /** What to do about it; there is always something for a warning and a problem. */
  todo?: string;
}

export const fine = (check: string, says: string): Finding => ({ check, state: 'fine', says });
export const warning = (check: string, says: string, todo: string): Finding => ({
  check,
  state: 'warning',
  says,
  todo,
});
export const problem = (check: string, says: string, todo: string): Finding => ({
  check,
  state: 'problem',
  says,
  todo,
});
