/** The quantile of the normal distribution at 0.975. */
const sure95 = 1.959964;

export interface Interval {
  low: number;
  high: number;
}

/** The 95% interval of a share (Wilson 1927, Probable inference, the law of succession), which stays right for few. */
export function shareInterval(part: number, of: number): Interval {
  if (of <= 0) return { low: 0, high: 1 };
  const p = part / of;
  const z2 = sure95 * sure95;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (sure95 / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** The 95% interval of a mean over people, from the sum and the sum of squares of what each has; null for fewer than two. */
export function meanInterval(
  people: number,
  sum: number,
  squares: number,
): (Interval & { mean: number }) | null {
  if (people < 2) return null;
  const mean = sum / people;
  const variance = Math.max(0, (squares - people * mean * mean) / (people - 1));
  const half = sure95 * Math.sqrt(variance / people);
  return { mean, low: mean - half, high: mean + half };
}
