/** Statements that make a brand in ClickHouse alone, as the program would have it: rows, identifiers, who moved. */

export interface Brand {
  people: number;
  events: number;
  days: number;
  nowMs: number;
}

/** Rows that are written at once, with their projection, within the memory that a statement may use. */
const inParts =
  'min_insert_block_size_rows = 250000, min_insert_block_size_bytes = 64000000, max_block_size = 65409';

/** Of a hundred events so many of each name. */
const mix: readonly (readonly [name: string, share: number])[] = [
  ['page', 24],
  ['Product Viewed', 30],
  ['Products Searched', 9],
  ['Product Added', 10],
  ['Content Viewed', 8],
  ['Checkout Started', 5],
  ['Order Completed', 4],
  ['Store Entered', 3],
  ['Store Exited', 3],
  ['Product Reviewed', 2],
  ['Product Shared', 2],
];
const namesOf = mix.flatMap(([name, share]) => Array.from({ length: share }, () => name));

/** Whether somebody looked around before they were known, by an identifier that is theirs now: three of ten. */
const hadBrowser = (n: string) => `${n} % 10 < 3`;

/**
 * Everybody has a user id, key 2n; three of ten had a browser before, key 2n + 1, in `moved_identifiers`. Some do far more
 * than others: the number is the lower of two that chance gives.
 */
export function brandStatements({ people, events, days, nowMs }: Brand): string[] {
  const hash = (salt: number) => `sipHash64(number, ${salt})`;
  const n = `(1 + least(${hash(1)} % ${people}, ${hash(9)} % ${people}))`;
  const key = `2 * n + (${hadBrowser('n')} and ${hash(2)} % 4 = 0)`;
  const list = namesOf.map((name) => `'${name}'`).join(',');
  const time = `fromUnixTimestamp64Milli(toInt64(${nowMs} - 1 - ${hash(3)} % ${days * 86_400_000}), 'UTC')`;
  const product = (salt: number) =>
    `concat('{"product_id":"p-', toString(least(${hash(salt)} % 400, ${hash(salt + 20)} % 400)), '","quantity":1,"price":', toString(5 + ${hash(salt)} % 60), '}')`;
  const campaign = `['google', 'newsletter', 'social', 'friend', ''][1 + ${hash(12)} % 5]`;
  const properties = `multiIf(
    name = 'Order Completed', concat('{"products":[', ${product(31)}, ',', ${product(32)}, if(${hash(8)} % 2 = 0, concat(',', ${product(33)}), ''), ']}'),
    name in ('Store Entered', 'Store Exited'), concat('{"store_id":"s-', toString(${hash(6)} % 9), '","dwell_seconds":', toString(60 + ${hash(7)} % 1800), '}'),
    concat('{"product_id":"p-', toString(${hash(6)} % 400), '","category":"k', toString(${hash(7)} % 12), '"}'))`;
  return [
    `insert into person_identifiers
     select 1, 2 * number, 2 * number, 'user_id', '', '', 1 from numbers(1, ${people})`,
    `insert into person_identifiers
     select 1, 2 * number + 1, 2 * number, 'anonymous_id', '', '', 1 from numbers(1, ${people}) where ${hadBrowser('number')}`,
    `insert into moved_identifiers
     select 2 * number + 1, 2 * number, 1 from numbers(1, ${people}) where ${hadBrowser('number')}`,
    'system reload dictionary person_now',
    `insert into events (workspace_id, key, person, time, received, seq, message_id, source, channel, type, event, known,
                         order_id, total, currency, store_id, user_id, properties, context)
     select 1, key, key, time, time, 0, toString(number), 1,
            multiIf(name in ('Store Entered', 'Store Exited'), 'sensor', ${hash(5)} % 10 < 7, 'web', 'app'),
            if(name = 'page', 'page', 'track'), name, key % 2 = 0,
            if(name = 'Order Completed', toString(number), ''),
            if(name = 'Order Completed', toDecimal64(5 + ${hash(10)} % 20000 / 100, 6), null),
            if(name = 'Order Completed', 'EUR', ''),
            if(name in ('Store Entered', 'Store Exited'), concat('s-', toString(${hash(6)} % 9)), ''),
            if(key % 2 = 0, concat('u', toString(n)), ''), ${properties},
            if(campaign = '', '', concat('{"campaign":{"source":"', campaign, '"}}'))
       from (select number, ${n} as n, ${key} as key, ${time} as time, [${list}][1 + ${hash(4)} % ${namesOf.length}] as name, ${campaign} as campaign
               from numbers(${events}))
     settings ${inParts}`,
  ];
}

/** What ClickHouse does behind our backs, minutes after rows came, done now. */
export const merged = (table: 'events' | 'resolved') => `optimize table ${table} final`;

/** The same rows with their people resolved, in a table of the same kind: what statements by hand are asked of. */
export const resolvedStatements = [
  'create table resolved as events',
  `insert into resolved select * replace (dictGetOrDefault('person_now', 'person', key, person) as person) from events
   settings ${inParts}`,
];

/** As before anything was made, for a brand of another size. */
export const emptied = [
  'truncate table events',
  'truncate table person_identifiers',
  'truncate table moved_identifiers',
  'system reload dictionary person_now',
];
