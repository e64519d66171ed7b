/** Paths by the set of channels that they came by: what they brought, in whole units. */
export interface Coalition {
  channels: readonly number[];
  units: bigint;
}

/** A whole number over another. */
export interface Ratio {
  over: bigint[];
  under: bigint;
}

/**
 * The Shapley value of the game v(S) = what the paths brought whose channels all lie in S. The game is a sum of unanimity
 * games, one for each set T of channels, with the dividend of T (Shapley 1953, A value for n-person games, lemma 2 and
 * formula 12): so T's units are shared equally among its channels, and the value of a channel is the sum over the sets
 * it is in of units(T) / |T|. Exact, as ratios with one denominator.
 */
export function shapley(size: number, coalitions: readonly Coalition[]): Ratio {
  let under = 1n;
  for (const length of new Set(coalitions.map(({ channels }) => channels.length)))
    if (length > 0) under = leastCommonMultiple(under, BigInt(length));
  const over = Array.from({ length: size }, () => 0n);
  for (const { channels, units } of coalitions) {
    if (channels.length === 0) continue;
    const each = (units * under) / BigInt(channels.length);
    for (const channel of channels) over[channel] = (over[channel] as bigint) + each;
  }
  return { over, under };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}
