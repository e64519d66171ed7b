import type { Period } from '../kit/period.tsx';

const years = 15;

/** All of the past that matters, for questions that need a customer's whole history. */
export function allTime(): Period {
  const today = new Date().toISOString().slice(0, 10);
  return `${Number(today.slice(0, 4)) - years}-01-01..${today}`;
}
