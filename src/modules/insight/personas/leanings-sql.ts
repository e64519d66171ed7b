import type { Rows } from '../report/rows-sql.ts';
import { type Leaning, leanings } from './schema.ts';

/** Events that are counted, by the name that their number has. */
const counted = {
  ideas: ['Idea Submitted'],
  votes: ['Idea Voted'],
  answers: ['Survey Answered', 'Feedback Given'],
  searches: ['Products Searched'],
  wishes: ['Product Added to Wishlist'],
  filters: ['Product List Filtered'],
  words: ['Product Reviewed', 'Feedback Given'],
  promotions: ['Promotion Viewed', 'Promotion Clicked'],
  coupons: ['Coupon Entered', 'Coupon Applied'],
  refunds: ['Order Refunded'],
  passed_on: ['Content Shared', 'Product Shared', 'Cart Shared'],
  invited: ['Invite Sent'],
  accepted: ['Invite Accepted'],
} as const;
const countOf = (names: readonly string[]) =>
  `countIf(type = 'track' and event in (${names.map((name) => `'${name}'`).join(', ')}))`;
/** Of many the tenth counts less than the first. */
const damped = (count: keyof typeof counted) => `log2(1 + ${count})`;

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
  innovation: `2 * ${damped('ideas')} + ${damped('votes')} + ${damped('answers')} + ${damped('searches')}`,
  privacy: 'unknown / events',
  individuality: `${damped('wishes')} + ${damped('filters')} + ${damped('words')}`,
  value: `${damped('promotions')} + 2 * ${damped('coupons')} + ${damped('refunds')}`,
  circle: `${damped('passed_on')} + 2 * ${damped('invited')} + 2 * ${damped('accepted')}`,
  connectedness: 'log2(greatest(days, 1)) + 2 * (length(channels) - 1)',
};

/**
 * One row a person who came on two days or more (who came once leans to nothing yet): the leanings as ranks (0 where there
 * is none of it, else of a hundred who have any, how many have as much or less), and what the portrait tells. First by
 * identifier, as the layers are; `inOrder` are the settings for it.
 */
export function leaningsSql(rows: Rows, inOrder: string): string {
  const rank = (name: string) =>
    `if(raw_${name} > 0, 100 * countIf(raw_${name} > 0) over (order by raw_${name}) / countIf(raw_${name} > 0) over (), 0) as ${name}`;
  return `
    select who, days, orders, revenue, shares, ${leanings.map(rank).join(', ')}
      from (
        select *, passed_on + invited as shares, ${leanings.map((name) => `${formulas[name]} as raw_${name}`).join(',\n               ')}
          from (
            select ${rows.who} as who, length(arrayDistinct(groupArrayArray(on_days))) as days, arrayDistinct(groupArrayArray(by_channels)) as channels,
                   sum(paid) as orders, toFloat64(sum(spent)) as revenue, sum(unknowns) as unknown, sum(n) as events,
                   ${Object.keys(counted)
                     .map((name) => `sum(n_${name}) as ${name}`)
                     .join(', ')}
              from (
                select key, any(person) as person, arrayDistinct(groupArray(toUInt16(toDate(time, {zone:String})))) as on_days,
                       arrayDistinct(groupArray(channel)) as by_channels, countIf(known = 0) as unknowns, count() as n,
                       countIf(type = 'track' and event = 'Order Completed' and total > 0) as paid,
                       sumIf(assumeNotNull(total), type = 'track' and event = 'Order Completed' and total > 0 and currency = {currency:String}) as spent,
                       ${Object.entries(counted)
                         .map(([name, names]) => `${countOf(names)} as n_${name}`)
                         .join(',\n                       ')}
                  from events where ${rows.where} and ${rows.inPeriod} group by key)
             group by who having who != 0 and days >= 2))${inOrder}`;
}

/** A row of numbers: days, orders, revenue, shares, and the leanings in their order. */
export const columns = ['days', 'orders', 'revenue', 'shares', ...leanings];
