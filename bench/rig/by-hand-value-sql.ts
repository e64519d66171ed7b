import { leanings } from '../../src/modules/insight/personas/schema.ts';
import {
  layerParts,
  layers,
  type ValueSettings,
  valueDefaults,
} from '../../src/modules/insight/value/schema.ts';
import { before, ms, purchase, rows, type When } from './by-hand-rows-sql.ts';

const day = 86_400_000;
const named = (...names: string[]) =>
  `type = 'track' and event in (${names.map((n) => `'${n}'`).join(', ')})`;
const did = (...names: string[]) => `countIf(${named(...names)})`;

/** Known people who bought first in the period: the days of their purchases, and what they paid. */
const customers = (when: When) =>
  `select person, arraySort(groupUniqArray(toInt32(toDate(time, 'UTC')))) as days, sum(total) as paid
   ${before(when, `${purchase} and currency = 'EUR'`)} group by person having max(known) = 1 and min(time) >= ${ms(when.from)}`;
const dayOf = (time: number) => Math.floor(time / day);

/** As many of a hundred of those who have any as have as much or less. */
const rank = (name: string, as: string) =>
  `if(${name} > 0, 100 * countIf(${name} > 0) over (order by ${name}) / countIf(${name} > 0) over (), 0) as ${as}`;

/** Windows hold all columns of everybody several times over: by hand it takes more memory than one question may have. */
const roomy = ' settings max_memory_usage = 900000000';

const partNames = layers.flatMap((layer) => Object.keys(layerParts[layer]));
const invited = (when: When) => `
  select child, parent, at
    from (
      select person as child, min(time) as at,
             argMin(if(JSONExtractString(properties, 'inviter') != '', JSONExtractString(properties, 'inviter'), JSONExtractString(properties, 'inviter_id')) as told, time) as inviter
      ${before(when, ` and ${named('Invite Accepted')} and told != ''`)} group by person) as came
    inner join (select user_id as inviter, any(person) as parent from resolved where workspace_id = 1 and user_id != '' group by user_id) as known using (inviter)
   where parent != child`;
const brought = (when: When) => `
  select credit.1 as who, countIf(credit.2 = 1 and at >= ${ms(when.from)}) as accepted,
         sum(toFloat64(spent) * [${valueDefaults.degrees.join(', ')}][credit.2]) as brought
    from (
      select one.child as child, one.at as at, b.spent as spent, [one.parent, two.parent, three.parent] as up
        from (${invited(when)}) as one left join (${invited(when)}) as two on one.parent = two.child
        left join (${invited(when)}) as three on two.parent = three.child
        left join (
          select i.child as child, sum(o.total) as spent
            from (select person, time, total ${rows(when, `${purchase} and currency = 'EUR'`)}) as o inner join (${invited(when)}) as i on o.person = i.child
           where o.time >= i.at group by child) as b on b.child = one.child)
   array join arrayZip(up, [1, 2, 3]) as credit
   where credit.1 != 0 and credit.1 != child and indexOf(up, credit.1) = credit.2 group by who`;
const signals = (when: When) => {
  const now = `time >= ${ms(when.from)}`;
  const count = (...names: string[]) => `countIf(${now} and ${named(...names)})`;
  const paid = (name: string) => `sumIf(total, ${now} and total > 0 and currency = 'EUR' and ${named(name)})`;
  return `
    select person, greatest(toFloat64(ifNull(${paid('Order Completed')}, 0)) - toFloat64(ifNull(${paid('Order Refunded')}, 0)), 0) as money,
           countIf(${now} and total > 0 and ${named('Order Completed')}) as orders, uniqExactIf(toDate(time, 'UTC'), ${now}) as days,
           uniqExactIf(toYYYYMM(time, 'UTC'), ${now}) as months, dateDiff('day', min(time), ${ms(when.to)}) as tenure,
           ${count('Content Viewed', 'Content Kept', 'Content Liked', 'Product Added to Wishlist')} as kept,
           ${count('Product Reviewed', 'Feedback Given', 'Survey Answered', 'Idea Submitted', 'Idea Voted')} as voice,
           ${count('Content Shared', 'Product Shared', 'Cart Shared')} as shares, ${count('Invite Sent')} as invites
    ${before(when)} group by person having max(time) >= ${ms(when.from)}`;
};
const standing = (when: When) => {
  const score = (layer: keyof typeof layerParts) =>
    Object.entries(valueDefaults[layer] as ValueSettings['social'])
      .map(([part, weight]) => `${weight} * ${part}_rank`)
      .join(' + ');
  return `
    select *, multiIf(social >= ${valueDefaults.socialFrom} and social > 0, 'social', emotional >= ${valueDefaults.emotionalFrom} and emotional > 0, 'emotional',
                      functional > 0, 'functional', 'none') as standing
      from (
        select *, ${layers.map((layer) => `${score(layer)} as ${layer}`).join(', ')}
          from (
            select *, ${partNames.map((part) => rank(part, `${part}_rank`)).join(', ')}
              from (${signals(when)}) as s left join (${brought(when)}) as b on b.who = s.person))`;
};

/** What people are worth, and what they lean to. By the name of the question in the bench. */
export const byHandOfValue: Readonly<Record<string, (when: When) => string[]>> = {
  'what-if': (when) => {
    const [now, order] = [`time >= ${ms(when.from)}`, `${named('Order Completed')} and total > 0`];
    return [
      `select count(), countIf(bought > 0), countIf(bought > 0 and bought + earlier > 1), sum(n), sum(paid), sum(squares), countIf(invited), countIf(invited and bought > 0)
         from (
           select person, countIf(${now} and ${order}) as bought, countIf(time < ${ms(when.from)} and ${order}) as earlier,
                  countIf(${now} and ${order} and currency = 'EUR') as n, sumIf(total, ${now} and ${order} and currency = 'EUR') as paid,
                  sumIf(pow(toFloat64(total), 2), ${now} and ${order} and currency = 'EUR') as squares,
                  countIf(${now} and ${named('Invite Accepted')}) > 0 as invited
           ${before(when)} group by person having max(time) >= ${ms(when.from)})`,
    ];
  },
  personas: (when) => {
    const often = (count: string) => `log2(1 + ${count})`;
    const formulas: Record<(typeof leanings)[number], string> = {
      innovation: `2 * ${often(did('Idea Submitted'))} + ${often(did('Idea Voted'))} + ${often(did('Survey Answered', 'Feedback Given'))} + ${often(did('Products Searched'))}`,
      privacy: 'countIf(known = 0) / count()',
      individuality: `${often(did('Product Added to Wishlist'))} + ${often(did('Product List Filtered'))} + ${often(did('Product Reviewed', 'Feedback Given'))}`,
      value: `${often(did('Promotion Viewed', 'Promotion Clicked'))} + 2 * ${often(did('Coupon Entered', 'Coupon Applied'))} + ${often(did('Order Refunded'))}`,
      circle: `${often(did('Content Shared', 'Product Shared', 'Cart Shared'))} + 2 * ${often(did('Invite Sent'))} + 2 * ${often(did('Invite Accepted'))}`,
      connectedness: 'log2(days) + 2 * (uniqExact(channel) - 1)',
    };
    return [
      `select days, orders, revenue, shares, ${leanings.map((name) => rank(name, `${name}_rank`)).join(', ')}, count() over () as people
         from (
           select person, uniqExact(toDate(time, 'UTC')) as days, countIf(${named('Order Completed')} and total > 0) as orders,
                  sumIf(total, ${named('Order Completed')} and total > 0 and currency = 'EUR') as revenue,
                  ${did('Content Shared', 'Product Shared', 'Cart Shared', 'Invite Sent')} as shares,
                  ${leanings.map((name) => `${formulas[name]} as ${name}`).join(', ')}
           ${rows(when)} group by person having days > 1)
        order by cityHash64(person) limit 50000`,
    ];
  },
  lifetime: (when) => {
    const end = dayOf(when.to - 1);
    const weeks = Math.floor((end - dayOf(when.from)) / 7 / 3);
    const cut = end - weeks * 7;
    const heldOut = `select days, arrayFilter(x -> x <= ${cut}, days) as known from (${customers(when)}) where days[1] <= ${cut}`;
    return [
      `select currency, count(), sum(n)
         from (select person, currency, count() as n ${before(when, purchase)} group by person, currency having max(known) = 1 and min(time) >= ${ms(when.from)})
        group by currency`,
      `select length(days) - 1 as x, days[-1] - days[1] as last, ${end} - days[1] as age, count(), sum(paid)
         from (${customers(when)}) group by x, last, age`,
      `select length(known) - 1 as x, known[-1] - known[1] as last, ${cut} - known[1] as age, length(days) - length(known) as next, count()
         from (${heldOut}) group by x, last, age, next`,
      `select days[1] as first, count() from (${heldOut}) group by first`,
      `select intDiv(arrayJoin(arrayPopFront(days)) - ${dayOf(when.from)}, 7) as week, count() from (${heldOut}) group by week`,
      `select x, mean, count()
         from (select length(days) as x, toFloat64(paid) / x as mean from (${customers(when)}) order by cityHash64(person) limit 200000)
        group by x, mean`,
    ];
  },
  'value-layers': (when) => {
    const month = 30 * day;
    const then = { from: when.from - month, to: when.to - month };
    const scores = layers.map((layer) => `sumMap([toUInt8(ceil(${layer} / 10))], [1])`);
    const parts = [...layers, ...partNames].map((one) => `countIf(${one} > 0), avgIf(${one}, ${one} > 0)`);
    return [
      `select standing, count(), sum(money), sum(brought), ${[...scores, ...parts].join(', ')} from (${standing(when)}) group by standing with totals${roomy}`,
      `select past.standing as was, present.standing as is, count()
         from (select person, standing from (${standing(when)})) as present
         full outer join (select person, standing from (${standing(then)})) as past using (person) group by was, is${roomy}`,
    ];
  },
};
