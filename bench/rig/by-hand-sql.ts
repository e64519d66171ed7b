import { pathDefaults } from '../../src/modules/collect/schema.ts';
import { before, ms, purchase, rows, type When } from './by-hand-rows-sql.ts';
import { byHandOfValue } from './by-hand-value-sql.ts';

const month = 30 * 86_400_000;

/** Whether an event is of a stage of the path. */
const isOf = (stage: keyof typeof pathDefaults) => {
  const isType = (name: string) => name === 'page' || name === 'screen';
  const names = pathDefaults[stage].filter((name) => !isType(name));
  const types = pathDefaults[stage].filter(isType);
  const listed = (all: readonly string[]) => all.map((name) => `'${name}'`).join(', ');
  return `(type = 'track' and event in (${listed(names)})${types.length > 0 ? ` or type in (${listed(types)})` : ''})`;
};
const stages = ['search', 'attention', 'deal', 'use', 'share'] as const;

/**
 * For each report the statements that a careful person would write for the same question on rows whose people are
 * resolved. By the name of the question in the bench.
 */
export const byHand: Readonly<Record<string, (when: When) => string[]>> = {
  ...byHandOfValue,
  funnel: (when) => [
    `select countIf(level >= 1), countIf(level >= 2), countIf(level >= 3), countIf(level >= 4)
       from (
         select person, windowFunnel(${month})(toUInt64(toUnixTimestamp64Milli(time)), event = 'Products Searched',
                  event = 'Product Viewed', event = 'Product Added', event = 'Order Completed') as level
         ${rows(when, " and type = 'track' and event in ('Products Searched', 'Product Viewed', 'Product Added', 'Order Completed')")}
          group by person)`,
  ],
  retention: (when) => [
    `select cohort, week - cohort as age, count()
       from (
         select person, groupUniqArray(toInt32(intDiv(toInt32(toDate(time, 'UTC')) + 3, 7))) as weeks, arrayMin(weeks) as cohort
         ${before(when)} group by person)
      array join weeks as week group by cohort, age`,
  ],
  cohorts: (when) => [
    `select cohort, month - cohort as age, count()
       from (
         select person, groupUniqArray(toInt32(toRelativeMonthNum(time, 'UTC'))) as months, arrayMin(months) as cohort
         ${before(when, purchase)} group by person having max(known) = 1)
      array join months as month group by cohort, age`,
  ],
  repurchase: (when) => {
    const times = `select person, arraySort(groupArray(toUnixTimestamp64Milli(time))) as times ${before(when, purchase)} group by person having max(known) = 1`;
    return [
      `select countIf(times[-1] >= ${when.from}), countIf(times[-1] >= ${when.from} and length(times) > 1),
              countIf(times[1] >= ${when.from}), countIf(times[1] >= ${when.from} and length(times) > 1) from (${times})`,
      `select intDiv(if(length(times) > 1, times[2], ${when.to}) - times[1], 86400000) as day, countIf(length(times) > 1), countIf(length(times) = 1)
         from (${times}) where times[1] >= ${when.from} group by day order by day`,
      `select count(), quantilesExactInclusive(0.25, 0.5, 0.75)(gap / 86400000)
         from (select arrayJoin(arrayPopFront(arrayDifference(times))) as gap from (${times}) where length(times) > 1)`,
    ];
  },
  // Fifths with their upper edges, people with as many orders ranked by their numbers, as the program has them.
  rfm: (when) => [
    `with buyers as (
       select person, intDiv(${when.to} - max(toUnixTimestamp64Milli(time)), 86400000) as days, sum(total) as money,
              uniqExact(if(order_id = '', message_id, order_id)) as orders, minIf((length(user_id), user_id), user_id != '') as number
         ${before(when, `${purchase} and known = 1 and currency = 'EUR'`)} group by person),
     (select quantilesExactInclusive(0.2, 0.4, 0.6, 0.8)(days) from buyers) as day_edges,
     (select quantilesExactInclusive(0.2, 0.4, 0.6, 0.8)(toFloat64(money)) from buyers) as money_edges
     select sum(cityHash64(*)) from (
       select person, 5 - arrayCount(edge -> edge < days, day_edges) as r, ntile(5) over (order by orders, number, person) as f,
              1 + arrayCount(edge -> edge < toFloat64(money), money_edges) as m
         from buyers)`,
  ],
  stickiness: (when) => [
    `select d + ago as day, groupBitmapMergeIf(people, ago = 0), groupBitmapMergeIf(people, ago < 7), groupBitmapMerge(people)
       from (select toInt32(toDate(time, 'UTC')) as d, groupBitmapState(person) as people ${rows({ ...when, from: when.from - 31 * 86_400_000 })} group by d)
      array join range(30) as ago group by day order by day`,
    `select count(), quantilesExactInclusive(0.25, 0.5, 0.75)(seconds)
       from (
         select arrayJoin(arrayMap(v -> (v[-1] - v[1]) / 1000, arraySplit((t, gap) -> gap >= 1800000, times, arrayDifference(times)))) as seconds
           from (select person, arraySort(groupArray(toUnixTimestamp64Milli(time))) as times ${rows(when)} group by person))`,
    `select count(), quantilesExactInclusive(0.25, 0.5, 0.75)(JSONExtractFloat(properties, 'dwell_seconds'))
     ${rows(when, " and type = 'track' and event in ('Store Exited', 'Zone Exited')")}`,
  ],
  'funnel-times': (when) => {
    const at = 'toUnixTimestamp64Milli(time)';
    const steps = [2, 3, 4, 5];
    const later = steps.map(
      (k) =>
        `arrayMin(arrayFilter(x -> t${k - 1} > 0 and x > t${k - 1} and x <= t1 + ${month}, l${k})) as t${k}`,
    );
    const took = [...steps.map((k) => [k, k - 1]), [5, 1]].map(
      ([to, from]) =>
        `countIf(t${to} > 0), quantilesExactInclusiveIf(0.25, 0.5, 0.75)((toFloat64(t${to}) - t${from}) / 1000, t${to} > 0)`,
    );
    return [
      `select ${took.join(', ')}
         from (
           select t1, ${later.join(', ')}
             from (
               select person, minIf(${at}, ${isOf('search')} and time < ${ms(when.to)}) as t1,
                      ${steps.map((k) => `groupArrayIf(${at}, ${isOf(stages[k - 1] ?? 'share')}) as l${k}`).join(', ')}
               ${rows({ from: when.from, to: when.to + month })} group by person having t1 > 0))`,
    ];
  },
  channels: (when) => {
    const order = "type = 'track' and event = 'Order Completed'";
    return [
      `select came_by, count(), ${stages.map((_, i) => `countIf(bitTest(did, ${i + 1}))`).join(', ')}, countIf(paid > 0), countIf(paid > 1), sum(orders),
              sumMap(spent), sumMap(mapApply((currency, sum) -> (currency, pow(toFloat64(sum), 2)), spent))
         from (
           select person, argMinIf(multiIf(touch = 'direct||', 1, startsWith(touch, 'store|'), 2, 3), time, touch != '') as came_by,
                  groupBitOr(multiIf(${stages.map((stage, i) => `${isOf(stage)}, ${2 ** (i + 1)}`).join(', ')}, 1)) as did,
                  countIf(${order} and total > 0) as paid, countIf(${order}) as orders,
                  sumMapIf(map(currency, assumeNotNull(total)), ${order} and total is not null) as spent
           ${before(when)} group by person having min(time) >= ${ms(when.from)})
        group by came_by`,
    ];
  },
  // Two periods, as long as each other.
  week: (when) => {
    const order = "type = 'track' and event = 'Order Completed'";
    const wide = { from: 2 * when.from - when.to, to: when.to };
    const [now, earlier] = [
      `time >= ${ms(when.from)}`,
      `time >= ${ms(wide.from)} and time < ${ms(when.from)}`,
    ];
    const both = (of: (is: string, as: string) => string) => `${of(now, '')}, ${of(earlier, '_before')}`;
    return [
      `select ${['', '_before'].map((as) => `countIf(here${as} > 0), countIf(began${as}), countIf(paid${as} > 0), countIf(shared${as} > 0), sum(n${as}), sum(n${as} * n${as}), countIf(n${as} > 0)`).join(', ')}
         from (
           select person, ${both((is, as) => `countIf(${is}) as here${as}, min(time) >= ${ms(as === '' ? when.from : wide.from)}${as === '' ? '' : ` and min(time) < ${ms(when.from)}`} as began${as}, countIf(${is} and ${order}) as n${as}, countIf(${is} and ${order} and total > 0) as paid${as}, countIf(${is} and ${isOf('share')}) as shared${as}`)}
           ${before(when)} group by person)`,
      `select currency, is_before, sum(spent), sum(pow(toFloat64(spent), 2)), sum(powers), sum(n * n), sum(n), count()
         from (
           select person, currency, time < ${ms(when.from)} as is_before, sum(total) as spent, sum(pow(toFloat64(total), 2)) as powers, count() as n
           ${rows(wide, purchase)} group by person, currency, is_before)
        group by currency, is_before`,
      `select toDate(time, 'UTC') as day, time < ${ms(when.from)} as is_before, uniqExact(person), countIf(${order}) ${rows(wide)} group by day, is_before`,
      `select person, currency, sum(total) as spent, count() as n, toFloat64(toUnixTimestamp64Milli(max(time)) - toUnixTimestamp64Milli(min(time))) as span,
              toFloat64(${when.to} - toUnixTimestamp64Milli(max(time))) as gone, pow(span / (span + gone), n - 1) as chance
       ${before(when, purchase)} group by person, currency having n >= 3 and span > 0 and chance < 0.05 and gone < 400. * 86400000
        order by currency, spent desc limit 5 by currency`,
      `select person, countIf(time >= ${ms(when.to - 28 * 86_400_000)}) as n, countIf(time < ${ms(when.to - 28 * 86_400_000)}) as earlier
       ${rows({ from: when.to - 56 * 86_400_000, to: when.to }, ` and ${isOf('share')}`)} group by person having n > earlier order by n - earlier desc limit 50`,
    ];
  },
  content: (when) => {
    const [seen, kept, shared] = [
      "event = 'Content Viewed'",
      "event in ('Content Kept', 'Content Saved', 'Content Bookmarked', 'Product Added to Wishlist')",
      "event in ('Content Shared', 'Product Shared')",
    ];
    const about = ` and type = 'track' and (${seen} or ${kept} or ${shared})`;
    const sums = `max(${seen}) as saw, max(${kept}) as kept_it, max(${shared}) as passed_on`;
    const counted = 'sum(saw), sum(kept_it), sum(passed_on), sum(saw and passed_on)';
    const invite = "JSONExtractString(properties, 'invite_id')";
    return [
      `select ${counted} from (select person, ${sums} ${rows(when, about)} group by person)`,
      `select id, argMax(title, latest), argMax(kind, latest), ${counted}
         from (
           select person, id, max(time) as latest, argMax(told.1, (told.1 != '', time)) as title, argMax(told.3, (told.3 != '', time)) as kind, ${sums}
             from (
               select person, time, event, if(told.4 != '', told.4, told.5) as id,
                      JSONExtract(properties, 'Tuple(title String, name String, content_type String, content_id String, product_id String)') as told
               ${rows(when, about)})
            where id != '' group by person, id)
        group by id order by sum(saw) desc limit 200`,
      `select toMonday(began) as week, count(), sum(n), sum(came), sum(came * came)
         from (
           select p.began as began, countIf(i.time < p.began + interval 28 day) as n, countIf(i.time < p.began + interval 28 day and i.taken) as came
             from (select person, min(time) as began ${before(when)} group by person having began >= ${ms(when.from)}) as p
             left join (
               select person, time, ${invite} in (select ${invite} ${before(when, " and event = 'Invite Accepted'")}) as taken
               ${before(when, " and type = 'track' and event = 'Invite Sent'")}) as i on i.person = p.person
            group by p.person, p.began)
        group by week`,
    ];
  },
  'funnel-leaving': (when) => {
    const steps = ['Products Searched', 'Product Viewed', 'Product Added', 'Order Completed'];
    const are = steps.map((step) => `event = '${step}'`).join(', ');
    const wide = { from: when.from, to: when.to };
    const name = "if(type = 'track', event, type)";
    return [
      `select next, last, count()
         from (
           select person, windowFunnel(${month})(toUInt64(toUnixTimestamp64Milli(time)), ${are}) as level,
                  maxIf(time, event = '${steps[0]}') as came, arraySort(groupArray((time, ${name}))) as all,
                  arrayFirst(x -> x.1 > came, all).2 as next, all[-1].2 as last
             ${rows(wide)} group by person having level = 1)
        group by next, last`,
    ];
  },
  paths: (when) => {
    const day = 86_400_000;
    const wide = { from: when.from - day, to: when.to + day };
    const name = "if(type = 'track', event, type)";
    const way = (list: string) =>
      `arrayResize(arraySlice(arrayCompact(arrayMap(x -> x.2, ${list})), 1, 4), 4, '')`;
    return [
      `select side, level, way[level + 1] as one, way[level + 2] as other, count()
         from (
           select arrayJoin([(1, ${way(`arrayFilter(x -> x.1 <= all[place].1 + ${day}, arraySlice(all, place))`)}),
                             (0, ${way(`arrayFilter(x -> x.1 + ${day} >= all[place].1, arrayReverse(arraySlice(all, 1, place)))`)})]) as told,
                  told.1 as side, told.2 as way, arrayJoin(range(3)) as level
             from (
               select person, arraySort(groupArray((toUnixTimestamp64Milli(time), ${name}))) as all,
                      arrayFirstIndex(x -> x.2 = 'Order Completed' and x.1 >= ${when.from} and x.1 < ${when.to}, all) as place
               ${rows(wide)} group by person having place > 0))
        where one != '' group by side, level, one, other`,
    ];
  },
  // Two statements: what each touch of each path is worth by the five rules and which follows which, and the sets of names.
  attribution: (when) => {
    const day = 86_400_000;
    const order = "type = 'track' and event = 'Order Completed'";
    const wide = { from: when.from - 30 * day, to: when.to };
    const paths = `
      select bought.2 as total, bought.3 as currency, bought.4 as in_store, is_ordered, piece[-1].1 as ending,
             arrayFilter(x -> x.2 != 255 and if(is_ordered, x.1 + ${30 * day} >= ending, x.1 >= ${when.from}), piece) as near,
             arrayFilter((x, last) -> x.2 != last.2 or x.1 > last.1 + 1800000, near, arrayResize(arrayPushFront(near, (toInt64(0), toUInt8(0))), length(near))) as touches
        from (
          select person, arrayReverseSplit(x -> x.2 = 255, arraySort(groupArray((at, code)))) as pieces,
                 arraySort(groupArrayIf((at, ifNull(total, 0), currency, in_store), code = 255)) as orders
            from (
              select person, toUnixTimestamp64Milli(time) as at, total, currency,
                     channel = 'till' or (store_id != '' and channel not in ('web', 'app')) as in_store,
                     multiIf(${order}, toUInt8(255), touch = 'direct||', 1, startsWith(touch, 'store|'), 2, 3) as code
                ${rows(wide, ` and (touch != '' or (${order}))`)})
           group by person)
       array join pieces as piece, arrayResize(orders, length(pieces)) as bought,
                  arrayMap(place -> place <= length(orders), arrayEnumerate(pieces)) as is_ordered
       where not is_ordered or piece[-1].1 >= ${when.from}`;
    return [
      `select is_ordered, currency, one.1 as before, one.2 as name, count(), sum(one.3), sum(one.4), sum(one.5), sum(one.6), sum(one.7),
              sum(one.3 * money), sum(one.4 * money), sum(one.5 * money), sum(one.6 * money), sum(one.7 * money)
         from (
           select is_ordered, currency, toFloat64(total) as money, touches.2 as codes, length(codes) as n,
                  arrayMap(x -> exp2((x.1 - ending) / ${7 * day}), touches) as halves, arraySum(halves) as all_halves,
                  arrayJoin(arrayMap((code, last, i, half) -> (last, code, i = 1, i = n, 1 / n,
                      multiIf(n <= 2, 1 / n, i = 1 or i = n, 0.4, 0.2 / (n - 2)), half / all_halves),
                    codes, arrayPushFront(arrayPopBack(codes), toUInt8(0)), arrayEnumerate(codes), halves)) as one
             from (${paths}) where notEmpty(touches))
        group by is_ordered, currency, before, name`,
      `select is_ordered, currency, in_store, arraySort(arrayDistinct(touches.2)) as names, touches.2[-1] as final, count(), sum(total)
         from (${paths}) group by is_ordered, currency, in_store, names, final`,
    ];
  },
  products: (when) => {
    const lines =
      "JSONExtract(properties, 'products', 'Array(Tuple(product_id String, quantity Nullable(Float64), price Nullable(Float64)))')";
    const order =
      " and type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1";
    const baskets = (more: string) =>
      `select person, arrayDistinct(arrayFilter(x -> x != '', ${lines}.1)) as items ${rows(when, more)}`;
    return [
      `select count() from (${baskets(order)}) where notEmpty(items)`,
      `select item, count(), sum(n), sum(pieces), countIf(ever > 1)
         from (
           select person, line.1 as item, uniqExactIf(message_id, time >= ${ms(when.from)}) as n, sumIf(ifNull(line.2, 1), time >= ${ms(when.from)}) as pieces,
                  uniqExact(message_id) as ever
             from (select person, time, message_id, arrayJoin(${lines}) as line ${before(when, order)})
            where item != '' group by person, item having n > 0)
        group by item order by 2 desc limit 1000`,
      `select one, other, count() as n from (${baskets(order)}) array join items as one
        array join arrayFilter(x -> x > one, items) as other group by one, other having n >= 300 order by n desc limit 20000`,
      `select firsts, seconds, count()
         from (
           select person, arraySort(groupArray((time, seq, lead))) as orders, orders[1].3 as firsts, orders[2].3 as seconds
             from (select person, time, seq, arraySort(x -> -ifNull(x.2, 1) * ifNull(x.3, 0), ${lines})[1].1 as lead ${before(when, order)})
            where lead != '' group by person having orders[1].1 >= ${ms(when.from)})
        group by firsts, seconds order by 3 desc limit 5000`,
      `select item, count(), countIf(has(back, item))
         from (
           select person, order_id, arrayJoin(groupUniqArrayArrayIf(items, event = 'Order Completed')) as item,
                  groupUniqArrayArrayIf(items, event = 'Order Refunded') as back
             from (select person, order_id, event, ${lines}.1 as items ${rows(when, " and type = 'track' and event in ('Order Completed', 'Order Refunded') and order_id != ''")})
            group by person, order_id)
        group by item`,
    ];
  },
};
