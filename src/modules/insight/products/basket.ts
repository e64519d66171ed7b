import erfc from '@stdlib/math-base-special-erfc';

/** How two products hang together in `baskets` orders, of which `a` and `b` hold one and `both` hold both. */
export interface Together {
  support: number;
  /** Of the orders with a, those with b. */
  confidence: number;
  /** The same the other way round. */
  confidence_back: number;
  /** How many times as often together as if one had nothing to do with the other. */
  lift: number;
  /** Two-sided, of the test that orders with a have b as often as those without (z for two proportions). */
  p: number;
}

/** Agrawal, Imielinski and Swami 1993 (support, confidence); Brin, Motwani, Ullman and Tsur 1997 (lift, as "interest"). */
export function together(baskets: number, a: number, b: number, both: number): Together {
  const without = baskets - a;
  const rate = b / baskets;
  const variance = rate * (1 - rate) * (1 / a + (without > 0 ? 1 / without : 0));
  const difference = both / a - (without > 0 ? (b - both) / without : rate);
  const z = variance > 0 && without > 0 ? difference / Math.sqrt(variance) : 0;
  return {
    support: both / baskets,
    confidence: both / a,
    confidence_back: both / b,
    lift: (both * baskets) / (a * b),
    p: erfc(Math.abs(z) / Math.SQRT2),
  };
}
