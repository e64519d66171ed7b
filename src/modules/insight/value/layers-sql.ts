import type { Asking } from '../report/define.ts';
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

/** A period that layers are counted of; `as` ends the names of its columns. */
interface Span {
  as: '' | '_then';
  rows: Rows;
}

/**
 * One row a person who did anything in one of the periods, with what the layers are made of in each. Money is orders less
 * refunds, and not less than 0. Only tenure looks back before a period. First by identifier, in the order of rows, so that
 * what is kept of one is small and whose it is is asked once an identifier; days are lists, which take less room than
 * sets. The first period ends last: one reading of events answers for both.
 */
function signalsSql(spans: readonly Span[], inOrder: string): string {
  const [{ rows }] = spans as [Span];
  const sums = ['bought', 'returned', 'orders', 'kept', 'voice', 'shares', 'invites'];
  const each = (columns: (span: Span) => readonly string[]) => spans.flatMap(columns).join(', ');
  return `
    select s.who as who, ${each(({ as }) => [
      `s.came${as} as came${as}`,
      `greatest(toFloat64(s.bought${as}) - toFloat64(s.returned${as}), 0) as money${as}`,
      ...['orders', 'days', 'months', 'kept', 'voice', 'tenure', 'shares', 'invites'].map(
        (name) => `s.${name}${as} as ${name}${as}`,
      ),
      ...['accepted', 'brought'].map((name) => `if(came${as}, b${as}.${name}, 0) as ${name}${as}`),
    ])}
      from (
        select ${rows.who} as who, ${each(({ as, rows: { to } }) => [
          ...sums.map((name) => `sum(${name}${as}) as ${name}${as}`),
          `arrayDistinct(groupArrayArray(all_days${as})) as on_days${as}`,
          `length(on_days${as}) as days${as}`,
          `length(arrayDistinct(arrayMap(day -> toYYYYMM(toDate(day)), on_days${as}))) as months${as}`,
          `max(came${as}) as came${as}`,
          `if(came${as}, dateDiff('day', min(began), ${to}), 0) as tenure${as}`,
        ])}
          from (
            select key, any(person) as person, min(time) as began, ${each(({ as }) => {
              const is = `is_in${as}`;
              const track = (names: string) => `countIf(${is} and type = 'track' and event in ${names})`;
              const money = (name: string) =>
                `sumIf(assumeNotNull(total), ${is} and total > 0 and type = 'track' and event = '${name}' and currency = {currency:String})`;
              return [
                `max(${is}) as came${as}`,
                `${money('Order Completed')} as bought${as}`,
                `${money('Order Refunded')} as returned${as}`,
                `countIf(${is} and total > 0 and type = 'track' and event = 'Order Completed') as orders${as}`,
                `arrayDistinct(groupArrayIf(toUInt16(toDate(time, {zone:String})), ${is})) as all_days${as}`,
                `${track(kept)} as kept${as}`,
                `${track(voice)} as voice${as}`,
                `${track(shared)} as shares${as}`,
                `${track("('Invite Sent')")} as invites${as}`,
              ];
            })}
              from (
                select *, ${each(({ as, rows: { inPeriod } }) => [`${inPeriod} as is_in${as}`])}
                  from events where ${rows.where} and ${rows.untilEnd})
             group by key${inOrder})
         group by who having who != 0 and (${spans.map(({ as }) => `came${as} = 1`).join(' or ')})) as s
      ${spans
        .map(
          ({ as, rows: own }) => `left join (
        select who, sumIf(fresh, degree = 1) as accepted,
               sum(toFloat64(revenue) * arrayElement({degrees:Array(Float64)}, degree)) as brought
          from (${broughtSql(own)}) group by who) as b${as} on b${as}.who = s.who`,
        )
        .join('\n      ')}`;
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
function scoreSql(layer: Layer, settings: ValueSettings, { as }: Span): string {
  const weights = settings[layer];
  const parts = Object.keys(layerParts[layer]);
  const sum = parts.reduce((all, part) => all + (weights[part] ?? 0), 0);
  if (sum <= 0) return 'toFloat64(0)';
  return `(${parts.map((part) => `${(weights[part] ?? 0) / sum} * ${part}${as}_rank`).join(' + ')})`;
}

/**
 * One row a person who did anything in the period: `who`, each part and its rank, the scores of the layers, and where
 * they stand: in the highest layer that they reach. People are compared with everybody; a segment picks among them.
 */
export const layersSql = (rows: Rows, settings: ValueSettings): string =>
  standingsSql([{ as: '', rows }], settings, allInOrder);

/** The same of two periods, one that ends earlier: its columns end in `_then`. Who was not there stands at ''. */
export const layersThenAndNowSql = (
  { rows, allInOrder: inOrder }: Pick<Asking, 'rows' | 'allInOrder'>,
  then: Rows,
  settings: ValueSettings,
): string =>
  standingsSql(
    [
      { as: '', rows },
      { as: '_then', rows: then },
    ],
    settings,
    inOrder,
  );

function standingsSql(spans: readonly Span[], settings: ValueSettings, inOrder: string): string {
  const each = (columns: (span: Span) => readonly string[]) => spans.flatMap(columns);
  const parts = each(({ as }) => partNames.map((part) => part + as));
  const kept = ['who', ...each(({ as }) => [`came${as}`]), ...parts];
  const standing = ({ as }: Span) =>
    `multiIf(came${as} = 0, '', social${as} >= {social_from:Float64} and social${as} > 0, 'social',
                      emotional${as} >= {emotional_from:Float64} and emotional${as} > 0, 'emotional',
                      functional${as} > 0, 'functional', 'none') as standing${as}`;
  const scores = (span: Span) =>
    layers.map((layer) => `${scoreSql(layer, settings, span)} as ${layer}${span.as}`);
  return `
    select * except (${each(({ as }) => [`came${as}`]).join(', ')}), ${spans.map(standing).join(', ')}
      from (
        select *, ${each(scores).join(', ')}
          from (
            select ${kept.map((name) => `one_${name} as ${name}`).join(', ')}, ${parts.map((part) => `rank_${part} as ${part}_rank`).join(', ')}
              from (
                select ${kept.map((name) => `all_${name}`).join(', ')}, ${parts.map(rankSql).join(', ')}
                  from (select ${kept.map((name) => `groupArray(${name}) as all_${name}`).join(', ')} from (${signalsSql(spans, inOrder)})))
             array join ${[...kept.map((name) => `all_${name} as one_${name}`), ...parts.map((part) => `ranks_${part} as rank_${part}`)].join(', ')}))`;
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
