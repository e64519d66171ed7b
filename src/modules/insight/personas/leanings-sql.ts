import type { Rows } from '../report/rows-sql.ts';
import { type Leaning, leanings } from './schema.ts';

const of = (...names: string[]) =>
  `countIf(type = 'track' and event in (${names.map((name) => `'${name}'`).join(', ')}))`;
/** Of many the tenth counts less than the first. */
const damped = (count: string) => `log2(1 + ${count})`;

/**
 * The six leanings as formulas over the events of the period. What counts twice, counts for more of the same.
 *
 * innovation: 2 log2(1 + ideas) + log2(1 + votes) + log2(1 + surveys and feedback) + log2(1 + searches)
 * privacy: the share of their events that came without anything that tells who they are
 * individuality: log2(1 + wishes) + log2(1 + filters) + log2(1 + own words: reviews and feedback)
 * value: log2(1 + promotions) + 2 log2(1 + coupons) + log2(1 + refunds)
 * circle: log2(1 + shares) + 2 log2(1 + invitations sent) + 2 log2(1 + invitations accepted)
 * connectedness: log2(days) + 2 (kinds of touchpoints - 1)
 */
const formulas: Record<Leaning, string> = {
  innovation: `2 * ${damped(of('Idea Submitted'))} + ${damped(of('Idea Voted'))} + ${damped(of('Survey Answered', 'Feedback Given'))} + ${damped(of('Products Searched'))}`,
  privacy: 'countIf(known = 0) / count()',
  individuality: `${damped(of('Product Added to Wishlist'))} + ${damped(of('Product List Filtered'))} + ${damped(of('Product Reviewed', 'Feedback Given'))}`,
  value: `${damped(of('Promotion Viewed', 'Promotion Clicked'))} + 2 * ${damped(of('Coupon Entered', 'Coupon Applied'))} + ${damped(of('Order Refunded'))}`,
  circle: `${damped(of('Content Shared', 'Product Shared', 'Cart Shared'))} + 2 * ${damped(of('Invite Sent'))} + 2 * ${damped(of('Invite Accepted'))}`,
  connectedness: 'log2(greatest(days, 1)) + 2 * (uniqExact(channel) - 1)',
};

/**
 * One row a person who came on two days or more (who came once leans to nothing yet): the leanings as ranks (0 where there
 * is none of it, else of a hundred who have any, how many have as much or less), and what the portrait tells.
 */
export function leaningsSql(rows: Rows): string {
  const rank = (name: string) =>
    `if(raw_${name} > 0, 100 * countIf(raw_${name} > 0) over (order by raw_${name}) / countIf(raw_${name} > 0) over (), 0) as ${name}`;
  return `
    select who, days, orders, revenue, shares, ${leanings.map(rank).join(', ')}
      from (
        select ${rows.who} as who, uniqExact(toDate(time, {zone:String})) as days,
               countIf(type = 'track' and event = 'Order Completed' and total > 0) as orders,
               toFloat64(sumIf(assumeNotNull(total), type = 'track' and event = 'Order Completed' and total > 0 and currency = {currency:String})) as revenue,
               ${of('Content Shared', 'Product Shared', 'Cart Shared', 'Invite Sent')} as shares,
               ${leanings.map((name) => `${formulas[name]} as raw_${name}`).join(',\n               ')}
          from events where ${rows.where} and ${rows.inPeriod}
         group by who having who != 0 and days >= 2)`;
}

/** A row of numbers: days, orders, revenue, shares, and the leanings in their order. */
export const columns = ['days', 'orders', 'revenue', 'shares', ...leanings];
