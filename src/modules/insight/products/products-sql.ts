import type { Asking } from '../report/define.ts';

/** What products are told apart by. */
export type ProductBy = 'product' | 'category';

export interface Sold {
  item: string;
  name: string;
  orders: number;
  units: number;
  buyers: number;
  /** Of the buyers, those for whom it was not the first order of it. */
  again: number;
}

/** More different products than these are not looked at in pairs: the most frequent are. */
const mostItems = 1_000;
/** Of a larger basket the most frequent products are paired. */
const mostInBasket = 100;

/** The expression is that of the projection, in which orders stand together. */
const anOrder = "type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1";
/** Each field that is asked for has its price: an order is parsed in a microsecond or two. */
const linesOf = (by: ProductBy, numbers: readonly ('quantity' | 'price')[] = []) => {
  const texts = by === 'product' ? ['product_id', 'sku', 'name'] : ['category'];
  const fields = [
    ...texts.map((name) => `${name} String`),
    ...numbers.map((name) => `${name} Nullable(Float64)`),
  ];
  return `JSONExtract(order_properties, 'products', 'Array(Tuple(${fields.join(', ')}))')`;
};
const itemOf: Record<ProductBy, string> = {
  product: "multiIf(p.product_id != '', p.product_id, p.sku != '', p.sku, p.name)",
  category: 'p.category',
};
const nameOf: Record<ProductBy, string> = { product: 'p.name', category: 'p.category' };
const items = (by: ProductBy) =>
  `arrayDistinct(arrayFilter(item -> item != '', arrayMap(p -> ${itemOf[by]}, ${linesOf(by)})))`;

/** What was bought in the period, the most frequent first. */
export async function soldItems({ ch, rows }: Asking, by: ProductBy): Promise<Sold[]> {
  const found = await ch.query<Record<keyof Sold, string>>(
    `select item, argMax(name, latest) as name, sum(n) as orders, sum(pieces) as units, count() as buyers, countIf(ever > 1) as again
       from (
         select who, bought.1 as item, max(time) as latest, argMax(bought.2, time) as name,
                countIf(time >= ${rows.from}) as n, sumIf(bought.3, time >= ${rows.from}) as pieces, count() as ever
           from (
             select ${rows.who} as who, time,
                    arrayMap(p -> (${itemOf[by]}, ${nameOf[by]}, ifNull(p.quantity, 1)), ${linesOf(by, ['quantity'])}) as told,
                    arrayMap(item -> (item, arrayFirst(one -> one.1 = item, told).2, arraySum(arrayMap(one -> if(one.1 = item, one.3, 0), told))),
                      arrayDistinct(arrayFilter(item -> item != '', told.1))) as bought_all
               from events
              where ${rows.where} and ${rows.untilEnd} and ${anOrder})
          array join bought_all as bought
          group by who, item having n > 0 and ${rows.isMeant})
      group by item order by orders desc, item limit ${mostItems}`,
    rows.params,
  );
  return found.map((row) => ({
    item: row.item,
    name: row.name === '' ? row.item : row.name,
    orders: Number(row.orders),
    units: Number(row.units),
    buyers: Number(row.buyers),
    again: Number(row.again),
  }));
}

/** How often two were in one order; `known` is sorted by how frequent they are. */
export async function pairCounts(
  { ch, rows }: Asking,
  by: ProductBy,
  o: { known: readonly string[]; least: number; most: number },
): Promise<{ a: number; b: number; orders: number }[]> {
  if (o.known.length < 2) return [];
  const found = await ch.query<{ a: number; b: number; orders: string }>(
    `select intDiv(pair, 65536) - 1 as a, pair % 65536 - 1 as b, count() as orders
       from (
         select arrayJoin(arrayFlatten(arrayMap(i -> arrayMap(j -> toUInt32(codes[i] * 65536 + codes[j]), range(i + 1, length(codes) + 1)),
                  arrayEnumerate(codes)))) as pair
           from (
             select who, arraySlice(arraySort(arrayFilter(code -> code > 0,
                      arrayMap(item -> transform(item, {known:Array(String)}, {numbers:Array(UInt32)}, toUInt32(0)), items))), 1, ${mostInBasket}) as codes
               from (
                 select ${rows.who} as who, ${items(by)} as items from events
                  where ${rows.where} and ${rows.inPeriod} and ${anOrder})
              where length(codes) > 1 and ${rows.isMeant}))
      group by pair having orders >= {least:UInt64}
      order by orders desc, pair limit {most:UInt32}
      settings max_block_size = 8192`,
    {
      ...rows.params,
      known: o.known,
      numbers: o.known.map((_, i) => i + 1),
      least: o.least,
      most: o.most,
    },
  );
  return found.map(({ a, b, orders }) => ({ a: Number(a), b: Number(b), orders: Number(orders) }));
}

/**
 * From the product that led somebody's first order ever, if it lies in the period, to the one that led the second; ''
 * where there was none by the end. The dearest of an order leads it. And, by the same reading, how many orders of the
 * period had products: each of those is led by one of them.
 */
export async function ladderSteps(
  { ch, rows }: Asking,
  by: ProductBy,
): Promise<{ baskets: number; steps: { first: string; second: string; people: number }[] }> {
  const found = await ch.query<{ first: string; second: string; people: string; baskets: string }>(
    `select first, second, people, sum(n) over () as baskets
       from (
         select first, second, countIf(is_new) as people, sum(n) as n
           from (
             select who, arraySlice(arraySort(groupArray((time, seq, lead))), 1, 2) as orders, countIf(time >= ${rows.from}) as n,
                    orders[1].1 >= ${rows.from} as is_new, if(is_new, orders[1].3, '') as first,
                    if(is_new and length(orders) > 1, orders[2].3, '') as second
               from (
                 select ${rows.who} as who, time, seq,
                        arraySort(one -> -one.1, arrayFilter(one -> one.2 != '',
                          arrayMap(p -> (ifNull(p.price, 0) * ifNull(p.quantity, 1), ${itemOf[by]}), ${linesOf(by, ['quantity', 'price'])})))[1].2 as lead
                   from events
                  where ${rows.where} and ${rows.untilEnd} and ${anOrder} and lead != '')
              group by who having ${rows.isMeant})
          group by first, second)
      order by people desc, first, second limit 5000`,
    rows.params,
  );
  return {
    baskets: Number(found[0]?.baskets ?? 0),
    steps: found
      .map(({ first, second, people }) => ({ first, second, people: Number(people) }))
      .filter(({ people }) => people > 0),
  };
}

/** Of the orders of the period that have a number, by product: how many, and how many came back by the end. */
export async function returnedItems(
  { ch, rows }: Asking,
  by: ProductBy,
): Promise<{ item: string; orders: number; returned: number }[]> {
  const found = await ch.query<{ item: string; orders: string; returned: string }>(
    `select item, count() as orders, countIf(has(back, item) or (refunded and empty(back))) as returned
       from (
         select who, order_id, arrayJoin(arrayDistinct(groupArrayArrayIf(items, is_order and time < ${rows.to}))) as item,
                groupArrayArrayIf(items, not is_order) as back, max(not is_order) as refunded
           from (
             select ${rows.who} as who, order_id, time, event = 'Order Completed' as is_order, ${items(by)} as items
               from events
              where ${rows.where} and type = 'track' and event in ('Order Completed', 'Order Refunded') and order_id != ''
                and time >= ${rows.from})
          group by who, order_id having ${rows.isMeant})
      group by item`,
    rows.params,
  );
  return found.map(({ item, orders, returned }) => ({
    item,
    orders: Number(orders),
    returned: Number(returned),
  }));
}
