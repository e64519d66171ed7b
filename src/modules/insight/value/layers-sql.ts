import { allInOrder } from '../report/in-order.ts';
import type { Rows } from '../report/rows-sql.ts';
import { broughtSql } from './invited-sql.ts';
import { keptParts, layersKey, partNames } from './kept.ts';
import { type Layer, layerParts, layers, type ValueSettings } from './schema.ts';

const textList = (names: readonly string[]) => `(${names.map((name) => `'${name}'`).join(', ')})`;
const kept = textList(['Content Viewed', 'Content Kept', 'Content Liked', 'Product Added to Wishlist']);
const voice = textList([
  'Product Reviewed',
  'Feedback Given',
  'Survey Answered',
  'Idea Submitted',
  'Idea Voted',
]);
const shared = textList(['Content Shared', 'Product Shared', 'Cart Shared']);

/**
 * One row a person who did anything in the period, with what the layers are made of. Money is orders less refunds, and
 * not less than 0. Only tenure looks back before the period. First by identifier, in the order of rows, so that what is
 * kept of one is small and whose it is is asked once an identifier; days are lists, which take less room than sets.
 */
function signalsSql(rows: Rows): string {
  const track = (names: string) => `countIf(is_now and type = 'track' and event in ${names})`;
  const money = (name: string) =>
    `sumIf(assumeNotNull(total), is_now and total > 0 and type = 'track' and event = '${name}' and currency = {currency:String})`;
  const sums = ['bought', 'returned', 'orders', 'kept', 'voice', 'shares', 'invites'];
  return `
    select s.who as who, greatest(toFloat64(s.bought) - toFloat64(s.returned), 0) as money, s.orders as orders, s.days as days,
           s.months as months, s.kept as kept, s.voice as voice, s.tenure as tenure, s.shares as shares,
           s.invites as invites, b.accepted as accepted, b.brought as brought
      from (
        select ${rows.who} as who, ${sums.map((name) => `sum(${name}) as ${name}`).join(', ')},
               arrayDistinct(groupArrayArray(all_days)) as on_days, length(on_days) as days,
               length(arrayDistinct(arrayMap(day -> toYYYYMM(toDate(day)), on_days))) as months,
               dateDiff('day', min(began), ${rows.to}) as tenure, max(came) as came
          from (
            select key, any(person) as person, ${money('Order Completed')} as bought, ${money('Order Refunded')} as returned,
                   countIf(is_now and total > 0 and type = 'track' and event = 'Order Completed') as orders,
                   arrayDistinct(groupArrayIf(toUInt16(toDate(time, {zone:String})), is_now)) as all_days,
                   ${track(kept)} as kept, ${track(voice)} as voice, ${track(shared)} as shares, ${track("('Invite Sent')")} as invites,
                   min(time) as began, max(time >= ${rows.from}) as came
              from (select *, time >= ${rows.from} as is_now from events where ${rows.where} and ${rows.untilEnd})
             group by key${allInOrder})
         group by who having came = 1 and who != 0) as s
      left join (
        select who, sumIf(fresh, degree = 1) as accepted,
               sum(toFloat64(revenue) * arrayElement({degrees:Array(Float64)}, degree)) as brought
          from (${broughtSql(rows)}) group by who) as b on b.who = s.who`;
}

/**
 * Of lists with a value a person: 0 where there is none of it; else of all who have any, how many in a hundred have as
 * much or less. Sorted by value, the last place of each value counts. Lists, because windows hold all columns of
 * everybody several times over.
 */
function rankSql(part: string): string {
  const sorted = `arraySort(all_${part})`;
  return `
    arraySort((rank, place) -> place,
      arrayMap((value, upto, none, n) -> if(value > 0, 100 * (upto - none) / (n - none), 0),
        ${sorted} as sorted_${part},
        arrayReverseFill((place, is_last) -> is_last, arrayEnumerate(sorted_${part}),
          arrayMap((value, next) -> value != next, sorted_${part}, arrayResize(arrayPopFront(sorted_${part}), length(sorted_${part})))),
        arrayWithConstant(length(all_${part}), toInt64(arrayCount(value -> value <= 0, all_${part}))),
        arrayWithConstant(length(all_${part}), toInt64(length(all_${part})))),
      arraySort((place, value) -> value, arrayEnumerate(all_${part}), all_${part})) as ranks_${part}`;
}

/** The mean of the ranks of a layer's parts, by their weights. */
function scoreSql(layer: Layer, settings: ValueSettings): string {
  const weights = settings[layer];
  const parts = Object.keys(layerParts[layer]);
  const sum = parts.reduce((all, part) => all + (weights[part] ?? 0), 0);
  if (sum <= 0) return 'toFloat64(0)';
  return `(${parts.map((part) => `${(weights[part] ?? 0) / sum} * ${part}_rank`).join(' + ')})`;
}

/**
 * One row a person who did anything in the period: `who`, each part and its rank, the scores of the layers, and where
 * they stand: in the highest layer that they reach. People are compared with everybody; a segment picks among them.
 */
export function layersSql(rows: Rows, settings: ValueSettings): string {
  const parts = layers.flatMap((layer) => Object.keys(layerParts[layer]));
  const each = ['who', ...parts];
  return `
    select *, multiIf(social >= {social_from:Float64} and social > 0, 'social',
                      emotional >= {emotional_from:Float64} and emotional > 0, 'emotional',
                      functional > 0, 'functional', 'none') as standing
      from (
        select *, ${layers.map((layer) => `${scoreSql(layer, settings)} as ${layer}`).join(', ')}
          from (
            select ${each.map((name) => `one_${name} as ${name}`).join(', ')}, ${parts.map((part) => `rank_${part} as ${part}_rank`).join(', ')}
              from (
                select ${each.map((name) => `all_${name}`).join(', ')}, ${parts.map(rankSql).join(', ')}
                  from (select ${each.map((name) => `groupArray(${name}) as all_${name}`).join(', ')} from (${signalsSql(rows)})))
             array join ${[...each.map((name) => `all_${name} as one_${name}`), ...parts.map((part) => `ranks_${part} as rank_${part}`)].join(', ')}))`;
}

export const layersParams = (o: { currency: string; timeZone: string; settings: ValueSettings }) => ({
  currency: o.currency,
  zone: o.timeZone,
  degrees: o.settings.degrees,
  emotional_from: o.settings.emotionalFrom,
  social_from: o.settings.socialFrom,
});

const list = (names: readonly string[]) =>
  `toString([${names.map((name) => `toFloat64(l.${name})`).join(', ')}])`;

/** Scores, what makes them up, and whom somebody brought, as the text that is kept (`layeredFrom`). */
const partsText = `concat('{"by":"', {value_by:String}, '","standing":"', l.standing, '","scores":', ${list(layers)},
  ',"parts":', ${list(partNames)}, ',"ranks":', ${list(partNames.map((name) => `${name}_rank`))}, ',"degrees":[',
  arrayStringConcat(arrayMap(d -> concat('[', toString(d.1), ',', toString(d.2), ',"', d.3, '"]'), b.degrees), ','), ']}')`;

/**
 * Everybody's scores and where they stand, as values that are kept. Who did nothing in the period but brought others has
 * no score.
 */
export function layersOfAll(
  rows: Rows,
  o: { currency: string; timeZone: string; settings: ValueSettings },
): { sql: string; params: Record<string, unknown> } {
  const score = (layer: Layer) =>
    `if(l.who != 0, toDecimal64(round(l.${layer}, 2), 6), null) as value_${layer}`;
  return {
    sql: `select if(l.who != 0, l.who, b.who) as person, ${layers.map(score).join(', ')},
                 l.standing as value_layer, ${partsText} as ${keptParts}
            from (${layersSql(rows, o.settings)}) as l
            full outer join (
              select who, groupArray((degree, n, toString(revenue))) as degrees from (${broughtSql(rows)}) group by who) as b
              on l.who = b.who`,
    params: { ...rows.params, ...layersParams(o), value_by: layersKey(o) },
  };
}

/** The same question so many days earlier; its parameters are named `earlier_..`. */
export function earlier(rows: Rows, days: number): Rows {
  const renamed = (text: string) =>
    text.replaceAll('{q_from:', '{earlier_from:').replaceAll('{q_to:', '{earlier_to:');
  const [from, to] = [rows.params.q_from as number, rows.params.q_to as number];
  return {
    ...rows,
    inPeriod: renamed(rows.inPeriod),
    untilEnd: renamed(rows.untilEnd),
    from: renamed(rows.from),
    to: renamed(rows.to),
    params: { ...rows.params, earlier_from: from - days * 86_400_000, earlier_to: to - days * 86_400_000 },
  };
}
