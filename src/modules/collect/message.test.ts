import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rulesOf } from '../people/rules.ts';
import { peopleDefaults } from '../people/schema.ts';
import { Bots } from './bots.ts';
import type { Event, Reading, Rejection } from './message.ts';
import { isRejection, readMessage } from './message.ts';

const received = Date.UTC(2026, 0, 31, 12);
const how: Reading = {
  rules: rulesOf(
    { ...peopleDefaults, ownKinds: [{ name: 'crm_id', unique: true }], blocked: ['phone:+4930999999'] },
    'DE',
  ),
  sourceId: 3,
  sourceName: 'Shop',
  receivedAt: received,
  sentAt: null,
  historical: false,
  maxBytes: 32 * 1024,
  currency: 'EUR',
  bots: new Bots(),
  userAgent: undefined,
};

function read(raw: unknown, change: Partial<Reading> = {}): Event {
  const outcome = readMessage(raw, { ...how, ...change });
  if (isRejection(outcome)) throw new Error(`Rejected: ${outcome.reason} ${outcome.detail}`);
  return outcome;
}

function rejected(raw: unknown, change: Partial<Reading> = {}): Rejection {
  const outcome = readMessage(raw, { ...how, ...change });
  if (!isRejection(outcome)) throw new Error('It was accepted.');
  return outcome;
}

const track = { type: 'track', event: 'Product Viewed', userId: 'ann', messageId: 'm1' };
const names = (event: Event) => event.observation.identifiers.map((one) => `${one.kind}:${one.value}`);

describe('what cannot be accepted is told', () => {
  test.each<[string, unknown, string]>([
    ['text', 'track', 'not-an-object'],
    ['a list', [track], 'not-an-object'],
    ['null', null, 'not-an-object'],
    ['no type', { ...track, type: undefined }, 'unknown-type'],
    ['another type', { ...track, type: 'buy' }, 'unknown-type'],
    ['a type that objects have', { ...track, type: 'constructor' }, 'unknown-type'],
    ['no event name', { ...track, event: undefined }, 'event-name-missing'],
    ['an empty event name', { ...track, event: '' }, 'event-name-missing'],
    ['a number for a name', { ...track, event: 7 }, 'event-name-missing'],
    ['a page with a number for a name', { type: 'page', name: 7, userId: 'ann' }, 'event-name-missing'],
    ['a long name', { ...track, event: 'x'.repeat(1001) }, 'name-too-long'],
    ['nobody', { ...track, userId: undefined }, 'no-identifier'],
    ['an identifier that is none', { ...track, userId: 'null' }, 'no-identifier'],
    ['an object as identifier', { ...track, userId: { id: 1 } }, 'no-identifier'],
    ['an alias of nothing', { type: 'alias', userId: 'ann' }, 'previous-id-missing'],
    ['an alias to nobody', { type: 'alias', anonymousId: 'a1', previousId: 'b' }, 'previous-id-missing'],
    [
      'an alias of a placeholder',
      { type: 'alias', userId: 'ann', previousId: 'null' },
      'previous-id-missing',
    ],
    ['an empty message id', { ...track, messageId: '' }, 'bad-message-id'],
    ['an object as message id', { ...track, messageId: {} }, 'bad-message-id'],
    ['a long message id', { ...track, messageId: 'm'.repeat(501) }, 'bad-message-id'],
    ['a time that is none', { ...track, timestamp: 'yesterday' }, 'bad-timestamp'],
    ['a time as an object', { ...track, timestamp: {} }, 'bad-timestamp'],
    ['properties as a list', { ...track, properties: [1] }, 'bad-properties'],
    ['properties as text', { ...track, properties: 'red' }, 'bad-properties'],
    ['traits as text', { type: 'identify', userId: 'ann', traits: 'name' }, 'bad-traits'],
    ['context as text', { ...track, context: 'web' }, 'bad-context'],
    ['a total in words', order({ total: 'twelve', currency: 'EUR' }), 'bad-money'],
    ['a total with a comma', order({ total: '12,50', currency: 'EUR' }), 'bad-money'],
    ['a total with seven places', order({ total: '0.0000001', currency: 'EUR' }), 'bad-money'],
    ['a currency that is none', order({ total: '12.50', currency: 'Euro' }), 'bad-money'],
    ['too much in properties', { ...track, properties: { text: 'x'.repeat(33_000) } }, 'too-large'],
    ['too much in an identifier', { ...track, anonymousId: 'x'.repeat(33_000) }, 'too-large'],
    ['too much outside ASCII', { ...track, properties: { text: '茶'.repeat(12_000) } }, 'too-large'],
    ['too deep in properties', { ...track, properties: { deep: nested(1000) } }, 'too-deep'],
    ['too deep in traits', { type: 'identify', userId: 'ann', traits: { deep: nested(1000) } }, 'too-deep'],
    ['deeper than the stack', { ...track, properties: { deep: nested(100_000) } }, 'too-deep'],
  ])('%s', (_, raw, reason) => {
    const { detail, ...told } = rejected(raw, { maxBytes: reason === 'too-deep' ? 1_000_000 : how.maxBytes });
    expect(told.reason).toBe(reason);
    expect(detail).toMatch(/^.{15,}\.$/s);
  });

  test('why each value is no identifier stands in the reason', () => {
    const { detail } = rejected({
      type: 'identify',
      userId: '',
      anonymousId: '00000000-0000-0000-0000-000000000000',
      traits: { email: 'ann', phone: '+4930999999' },
    });
    expect(detail).toContain('user_id (empty)');
    expect(detail).toContain('anonymous_id (placeholder)');
    expect(detail).toContain('email (not-an-email)');
    expect(detail).toContain('phone (blocked)');
  });

  test('whatever the message is, there is an answer', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.constantFrom('track', 'identify', 'alias'),
        (a, b, type) => {
          for (const raw of [
            a,
            { ...Object(a), type },
            { ...track, type, userId: a, previousId: b, event: b },
          ]) {
            const outcome = readMessage(raw, how);
            expect(isRejection(outcome) || outcome.observation.identifiers.length > 0).toBe(true);
          }
          for (const key of [
            'event',
            'messageId',
            'timestamp',
            'properties',
            'traits',
            'context',
            'sentAt',
          ]) {
            readMessage({ ...track, type, [key]: a }, how);
          }
          readMessage({ ...track, context: { externalIds: a, consent: b, device: a, userAgent: b } }, how);
          readMessage({ ...track, context: { consent: { categoryPreferences: a, textVersion: b } } }, how);
          readMessage(order({ total: a, currency: b, order_id: a, store_id: b }), how);
        },
      ),
    );
  });
});

describe('what is read', () => {
  test('the calls of Segment’s documentation', () => {
    expect(read({ ...track, properties: { price: 12 } })).toMatchObject({
      type: 'track',
      event: 'Product Viewed',
      messageId: 'm1',
      userId: 'ann',
      properties: '{"price":12}',
      profile: null,
    });
    expect(read({ type: 'page', name: 'Home', category: 'Docs', anonymousId: 'a1' })).toMatchObject({
      type: 'page',
      event: 'Home',
      properties: '{"category":"Docs"}',
    });
    expect(read({ type: 'page', anonymousId: 'a1', properties: { path: '/' } })).toMatchObject({
      event: '',
      properties: '{"path":"/"}',
    });
    expect(read({ type: 'screen', name: 'Cart', userId: 'ann' })).toMatchObject({ event: 'Cart' });
    expect(
      read({ type: 'group', groupId: 'club-9', userId: 'ann', traits: { name: 'Tea club' } }),
    ).toMatchObject({ properties: '{"groupId":"club-9"}', traits: '{"name":"Tea club"}', profile: null });
    expect(read({ type: 'identify', userId: 'ann', traits: { plan: 'gold' } })).toMatchObject({
      event: '',
      traits: '{"plan":"gold"}',
      profile: { plan: 'gold' },
    });
  });

  test('without a message id each is an event of its own; a number is as good as text', () => {
    const { messageId, ...without } = track;
    expect(read(without).messageId).not.toBe(read(without).messageId);
    expect(read({ ...track, messageId: 17 }).messageId).toBe('17');
    expect(read({ ...track, messageId: 0 }).messageId).toBe('0');
  });

  test('half a surrogate pair, which no engine stores, is the replacement character; a NUL stays', () => {
    expect(read({ ...track, event: 'a\ud800b', messageId: 'm\udfff' })).toMatchObject({
      event: 'a\ufffdb',
      messageId: 'm\ufffd',
    });
    const withNul = read({ ...track, messageId: 'm\0' });
    expect(withNul.messageId).toBe('m\0');
    // What is evidence of a tie goes to Postgres, which has no NUL.
    expect(withNul.observation.messageId).toBe('m\ufffd');
  });

  test('events of yesterday are live, older ones historical, and all of an import', () => {
    const at = (ms: number) => ({ ...track, timestamp: new Date(received - ms).toISOString() });
    expect(read(at(86_399_000)).historical).toBe(false);
    expect(read(at(86_401_000)).historical).toBe(true);
    expect(read(at(0), { historical: true }).historical).toBe(true);
  });

  test('the message’s own sentAt counts more than the batch’s', () => {
    const sent = (ms: number) => new Date(received + ms).toISOString();
    const late = { ...track, timestamp: sent(-60_000), sentAt: sent(-30_000) };
    expect(read(late, { sentAt: received - 10_000 }).time).toBe(received - 30_000);
    const { sentAt, ...without } = late;
    expect(read(without, { sentAt: received - 10_000 }).time).toBe(received - 50_000);
  });

  test('crawlers are known by their user agent, that of the context before that of the request', () => {
    const google = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    expect(read(track, { userAgent: google }).bot).toBe(true);
    expect(read(track, { userAgent: firefox }).bot).toBe(false);
    expect(read(track, { userAgent: 'analytics-node/3.1.0' }).bot).toBe(false);
    expect(read({ ...track, context: { userAgent: google } }, { userAgent: 'node' }).bot).toBe(true);
    expect(read({ ...track, context: { userAgent: firefox } }, { userAgent: google }).bot).toBe(false);
  });
});

describe('money', () => {
  test('has the workspace’s currency where none is told', () => {
    expect(read(order({ total: 12.5 }))).toMatchObject({ total: '12.5', currency: 'EUR' });
    expect(read(order({ total: '12.50', currency: 'usd' }))).toMatchObject({
      total: '12.5',
      currency: 'USD',
    });
    expect(read(order({ revenue: '9' }))).toMatchObject({ total: '9' });
    expect(read(order({}))).toMatchObject({ total: null, currency: '' });
  });

  test('is not asked of other events, which keep what they sent in their properties', () => {
    const seen = read({ ...track, properties: { total: 'cheap', currency: 'shells' } });
    expect(seen).toMatchObject({ total: null, currency: '' });
    expect(JSON.parse(seen.properties)).toEqual({ total: 'cheap', currency: 'shells' });
  });

  test('order and store are columns, as text', () => {
    expect(read(order({ total: 1, order_id: 1001, store_id: 'Köln-2' }))).toMatchObject({
      orderId: '1001',
      storeId: 'Köln-2',
    });
  });
});

describe('who it was', () => {
  test('identifiers stand strongest first, whatever their order in the message', () => {
    const event = read({
      type: 'identify',
      anonymousId: 'a1',
      userId: 'ann',
      traits: {
        phone: '030 901820',
        email: ' Ann@Example.COM ',
        card: '1234 5678-9',
        crm_id: 'C-7',
        wechat_openid: 'wx-o',
        wechat_unionid: 'wx-u',
      },
      context: { device: { id: 'd1' } },
    });
    expect(names(event)).toEqual([
      'user_id:ann',
      'card:123456789',
      'crm_id:C-7',
      'wechat_unionid:wx-u',
      'wechat_openid:wx-o',
      'email:ann@example.com',
      'phone:+4930901820',
      'device_id:d1',
      'anonymous_id:a1',
    ]);
    expect(event.observation.rule).toBe('identify');
  });

  test('external ids of the context; unknown kinds are told, not taken', () => {
    const event = read({
      ...track,
      context: {
        externalIds: [
          { id: 'C-7', type: 'crm_id', collection: 'users', encoding: 'none' },
          { id: 'x', type: 'ios.idfa' },
          { id: 'ann', type: 'user_id' },
          'no object',
          { id: 5 },
        ],
      },
    });
    expect(names(event)).toEqual(['user_id:ann', 'crm_id:C-7']);
    expect(event.ignored).toEqual([{ kind: 'ios.idfa', value: 'x', reason: 'unknown-kind' }]);
  });

  test('traits identify in identify only', () => {
    const traits = { email: 'ann@example.com' };
    expect(names(read({ ...track, traits }))).toEqual(['user_id:ann']);
    expect(names(read({ type: 'group', groupId: 'g', userId: 'ann', traits }))).toEqual(['user_id:ann']);
    expect(names(read({ ...track, properties: traits }))).toEqual(['user_id:ann']);
  });

  test('values that identify nobody are told, and the event is somebody else’s', () => {
    const event = read({
      type: 'identify',
      userId: 'undefined',
      traits: { email: 'ann@example.com', phone: '0' },
    });
    expect(names(event)).toEqual(['email:ann@example.com']);
    expect(event.ignored).toEqual([
      { kind: 'user_id', value: 'undefined', reason: 'placeholder' },
      { kind: 'phone', value: '0', reason: 'placeholder' },
    ]);
  });

  test('an alias goes from the older id to the user id; a UUID is the browser’s', () => {
    const alias = (raw: object) => read({ type: 'alias', userId: 'ann', ...raw }).observation.alias;
    expect(alias({ previousId: 'old-ann' })).toMatchObject({
      from: { kind: 'user_id', value: 'old-ann' },
      to: { kind: 'user_id', value: 'ann' },
    });
    expect(alias({ previousId: '3b8e9c1a-0f55-4b1e-9f0a-6d1f1c0e8a11' })?.from.kind).toBe('anonymous_id');
    expect(alias({ previousId: 'a1', anonymousId: 'a1' })?.from.kind).toBe('anonymous_id');
    expect(alias({ previousId: 'ann' })).toBe(undefined);
  });
});

describe('consent', () => {
  const consent = (categoryPreferences: object, more: object = {}) =>
    read({ ...track, context: { consent: { categoryPreferences, ...more } } }).observation.consent;

  test.each([
    ['analytics', 'analytics'],
    ['Analytics', 'analytics'],
    ['marketing_email', 'marketing_email'],
    ['E-Mail Marketing', 'marketing_email'],
    ['Marketing - SMS', 'marketing_sms'],
    ['Personalisation', 'personalisation'],
    ['营销', '营销'],
  ])('the category %s is the purpose %s', (category, purpose) => {
    expect(consent({ [category]: false })?.purposes).toEqual({ [purpose]: false });
  });

  test('is taken with its source and the version of the text', () => {
    expect(consent({ analytics: true }, { textVersion: '2026-1' })).toEqual({
      purposes: { analytics: true },
      source: 'Shop',
      textVersion: '2026-1',
    });
    expect(consent({ analytics: true }, { textVersion: 'a\0b' })?.textVersion).toBe('a\ufffdb');
  });

  test('what is no answer is none', () => {
    expect(consent({})).toBe(undefined);
    expect(consent({ analytics: 'yes', '': true, '!!!': false })).toBe(undefined);
    expect(read({ ...track, context: { consent: 'all' } }).observation.consent).toBe(undefined);
    expect(
      read({ ...track, context: { consent: { categoryPreferences: [true] } } }).observation.consent,
    ).toBe(undefined);
  });
});

function order(properties: object) {
  return { ...track, event: 'Order Completed', properties };
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
