import { chainOf, type Transition } from './markov.ts';

/** Numbers in [0, 1) from a seed, the same every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A gamma number of the shape, 1 at least (Marsaglia and Tsang 2000, A simple method for generating gamma variables). */
function gamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}

const draws = 200;

/**
 * Between what each channel's share of the removal effects lies in 95 of 100 draws of the transitions (Bayesian
 * bootstrap, Rubin 1981: the parts in which a state is left have a Dirichlet distribution by how often they were seen).
 * The same every time for the same transitions. A path that was seen stays possible, so every draw can be answered.
 */
export function removalRanges(
  size: number,
  transitions: readonly Transition[],
): { low: number; high: number }[] {
  const random = seeded(size * 7919 + transitions.length);
  const shares = Array.from({ length: size }, () => [] as number[]);
  for (let draw = 0; draw < draws; draw++) {
    const again = transitions.map((one) => ({ ...one, times: gamma(one.times, random) }));
    const { removal } = chainOf(size, again);
    const sum = removal.reduce((all, one) => all + one, 0);
    removal.forEach((one, i) => {
      shares[i]?.push(sum > 0 ? one / sum : 0);
    });
  }
  return shares.map((drawn) => {
    const sorted = drawn.sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(draws - 1, Math.floor(part * draws))] ?? 0;
    return { low: at(0.025), high: at(0.975) };
  });
}
