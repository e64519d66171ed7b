/**
 * Whether a figure differs from that of the period before by more than chance would bring about. Two-sided tests at
 * 1%, because five figures stand side by side and are looked at every day. What is too little for the normal
 * approximation is not judged at all.
 */
export const verdicts = ['not-chance', 'may-be-chance', 'too-few'] as const;
export type Verdict = (typeof verdicts)[number];

/** The quantile of the normal distribution at 0.995. */
const critical = 2.5758;
const fewestPeople = 30;
const fewestExpected = 5;

/** A sum over people: of ones, orders or money. `squares` is the sum of the squares of what each contributed. */
export interface Total {
  sum: number;
  squares: number;
  people: number;
}

/**
 * Totals of two periods of one length: people come as a Poisson process and each brings an amount of their own, so
 * that the variance of a total is estimated by the sum of squares (compound Poisson): z = (a - b) / sqrt(A2 + B2).
 * That many are in both periods makes it cautious.
 */
export function compareTotals(now: Total, before: Total): Verdict {
  if (Math.min(now.people, before.people) < fewestPeople) return 'too-few';
  return verdictOf((now.sum - before.sum) / Math.sqrt(now.squares + before.squares));
}

/** How many of how many. */
export interface Share {
  part: number;
  of: number;
}

/** The z-test for two proportions with the pooled variance: z = (p - q) / sqrt(r (1 - r) (1/n + 1/m)). */
export function compareShares(now: Share, before: Share): Verdict {
  const fewest = Math.min(now.of, before.of);
  const pooled = (now.part + before.part) / (now.of + before.of);
  if (fewest < fewestPeople || fewest * Math.min(pooled, 1 - pooled) < fewestExpected) return 'too-few';
  const variance = pooled * (1 - pooled) * (1 / now.of + 1 / before.of);
  return verdictOf((now.part / now.of - before.part / before.of) / Math.sqrt(variance));
}

/** Means over people (or orders): the z-test with both variances, z = (m1 - m2) / sqrt(s1^2 / n1 + s2^2 / n2). */
export function compareMeans(now: Total, before: Total): Verdict {
  if (Math.min(now.people, before.people) < fewestPeople) return 'too-few';
  const spread = ({ sum, squares, people }: Total) =>
    (squares - (sum * sum) / people) / (people - 1) / people;
  const variance = spread(now) + spread(before);
  const difference = now.sum / now.people - before.sum / before.people;
  return variance > 0 ? verdictOf(difference / Math.sqrt(variance)) : 'too-few';
}

function verdictOf(z: number): Verdict {
  return Math.abs(z) > critical ? 'not-chance' : 'may-be-chance';
}
