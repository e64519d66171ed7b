/** Rules as a shop has them: most about the last days, some in order, some about what was left undone. */
export function segmentsOfAShop(count: number): object[] {
  const names = [
    'Product Viewed',
    'Product List Viewed',
    'Product Added',
    'Products Searched',
    'Store Entered',
    'Zone Entered',
    'Store Exited',
    'Checkout Started',
    'Order Completed',
    'Content Viewed',
    'Content Shared',
    'Product Used',
    'Invite Sent',
    'Email Opened',
    'Email Clicked',
  ];
  const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
  const last = (i: number) => ({ last: at([{ hours: 24 }, { days: 7 }, { days: 30 }, { days: 90 }], i) });
  const category = (i: number) => ({ property: 'category', equals: `category ${i % 12}` });
  const kinds: ((i: number) => object)[] = [
    (i) => ({ did: at(names, i), at_least: 1 + (i % 4), in: last(i) }),
    (i) => ({ did: { event: at(names, i), where: [category(i)] }, in: last(i) }),
    (i) => ({
      all: [
        { did: at(names, i), in: last(i) },
        { did_not: at(names, i + 3), in: last(i + 1) },
      ],
    }),
    (i) => ({
      all: [
        { did: { event: at(names, i), where: [category(i >> 2)] }, at_least: 2, in: last(i) },
        { consent: 'marketing' },
      ],
    }),
    (i) => ({
      measure: 'Order Completed',
      sum: { column: 'total' },
      at_least: 50 * (1 + (i % 10)),
      in: last(i),
    }),
    (i) => ({ did: at(names, i), at_least: 2, in: { calendar_days: 1 + (i % 14) } }),
    (i) => ({
      all: [
        { trait: 'city', equals: 'Oslo' },
        { did: at(names, i), at_least: 3 },
      ],
    }),
    (i) => ({
      sequence: [at(names, i), at(names, i + 4)],
      within: { days: 1 + (i % 7) },
      in: { last: { days: 30 } },
    }),
    (i) => ({
      abandoned: at(names, i),
      without: 'Order Completed',
      within: { hours: 1 + (i % 12) },
      in: { last: { days: 7 } },
    }),
    (i) => ({
      any: [
        { first: at(names, i), in: last(i) },
        { trait: 'birthday', day_of_year: { next_days: i % 10 } },
      ],
    }),
  ];
  return Array.from({ length: count }, (_, i) =>
    at(kinds, i)(Math.floor(i / kinds.length) + (i % kinds.length)),
  );
}
