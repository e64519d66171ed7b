/** Points by their age in weeks when they were spent, when they were lost otherwise, and of those that are still there. */
export interface Ages {
  spent: readonly number[];
  lost: readonly number[];
  there: readonly number[];
}

export interface CurvePoint {
  week: number;
  /** Shares of what was earned that are spent, and lost, up to the end of this week of age. */
  spent: number;
  lost: number;
}

/**
 * The share that is spent, by age: the cumulative incidence of two ways to go that exclude each other (Aalen and
 * Johansen, 1978), where points that are still there count up to the age that they have reached.
 */
export function breakageCurve(ages: Ages): CurvePoint[] {
  const weeks = Math.max(ages.spent.length, ages.lost.length);
  const at = (list: readonly number[], week: number) => list[week] ?? 0;
  let atRisk = [ages.spent, ages.lost, ages.there].flat().reduce((sum, points) => sum + points, 0);
  let left = 1;
  let spent = 0;
  let lost = 0;
  const curve: CurvePoint[] = [];
  for (let week = 0; week < weeks; week++) {
    if (atRisk > 0) {
      spent += (left * at(ages.spent, week)) / atRisk;
      lost += (left * at(ages.lost, week)) / atRisk;
      left *= 1 - (at(ages.spent, week) + at(ages.lost, week)) / atRisk;
    }
    atRisk -= at(ages.spent, week) + at(ages.lost, week) + at(ages.there, week);
    curve.push({ week, spent, lost });
  }
  return curve;
}

/** Of the points that are there, by age, how many are expected to be spent; null where nothing has left yet. */
export function expectedToBeSpent(curve: readonly CurvePoint[], there: readonly number[]): number | null {
  const last = curve.at(-1);
  if (!last || last.spent + last.lost === 0) return null;
  // What the curve does not reach goes the way of what it does.
  const decided = last.spent + last.lost;
  const share = (week: number) => {
    const before = week === 0 ? { spent: 0, lost: 0 } : curve[Math.min(week, curve.length) - 1];
    const left = decided - (before?.spent ?? 0) - (before?.lost ?? 0);
    return left > 1e-12 ? (last.spent - (before?.spent ?? 0)) / left : last.spent / decided;
  };
  return Math.round(there.reduce((sum, points, week) => sum + points * share(week), 0));
}
