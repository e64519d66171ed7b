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
 * not less than 0. Only tenure looks back before the period.
 */
function signalsSql(rows: Rows): string {
  const track = (names: string) => `countIf(is_now and type = 'track' and event in ${names})`;
  return `
    select s.who as who, greatest(toFloat64(s.bought) - toFloat64(s.returned), 0) as money, s.orders as orders, s.days as days,
           s.months as months, s.kept as kept, s.voice as voice, s.tenure as tenure, s.shares as shares,
           s.invites as invites, b.accepted as accepted, b.brought as brought
      from (
        select ${rows.who} as who,
               sumIf(assumeNotNull(total), is_now and total > 0 and type = 'track' and event = 'Order Completed' and currency = {currency:String}) as bought,
               sumIf(assumeNotNull(total), is_now and total > 0 and type = 'track' and event = 'Order Refunded' and currency = {currency:String}) as returned,
               countIf(is_now and total > 0 and type = 'track' and event = 'Order Completed') as orders,
               uniqExactIf(toDate(time, {zone:String}), is_now) as days,
               uniqExactIf(toYYYYMM(time, {zone:String}), is_now) as months,
               ${track(kept)} as kept, ${track(voice)} as voice, ${track(shared)} as shares, ${track("('Invite Sent')")} as invites,
               dateDiff('day', min(time), ${rows.to}) as tenure,
               max(time >= ${rows.from}) as came
          from (select *, time >= ${rows.from} as is_now from events where ${rows.where} and ${rows.untilEnd})
         group by who having came = 1 and who != 0) as s
      left join (
        select who, sumIf(fresh, degree = 1) as accepted,
               sum(toFloat64(revenue) * arrayElement({degrees:Array(Float64)}, degree)) as brought
          from (${broughtSql(rows)}) group by who) as b on b.who = s.who`;
}

/** 0 where there is none of it; else of all who have any, how many in a hundred have as much or less. */
const rank = (part: string) =>
  `if(${part} > 0, 100 * countIf(${part} > 0) over (order by ${part}) / countIf(${part} > 0) over (), 0)`;

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
  return `
    select *, multiIf(social >= {social_from:Float64} and social > 0, 'social',
                      emotional >= {emotional_from:Float64} and emotional > 0, 'emotional',
                      functional > 0, 'functional', 'none') as standing
      from (
        select *, ${layers.map((layer) => `${scoreSql(layer, settings)} as ${layer}`).join(', ')}
          from (select *, ${parts.map((part) => `${rank(part)} as ${part}_rank`).join(', ')} from (${signalsSql(rows)})))`;
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
