/**
 * The survival curve of Kaplan and Meier (1958, equation 2b): S(t) is the product over the days up to t of (1 - d/n),
 * with d who bought again on the day and n who had not until then and were still looked at. Its band is Greenwood's
 * variance on the scale of log(-log S) (Kalbfleisch and Prentice 2002, equation 1.14), so that it stays within 0 and 1.
 */
export interface Day {
  /** Days since the beginning. */
  day: number;
  /** Who bought again on it. */
  again: number;
  /** Who was looked at until then only: their second purchase, if there is one, is still to come. */
  censored: number;
}

export interface Point {
  day: number;
  /** Share of those who have not bought again. */
  survival: number;
  low: number;
  high: number;
  at_risk: number;
}

/** Of the normal distribution at 0.975. */
const z = 1.959964;

/** A point for the beginning, and one for each day on which somebody bought again. Days in order. */
export function kaplanMeier(days: readonly Day[]): Point[] {
  let atRisk = days.reduce((sum, { again, censored }) => sum + again + censored, 0);
  let survival = 1;
  let greenwood = 0;
  const points: Point[] = [{ day: 0, survival: 1, low: 1, high: 1, at_risk: atRisk }];
  for (const { day, again, censored } of days) {
    if (again > 0) {
      survival *= 1 - again / atRisk;
      greenwood += again / (atRisk * (atRisk - again));
      points.push({ day, survival, ...band(survival, greenwood), at_risk: atRisk });
    }
    atRisk -= again + censored;
  }
  return points;
}

function band(survival: number, greenwood: number): { low: number; high: number } {
  // Nobody is left: there is nothing to be unsure about that the formula could say.
  if (survival <= 0) return { low: 0, high: 0 };
  const logarithm = Math.log(survival);
  const half = (z * Math.sqrt(greenwood)) / Math.abs(logarithm);
  return { low: survival ** Math.exp(half), high: survival ** Math.exp(-half) };
}

/** The first day on which the curve is at a share or below; null where it never comes so far down. */
export function dayAt(points: readonly Point[], share: number): number | null {
  return points.find(({ survival }) => survival <= share)?.day ?? null;
}
