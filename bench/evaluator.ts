import { parseArgs } from 'node:util';
import {
  compileSet,
  type EventRow,
  type PersonState,
  type RuleContext,
  readRule,
} from '../src/modules/segments/rule/index.ts';
import { segmentsOfAShop } from './rig/segments.ts';

/**
 * How many events a second one core takes through the evaluator of segments alone: read the row's properties, match it
 * against every rule's events, add it to the person's timeline, evaluate each rule that it touches, and work out when
 * that will change by time alone. Everybody has a history before the clock starts. CPU time is told as well, since it
 * is what one core does when others want it too.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    segments: { type: 'string', default: '500' },
    people: { type: 'string', default: '20000' },
    history: { type: 'string', default: '50' },
    events: { type: 'string', default: '400000' },
  },
});
const people = Number(values.people);
const history = Number(values.history);
const events = Number(values.events);
const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

const context: RuleContext = {
  timeZone: 'Europe/Oslo',
  consentDefaults: {},
  stages: {
    names: ['page', 'Product Viewed', 'Order Completed', 'Product Used', 'Content Shared'],
    stages: [1, 2, 3, 4, 5],
  },
  segments: () => null,
  lists: () => true,
  sources: () => 1,
};
const rules = segmentsOfAShop(Number(values.segments)).map((json, id) => ({
  id,
  rule: readRule(json, context),
}));
const set = compileSet(rules, context);

/** The same numbers at every run. */
let seed = 42;
const chance = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
const names = [
  'page',
  'page',
  'page',
  'Product Viewed',
  'Product Viewed',
  'Product Viewed',
  'Product List Viewed',
  'Product Added',
  'Products Searched',
  'Store Entered',
  'Zone Entered',
  'Store Exited',
  'Checkout Started',
  'Order Completed',
  'Content Viewed',
  'Content Shared',
  'Product Used',
  'Invite Sent',
  'Email Opened',
  'Email Clicked',
];
const categories = Array.from({ length: 12 }, (_, i) => `category ${i}`);

/** Cells of a row of the log, in the order of its columns. */
function cellsOf(person: number, time: number): string[] {
  const name = pick(names);
  const isPage = name === 'page';
  const price = (Math.floor(chance() * 20_000) / 100).toString();
  const properties = isPage
    ? `{"path":"/p/${Math.floor(chance() * 500)}","title":"A page of the shop","referrer":"https://example.com/"}`
    : `{"product_id":"p${Math.floor(chance() * 500)}","name":"A thing to buy","category":"${pick(categories)}","price":${price},"quantity":${1 + Math.floor(chance() * 3)},"zone":"zone ${Math.floor(chance() * 8)}","dwell_seconds":${Math.floor(chance() * 1800)},"url":"https://shop.example/p/1"}`;
  const total = name === 'Order Completed' ? price : '\\N';
  return `1\t${person}\t${person}\t1\t0\t7\t${Math.floor(time / 1000)}.${String(time % 1000).padStart(3, '0')}\t${Math.floor(time / 1000)}.000\tm${Math.floor(chance() * 1e9)}\t1\t${pick(['web', 'app', 'store'])}\t${isPage ? 'page' : 'track'}\t${isPage ? '' : name}\t0\t0\t\t${total}\tEUR\tstore-${Math.floor(chance() * 10)}\tu${person}\t\t${properties}\t\t\t`.split(
    '\t',
  );
}

const text = (cell: string | undefined) =>
  cell === '\\N' || cell === undefined ? null : cell.includes('\\') ? cell.replace(/\\(.)/g, '$1') : cell;

/** Plain cells are taken as they are. */
function rowOf(c: readonly string[]): EventRow {
  return {
    time: c[6] ?? null,
    type: c[11] ?? null,
    event: text(c[12]),
    channel: c[10] ?? null,
    source: c[9] ?? null,
    contract: c[4] ?? null,
    bot: c[14] ?? null,
    order_id: text(c[15]),
    total: text(c[16]),
    currency: c[17] ?? null,
    store_id: text(c[18]),
    properties: text(c[21]),
  };
}

const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const memory = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

say(`${rules.length} segments, ${people} people with ${history} events each.`);
const before = memory();
const states: PersonState[] = [];
for (let person = 0; person < people; person++) {
  const state = set.newPerson(person + 1);
  set.setFacts(state, {
    traits: {
      city: pick(['Oslo', 'Bergen']),
      birthday: `1990-0${1 + Math.floor(chance() * 9)}-1${Math.floor(chance() * 9)}`,
    },
    consent: { marketing: [chance() < 0.5, start] },
    lists: [],
    snapshots: {},
  });
  for (let i = 0; i < history; i++) {
    const entry = set.entryOf(
      rowOf(cellsOf(person, start + Math.floor(((i + chance()) / history) * 90 * day))),
    );
    if (entry) set.add(state, entry);
  }
  states.push(state);
}
const bytesPerPerson = (memory() - before) / people;

let evaluated = 0;
let members = 0;
function run(state: PersonState, row: EventRow, now: number): void {
  const entry = set.entryOf(row);
  if (!entry) return;
  set.add(state, entry);
  for (const rule of set.touched(entry)) {
    evaluated++;
    if (set.evaluate(state, rule, now).in) members++;
  }
}

const rate = 5000;
const batch = 20_000;
let sent = 0;
let wallMs = 0;
let cpuMs = 0;
for (let round = 0; sent < events + batch; round++) {
  const now = (i: number) => start + 90 * day + Math.floor(((round * batch + i) * 1000) / rate);
  const persons = Array.from({ length: batch }, () => Math.floor(chance() * people));
  const rows = persons.map((person, i) => rowOf(cellsOf(person, now(i))));
  globalThis.gc?.();
  // The first round warms up.
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let i = 0; i < batch; i++) {
    run(states[persons[i] as number] as PersonState, rows[i] as EventRow, now(i));
  }
  const { user, system } = process.cpuUsage(cpu);
  if (round === 0) evaluated = 0;
  else {
    wallMs += performance.now() - began;
    cpuMs += (user + system) / 1000;
  }
  sent += batch;
}
const measured = sent - batch;
const result = {
  segments: rules.length,
  people,
  events: measured,
  evaluator_events_per_s_per_core: Math.round((measured / cpuMs) * 1000),
  events_per_s_of_the_clock: Math.round((measured / wallMs) * 1000),
  rules_evaluated_per_event: Math.round((evaluated / measured) * 10) / 10,
  bytes_per_person: Math.round(bytesPerPerson),
  members_seen: members,
};
process.stdout.write(
  values.json
    ? `${JSON.stringify(result)}\n`
    : `${Object.entries(result)
        .map(([name, value]) => `${name.padEnd(34)}${value}`)
        .join('\n')}\n`,
);
