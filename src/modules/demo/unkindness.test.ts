import { beforeAll, describe, expect, test } from 'vitest';
import { normalizeIdentifier } from '#modules/people';
import { STORES } from './brand.ts';
import { HOUR_MS } from './calendar.ts';
import type { Id } from './identifiers.ts';
import type { Delivery, Message } from './post.ts';
import { deliveries } from './simulate.ts';
import { createTruth, type TruthLearner, truthOf } from './truth.ts';
import { createWorld, type StoryOptions, type World } from './world.ts';

const brand: StoryOptions = { seed: 3, people: 4000, months: 12, now: Date.UTC(2026, 10, 20, 15, 30) };

let world: World;
let told: Delivery[];
let truth: TruthLearner;

beforeAll(() => {
  world = createWorld(brand);
  truth = createTruth(world.parent);
  told = [];
  for (const delivery of deliveries(world)) {
    told.push(delivery);
    truth.learn(delivery);
  }
});

const share = (wanted: (d: Delivery) => boolean) => told.filter(wanted).length / told.length;
const odd = (oddity: Delivery['oddity']) => share((d) => d.oddity === oddity);
const messageOf = (d: Delivery) => d.message as Message;

describe('life is unkind, in the stated shares', () => {
  test('messages come twice under the same id, some with another time', () => {
    expect(odd('repeat') + odd('restamped')).toBeGreaterThan(0.009);
    expect(odd('repeat') + odd('restamped')).toBeLessThan(0.015);
    const first = new Map<string, Message>();
    let restamped = 0;
    for (const delivery of told) {
      const message = messageOf(delivery);
      const before = first.get(message.messageId);
      if (before === undefined) first.set(message.messageId, message);
      else {
        expect(delivery.oddity).toMatch(/^(repeat|restamped|malformed)$/);
        if (before.timestamp !== message.timestamp) restamped++;
        expect({ ...message, timestamp: '' }).toEqual({ ...before, timestamp: '' });
      }
    }
    expect(restamped).toBeGreaterThan(50);
  });

  test('messages come late: hours by an offline till, days by an offline app', () => {
    const late = told.filter((d) => d.oddity === 'late');
    expect(late.length / told.length).toBeGreaterThan(0.003);
    const delay = (d: Delivery) => d.arrivedAt - Date.parse(messageOf(d).timestamp);
    expect(late.some((d) => d.touchpoint.startsWith('till-') && delay(d) > 3 * HOUR_MS)).toBe(true);
    expect(late.some((d) => d.touchpoint === 'app' && delay(d) > 48 * HOUR_MS)).toBe(true);
  });

  test('clocks are wrong by minutes, hours and years, and the sending time is wrong with them', () => {
    expect(odd('clock')).toBeGreaterThan(0.01);
    const ahead = told.filter((d) => d.oddity === 'clock').map((d) => d.sentAt - d.arrivedAt);
    for (const [from, to] of [
      [60_000, HOUR_MS / 2],
      [HOUR_MS / 2, 13 * HOUR_MS],
      [360 * 24 * HOUR_MS, 4000 * 24 * HOUR_MS],
    ] as const) {
      expect(ahead.some((ms) => Math.abs(ms) >= from && Math.abs(ms) < to)).toBe(true);
    }
    // By Segment's rule the true time comes out again: received - (sent - happened).
    for (const delivery of told.filter((d) => d.oddity === 'clock')) {
      const took = delivery.sentAt - Date.parse(messageOf(delivery).timestamp);
      expect(took).toBeGreaterThanOrEqual(-16);
      expect(took).toBeLessThan(HOUR_MS);
    }
  });

  test('bots crawl, some under their name and one that hides', () => {
    const bots = told.filter((d) => d.person < 0);
    expect(bots.length / told.length).toBeGreaterThan(0.01);
    expect(bots.length / told.length).toBeLessThan(0.06);
    const agents = new Set(bots.map((d) => String(messageOf(d).context.userAgent)));
    expect([...agents].some((agent) => /bot|spider/i.test(agent))).toBe(true);
    expect([...agents].some((agent) => !/bot|spider|undefined/i.test(agent))).toBe(true);
  });

  test('a few messages cannot be accepted, of every sort', () => {
    const broken = told.filter((d) => d.oddity === 'malformed').map((d) => d.message);
    expect(broken.length / told.length).toBeGreaterThan(0.0003);
    expect(broken.length / told.length).toBeLessThan(0.0015);
    expect(broken.some((m) => m.type === 'trakc')).toBe(true);
    expect(broken.some((m) => m.type === 'track' && m.event === undefined)).toBe(true);
    expect(broken.some((m) => m.userId === undefined && m.anonymousId === undefined)).toBe(true);
    expect(broken.some((m) => Number.isNaN(Date.parse(String(m.timestamp))))).toBe(true);
    expect(broken.some((m) => typeof m.properties === 'string')).toBe(true);
    expect(broken.some((m) => JSON.stringify(m).length > 32 * 1024)).toBe(true);
  });

  test('orders come back: whole, in part, and some before they arrived', () => {
    const arrived = new Map<unknown, { at: number; total: number }>();
    for (const d of told) {
      const { event, properties } = messageOf(d);
      if (event === 'Order Completed' && !arrived.has(properties?.order_id)) {
        arrived.set(properties?.order_id, { at: d.arrivedAt, total: Number(properties?.total) });
      }
    }
    const refunds = told.filter((d) => messageOf(d).event === 'Order Refunded');
    const kinds = { whole: 0, part: 0, before: 0 };
    for (const refund of refunds) {
      const { properties } = messageOf(refund);
      const order = arrived.get(properties?.order_id);
      if (order === undefined || order.at > refund.arrivedAt) kinds.before++;
      else if (order.total === Number(properties?.total)) kinds.whole++;
      else kinds.part++;
      if (order) expect(Number(properties?.total)).toBeLessThanOrEqual(order.total);
    }
    expect(kinds.whole).toBeGreaterThan(20);
    expect(kinds.part).toBeGreaterThan(20);
    expect(kinds.before).toBeGreaterThan(2);
    expect(refunds.length / arrived.size).toBeGreaterThan(0.05);
    expect(refunds.length / arrived.size).toBeLessThan(0.2);
  });

  test('some deny analytics', () => {
    const answers = told.flatMap((d) => {
      const consent = messageOf(d).context?.consent as
        | { categoryPreferences: { Analytics: boolean } }
        | undefined;
      return consent ? [{ person: d.person, agreed: consent.categoryPreferences.Analytics }] : [];
    });
    const asked = new Set(answers.map((a) => a.person));
    const denied = new Set(answers.filter((a) => !a.agreed).map((a) => a.person));
    expect(denied.size / asked.size).toBeGreaterThan(0.03);
    expect(denied.size / asked.size).toBeLessThan(0.1);
  });

  test('forms hold rubbish, and the same address in many dresses', () => {
    const traits = told.flatMap((d) =>
      messageOf(d).traits ? [messageOf(d).traits as Record<string, unknown>] : [],
    );
    const emails = traits.map((t) => t.email).filter((e) => typeof e === 'string');
    expect(emails.some((e) => e === 'test@test.com')).toBe(true);
    expect(emails.some((e) => e === '')).toBe(true);
    expect(emails.some((e) => e !== e.toLowerCase())).toBe(true);
    expect(emails.some((e) => e !== e.trim())).toBe(true);
    const phones = traits.map((t) => t.phone).filter((p) => typeof p === 'string');
    for (const form of [/^\+44\d{10}$/, /^07\d+ \d+$/, /^0044 /, /^\+86 /, /^0086-/, /^\(0/, /^0+$/]) {
      expect(
        phones.some((p) => form.test(p)),
        String(form),
      ).toBe(true);
    }
    expect(told.some((d) => ['undefined', 'null'].includes(String(messageOf(d).userId)))).toBe(true);
  });
});

describe('one value, several people', () => {
  const ownersOfKind = (kind: string, wanted: (id: Id) => boolean) => {
    const values = new Set(
      told.flatMap((d) => d.ids.filter((id) => id.kind === kind && wanted(id)).map((id) => id.value)),
    );
    return [...values].map((value) => truth.owners(kind, value));
  };

  test('family tablets have two owners or more', () => {
    const cookies = ownersOfKind('anonymous_id', (id) => id.shared === true).filter((o) => o.length > 1);
    expect(cookies.length).toBeGreaterThan(10);
  });

  test('kiosks and the shops own phones have many', () => {
    const kiosks = ownersOfKind('device_id', (id) => id.value.startsWith('KIOSK-'));
    expect(kiosks).toHaveLength(STORES.length);
    for (const owners of kiosks) expect(owners.length).toBeGreaterThan(5);
    const typed = STORES.map((store) => truth.owners('phone', store.phone).length);
    expect(Math.max(...typed)).toBeGreaterThan(2);
  });

  test('numbers change hands, the second owner months after the first', () => {
    expect(world.numberFrom.size).toBeGreaterThan(20);
    for (const [second, first] of world.numberFrom) {
      const givenUp = world.numberGivenUp.get(first) as number;
      expect(world.birthHour[second] as number).toBeGreaterThan(givenUp + 30 * 24);
    }
    const phones = ownersOfKind('phone', (id) => id.shared === true).filter((o) => o.length === 2);
    expect(phones.length).toBeGreaterThan(3);
  });

  test('whatever has several owners was marked as such, but for a slip that hit a stranger', () => {
    const marked = new Map<string, boolean>();
    for (const d of told) {
      for (const id of d.ids) {
        const name = `${id.kind}:${id.value}`;
        marked.set(name, marked.get(name) === true || id.shared === true);
      }
    }
    const unmarked = [...marked].filter(([name, shared]) => {
      const colon = name.indexOf(':');
      return !shared && truth.owners(name.slice(0, colon), name.slice(colon + 1)).length > 1;
    });
    expect(unmarked.length).toBeLessThanOrEqual(2);
  });
});

describe('the truth', () => {
  const rules = {
    kinds: new Map(
      [
        'user_id',
        'card',
        'wechat_unionid',
        'wechat_openid',
        'email',
        'phone',
        'device_id',
        'anonymous_id',
      ].map((name, rank) => [name, { name, rank, unique: false, limit: 1e9 }]),
    ),
    country: 'GB',
    blocked: new Set<string>(),
  };

  /** What the program will find in a message. */
  function found(message: Message): string[] {
    const raw: [string, unknown][] = [
      ['user_id', message.userId],
      ['anonymous_id', message.anonymousId],
    ];
    const { externalIds, device } = message.context as {
      externalIds?: { id: string; type: string }[];
      device?: { id: string };
    };
    for (const id of externalIds ?? []) raw.push([id.type, id.id]);
    if (device) raw.push(['device_id', device.id]);
    if (message.type === 'identify')
      for (const kind of ['email', 'phone', 'card']) raw.push([kind, message.traits?.[kind]]);
    const names = raw.flatMap(([kind, value]) => {
      const read = normalizeIdentifier({ kind, value }, rules);
      return 'ignored' in read ? [] : [`${read.kind}:${read.value}`];
    });
    return [...new Set(names)].sort();
  }

  test('names exactly the identifiers that the program finds in each message, in the same normal form', () => {
    const wrong = told.filter((delivery) => {
      if (delivery.oddity === 'malformed') return false;
      const names = [...new Set(delivery.ids.map((id) => `${id.kind}:${id.value}`))].sort();
      return names.length === 0 || names.join() !== found(messageOf(delivery)).join();
    });
    expect(wrong).toEqual([]);
  });

  test('every identifier has the person it came from among its owners', () => {
    for (const { ids, person } of told)
      for (const id of ids) expect(truth.owners(id.kind, id.value)).toContain(person);
    expect(truth.owners('email', 'nobody@example.com')).toEqual([]);
  });

  test('an account or a card belongs to one person only', () => {
    const only = told.flatMap((d) => d.ids).filter((id) => id.kind === 'user_id' || id.kind === 'card');
    expect(only.length).toBeGreaterThan(1000);
    expect(only.filter((id) => truth.owners(id.kind, id.value).length !== 1)).toEqual([]);
  });

  test('can be had again from the seed', () => {
    const small = { ...brand, people: 300 };
    const again = truthOf(small);
    const learner = createTruth(createWorld(small).parent);
    for (const delivery of deliveries(createWorld(small))) learner.learn(delivery);
    expect([again.people, again.identifiers]).toEqual([learner.people, learner.identifiers]);
    const [brought] = Array.from({ length: 300 }, (_, p) => p).filter((p) => again.broughtBy(p) !== null);
    expect(again.broughtBy(brought as number)).toBe(learner.broughtBy(brought as number));
  });
});
