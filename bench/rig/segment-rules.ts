/** A hundred rules as brands have them: 60 with time windows, 10 in order, 10 with absence, 20 without time. */
export function hundredRules(): { name: string; rule: object }[] {
  const events = ['Product Viewed', 'Product Added', 'Store Entered', 'Order Completed'];
  const event = (n: number) => events[n % events.length] as string;
  const windows = [{ minutes: 5 }, { hours: 1 }, { days: 1 }, { days: 7 }, { days: 30 }, { days: 60 }];
  const rules: object[] = [];
  for (let n = 0; n < 60; n++) {
    const last = windows[n % windows.length] as object;
    if (n % 3 === 0) rules.push({ did: event(n), at_least: 1 + (n % 4), in: { last } });
    else if (n % 3 === 1)
      rules.push({
        did: { event: event(n), where: [{ property: 'category', equals: `k${n % 20}` }] },
        at_least: 1 + (n % 2),
        in: { last },
      });
    else rules.push({ measure: event(n), sum: 'price', at_least: 50 + n, in: { last } });
  }
  for (let n = 0; n < 10; n++)
    rules.push({
      sequence: [event(n), 'Store Entered'],
      within: { days: 1 + n },
      ...(n % 2 === 0 ? { without: 'Order Completed' } : {}),
      in: { last: { days: 30 } },
    });
  for (let n = 0; n < 10; n++)
    rules.push(
      n % 2 === 0
        ? { all: [{ did: 'Product Viewed' }, { did_not: event(n + 1), in: { last: { days: 3 + n } } }] }
        : {
            abandoned: 'Product Added',
            without: 'Order Completed',
            within: { hours: n },
            in: { last: { days: 7 } },
          },
    );
  for (let n = 0; n < 20; n++)
    rules.push(
      n % 4 === 0
        ? { trait: 'city', equals: `c${n}` }
        : n % 4 === 1
          ? {
              all: [
                { trait: 'plan', equals: 'gold' },
                { did: event(n), at_least: n },
              ],
            }
          : n % 4 === 2
            ? { measure: event(n), sum: 'price', at_least: 100 * n }
            : { did: { event: event(n), where: [{ property: 'price', greater: 95 }] }, at_least: 2 },
    );
  return rules.map((rule, n) => ({ name: `Rule ${n + 1}`, rule }));
}
