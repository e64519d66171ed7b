/** Statements of the bench that fills segments from nothing; the workspace is the first one. */

export interface Past {
  people: number;
  events: number;
  days: number;
  nowMs: number;
}

/** Events a statement: more than that would not fit into the engine's memory. */
const chunk = 500_000;

/** Whether the person with this number looked around before they were known, by an identifier that is theirs now. */
const hadBrowser = (n: string) => `${n} % 10 < 3`;

/** Everybody has a user id, key 2n; three of ten had another one before, key 2n + 1. */
export function pastStatements({ people, events, days, nowMs }: Past): string[] {
  const hash = (salt: number) => `sipHash64(number, ${salt})`;
  const n = `(1 + ${hash(1)} % ${people})`;
  const key = `2 * ${n} + (${hadBrowser(n)} and ${hash(2)} % 4 = 0)`;
  const names =
    "['Product Viewed','Product Viewed','Product Viewed','Product Added','Store Entered','Order Completed']";
  const time = `fromUnixTimestamp64Milli(toInt64(${nowMs} - ${hash(3)} % ${days * 86_400_000}), 'UTC')`;
  const price = `toString(${hash(5)} % 100)`;
  const properties = `concat('{"product_id":"p-', toString(${hash(6)} % 500), '","category":"k', toString(${hash(7)} % 20), '","price":', ${price}, ',"total":', ${price}, ',"store_id":"s-', toString(${hash(8)} % 9), '"}')`;
  return [
    `insert into person_identifiers
     select 1, 2 * number, 2 * number, 'user_id',
            concat('{"plan":["', if(number % 2 = 0, 'free', 'gold'), '",1,0],"city":["c', toString(number % 50), '",1,0]}'),
            '', 1 from numbers(1, ${people})`,
    `insert into person_identifiers
     select 1, 2 * number + 1, 2 * number, 'anonymous_id', '', '', 1 from numbers(1, ${people}) where ${hadBrowser('number')}`,
    `insert into moved_identifiers
     select 2 * number + 1, 2 * number, 1 from numbers(1, ${people}) where ${hadBrowser('number')}`,
    'system reload dictionary person_now',
    ...Array.from(
      { length: Math.ceil(events / chunk) },
      (
        _,
        i,
      ) => `insert into events (workspace_id, key, person, time, received, seq, message_id, source, channel, type, event, known,
                         store_id, properties)
     select 1, ${key}, ${key}, ${time}, ${time}, 0, toString(number), 1, 'web', 'track', ${names}[1 + ${hash(4)} % 6], 1,
            '', ${properties}
       from numbers(${i * chunk}, ${Math.min(chunk, events - i * chunk)})`,
    ),
  ];
}

const day = 86_400_000;

/** Rules, and for each the statement that a careful person would write for the same question: `person`. */
export function questions(now: number): { rule: object; byHand: string }[] {
  const events = (where: string, from = 0) =>
    `from people_events where workspace_id = 1 and contract = 0 and bot = 0 and ${where}
       and time <= fromUnixTimestamp64Milli(toInt64(${now}), 'UTC')${from === 0 ? '' : ` and time > fromUnixTimestamp64Milli(toInt64(${now - from}), 'UTC')`}`;
  const last = (days: number) => ({ last: { days } });
  return [
    {
      rule: { did: 'Order Completed', at_least: 2, in: last(30) },
      byHand: `select person ${events("event = 'Order Completed'", 30 * day)} group by person having count() >= 2`,
    },
    {
      rule: {
        did: { event: 'Product Viewed', where: [{ property: 'category', equals: 'k3' }] },
        at_least: 2,
        in: last(30),
      },
      byHand: `select person ${events("event = 'Product Viewed' and JSONExtractString(properties, 'category') = 'k3'", 30 * day)} group by person having count() >= 2`,
    },
    {
      rule: { measure: 'Order Completed', sum: 'price', at_least: 150, in: last(60) },
      byHand: `select person ${events("event = 'Order Completed'", 60 * day)} group by person having sum(JSONExtractFloat(properties, 'price')) >= 150`,
    },
    {
      rule: { all: [{ did: 'Product Viewed' }, { did_not: 'Order Completed', in: last(30) }] },
      byHand: `select person ${events("event in ('Product Viewed', 'Order Completed')")} group by person
         having countIf(event = 'Product Viewed') > 0
            and countIf(event = 'Order Completed' and time > fromUnixTimestamp64Milli(toInt64(${now - 30 * day}), 'UTC')) = 0`,
    },
    {
      rule: { sequence: ['Product Viewed', 'Store Entered'], within: { days: 3 }, in: last(30) },
      byHand: `select person ${events("event in ('Product Viewed', 'Store Entered')", 30 * day)} group by person
         having windowFunnel(${3 * day}, 'strict_increase')(toUInt64(toUnixTimestamp64Milli(time)), event = 'Product Viewed', event = 'Store Entered') = 2`,
    },
    {
      rule: {
        abandoned: 'Product Added',
        without: 'Order Completed',
        within: { hours: 4 },
        in: last(7),
      },
      byHand: `select person from (
           select person, groupArrayIf(toUnixTimestamp64Milli(time), event = 'Product Added') as a,
                  groupArrayIf(toUnixTimestamp64Milli(time), event = 'Order Completed') as b
           ${events("event in ('Product Added', 'Order Completed')", 7 * day)} group by person)
         where arrayExists(x -> x + 14400000 <= ${now} and not arrayExists(y -> y > x and y <= x + 14400000, b), a)`,
    },
    {
      rule: { trait: 'city', equals: 'c7' },
      byHand: `select person from people_now where workspace_id = 1 group by person
         having argMaxIf(JSONExtractString(traits, 'city', 1), JSONExtractInt(traits, 'city', 2), traits != '') = 'c7'`,
    },
    {
      rule: {
        all: [
          { trait: 'plan', equals: 'gold' },
          { did: 'Store Entered', at_least: 2 },
        ],
      },
      byHand: `select person from people_now where workspace_id = 1
           and person in (select person ${events("event = 'Store Entered'")} group by person having count() >= 2)
         group by person
         having argMaxIf(JSONExtractString(traits, 'plan', 1), JSONExtractInt(traits, 'plan', 2), traits != '') = 'gold'`,
    },
    {
      rule: { did: { event: 'Product Viewed', where: [{ property: 'price', greater: 95 }] }, at_least: 2 },
      byHand: `select person ${events("event = 'Product Viewed' and JSONExtractFloat(properties, 'price') > 95")} group by person having count() >= 2`,
    },
    {
      rule: { measure: 'Product Viewed', distinct: 'product_id', at_least: 3, in: last(60) },
      byHand: `select person ${events("event = 'Product Viewed'", 60 * day)} group by person having uniqExact(JSONExtractString(properties, 'product_id')) >= 3`,
    },
  ];
}
