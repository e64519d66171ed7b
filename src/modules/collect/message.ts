import { randomUUID } from 'node:crypto';
import type { ConsentAnswer, IdentityRules, IgnoredIdentifier, Named, Observation } from '#modules/people';
import { normalizeIdentifier } from '#modules/people';
import type { Bots } from './bots.ts';
import { dayMs, eventTime, parseTime } from './moment.ts';
import { parseCurrency, parseMoney } from './money.ts';
import type { QuarantineReason } from './schema.ts';

/** One event as it will be stored, before it is known whose it is. */
export interface Event {
  messageId: string;
  type: MessageType;
  event: string;
  /** ms, by our clock. */
  time: number;
  historical: boolean;
  bot: boolean;
  orderId: string;
  total: string | null;
  currency: string;
  storeId: string;
  userId: string;
  anonymousId: string;
  /** JSON texts; empty where there is nothing. */
  properties: string;
  traits: string;
  context: string;
  ignored: readonly IgnoredIdentifier[];
  observation: Observation;
  /** The traits of an identify, to be kept with the person. */
  profile: Record<string, unknown> | null;
}

export type MessageType = 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias';
const types: ReadonlySet<string> = new Set(['track', 'page', 'screen', 'identify', 'group', 'alias']);

export interface Rejection {
  reason: QuarantineReason;
  detail: string;
}

export interface Reading {
  rules: IdentityRules;
  sourceId: number;
  sourceName: string;
  /** ms */
  receivedAt: number;
  /** The batch's sentAt, where the message has none of its own; ms. */
  sentAt: number | null;
  historical: boolean;
  maxBytes: number;
  currency: string;
  bots: Bots;
  /** Of the request; an event that was relayed carries the visitor's own in its context. */
  userAgent: string | undefined;
}

const maxNameLength = 1000;
const maxMessageIdLength = 500;
/** Events whose money must be right, or the event waits in quarantine until it is. */
const moneyEvents = new Set(['Order Completed', 'Order Refunded', 'Order Updated']);

/** Reads one message of the tracking API; says why where it cannot be accepted. */
export function readMessage(raw: unknown, how: Reading): Event | Rejection {
  if (!isObject(raw)) return reject('not-an-object', 'An event must be a JSON object.');
  const type = raw.type;
  if (typeof type !== 'string' || !types.has(type)) {
    return reject('unknown-type', 'The field "type" must be track, page, screen, identify, group or alias.');
  }
  const properties = raw.properties ?? null;
  if (properties !== null && !isObject(properties))
    return reject('bad-properties', '"properties" must be an object.');
  const traits = raw.traits ?? null;
  if (traits !== null && !isObject(traits)) return reject('bad-traits', '"traits" must be an object.');
  const context = raw.context ?? null;
  if (context !== null && !isObject(context)) return reject('bad-context', '"context" must be an object.');

  const name = type === 'track' ? raw.event : type === 'page' || type === 'screen' ? (raw.name ?? '') : '';
  if (typeof name !== 'string' || (type === 'track' && name === '')) {
    return reject('event-name-missing', 'A track call needs the name of what happened in "event", as text.');
  }
  if (name.length > maxNameLength)
    return reject('name-too-long', `The name has more than ${maxNameLength} characters.`);
  const messageId = textOf(raw.messageId ?? randomUUID()).toWellFormed();
  if (messageId === '') {
    return reject(
      'bad-message-id',
      '"messageId" must be text that is the same whenever the event is sent again.',
    );
  }
  if (messageId.length > maxMessageIdLength) {
    return reject('bad-message-id', `"messageId" has more than ${maxMessageIdLength} characters.`);
  }
  const happened = raw.timestamp === undefined || raw.timestamp === null ? null : parseTime(raw.timestamp);
  if (happened === null && raw.timestamp !== undefined && raw.timestamp !== null) {
    return reject('bad-timestamp', '"timestamp" must be a time in ISO 8601, like 2026-01-31T12:00:00.000Z.');
  }
  const time = eventTime(happened, parseTime(raw.sentAt) ?? how.sentAt, how.receivedAt);

  const money = readMoney(name, properties, how.currency);
  if ('reason' in money) return money;
  const identity = readIdentity(raw, type, context, traits, how, messageId, time);
  if ('reason' in identity) return identity;

  const texts = toTexts(withSiblings(type, raw, properties), traits, context);
  if ('reason' in texts) return texts;
  const userId = textOf(raw.userId);
  const anonymousId = textOf(raw.anonymousId);
  if (texts.length + userId.length + anonymousId.length > how.maxBytes / 4 && bytesOf(raw) > how.maxBytes) {
    return reject('too-large', `The event has more than ${Math.floor(how.maxBytes / 1000)} KB.`);
  }
  return {
    messageId,
    type: type as MessageType,
    event: name.toWellFormed(),
    time,
    historical: how.historical || how.receivedAt - time > dayMs,
    bot: how.bots.has(context?.userAgent ?? how.userAgent),
    orderId: textOf(properties?.order_id),
    ...money,
    storeId: textOf(properties?.store_id),
    userId,
    anonymousId,
    ...texts.json,
    ...identity,
    profile: type === 'identify' ? traits : null,
  };
}

export function isRejection(outcome: Event | Rejection): outcome is Rejection {
  return 'reason' in outcome;
}

function reject(reason: QuarantineReason, detail: string): Rejection {
  return { reason, detail };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function readMoney(
  name: string,
  properties: Record<string, unknown> | null,
  workspaceCurrency: string,
): { total: string | null; currency: string } | Rejection {
  if (!properties) return { total: null, currency: '' };
  const sent = properties.total ?? properties.revenue ?? null;
  if (sent === null) return { total: null, currency: parseCurrency(properties.currency) ?? '' };
  const total = parseMoney(sent);
  const currency =
    properties.currency === undefined || properties.currency === null
      ? workspaceCurrency
      : parseCurrency(properties.currency);
  if (moneyEvents.has(name)) {
    if (total === null) {
      return reject(
        'bad-money',
        '"total" must be a decimal with at most six places, like 12.50, as number or text.',
      );
    }
    if (currency === null)
      return reject('bad-money', '"currency" must be three letters of ISO 4217, like EUR.');
  }
  return { total, currency: total === null ? '' : (currency ?? '') };
}

function readIdentity(
  raw: Record<string, unknown>,
  type: string,
  context: Record<string, unknown> | null,
  traits: Record<string, unknown> | null,
  how: Reading,
  messageId: string,
  time: number,
): { observation: Observation; ignored: readonly IgnoredIdentifier[] } | Rejection {
  const found: Named[] = [];
  const ignored: IgnoredIdentifier[] = [];
  const offer = (kind: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    const read = normalizeIdentifier({ kind, value }, how.rules);
    if ('ignored' in read) ignored.push(read.ignored);
    else if (!found.some((other) => other.name === read.name)) found.push(read);
  };
  offer('user_id', raw.userId);
  offer('anonymous_id', raw.anonymousId);
  const externalIds = context?.externalIds;
  if (Array.isArray(externalIds)) {
    for (const external of externalIds.slice(0, 20)) {
      if (isObject(external) && typeof external.type === 'string') offer(external.type, external.id);
    }
  }
  if (isObject(context?.device)) offer('device_id', context.device.id);
  if (type === 'identify' && traits) {
    for (const kind of how.rules.kinds.keys()) {
      if (kind !== 'user_id' && kind !== 'anonymous_id') offer(kind, traits[kind]);
    }
  }
  let alias: Observation['alias'];
  if (type === 'alias') {
    const previous = normalizeIdentifier({ kind: previousKind(raw), value: raw.previousId }, how.rules);
    const to = found.find((identifier) => identifier.kind === 'user_id');
    if ('ignored' in previous || !to) {
      return reject(
        'previous-id-missing',
        'An alias call needs the older id in "previousId" and the new one in "userId".',
      );
    }
    if (previous.kind !== to.kind || previous.value !== to.value) alias = { from: previous, to };
  }
  if (found.length === 0) {
    const told = ignored.map((i) => `${i.kind} (${i.reason})`).join(', ');
    return reject(
      'no-identifier',
      told === ''
        ? 'An event needs a userId or an anonymousId.'
        : `The event has no value that identifies somebody: ${told}.`,
    );
  }
  if (found.length > 1) {
    found.sort((a, b) => rank(how.rules, a) - rank(how.rules, b) || (a.value < b.value ? -1 : 1));
  }
  const consent = readConsent(context, how.sourceName);
  return {
    ignored,
    observation: {
      identifiers: found,
      at: time,
      messageId: evident(messageId),
      sourceId: how.sourceId,
      rule: type === 'identify' || type === 'alias' ? type : 'event',
      ...(alias ? { alias } : {}),
      ...(consent ? { consent } : {}),
    },
  };
}

function rank(rules: IdentityRules, identifier: { kind: string }): number {
  return rules.kinds.get(identifier.kind)?.rank ?? 1000;
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** SDKs send the browser's anonymous id, a UUID, where the caller names no previous one. */
function previousKind(raw: Record<string, unknown>): string {
  const previous = raw.previousId;
  return previous === raw.anonymousId || (typeof previous === 'string' && uuidShape.test(previous))
    ? 'anonymous_id'
    : 'user_id';
}

function readConsent(context: Record<string, unknown> | null, source: string): ConsentAnswer | null {
  const consent = context?.consent;
  if (!isObject(consent) || !isObject(consent.categoryPreferences)) return null;
  const purposes: Record<string, boolean> = {};
  for (const [category, granted] of Object.entries(consent.categoryPreferences).slice(0, 50)) {
    const purpose = category.length <= 100 ? purposeOf(category) : '';
    if (typeof granted === 'boolean' && purpose !== '') purposes[purpose] = granted;
  }
  if (Object.keys(purposes).length === 0) return null;
  const version = consent.textVersion;
  return {
    purposes,
    source,
    ...(typeof version === 'string' ? { textVersion: evident(version.slice(0, 100)) } : {}),
  };
}

/** As Postgres can hold it, who keeps the evidence: without a NUL. */
function evident(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}

/** Category names as consent tools write them ("Analytics", "E-Mail Marketing") in the form of our purposes. */
function purposeOf(category: string): string {
  return category
    .trim()
    .toLowerCase()
    .replace(/e-mail/g, 'email')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '')
    .replace(/^(.+)_marketing$/, 'marketing_$1');
}

/** What some calls carry beside their properties, and would be lost otherwise. */
const siblings: Record<string, string> = {
  page: 'category',
  screen: 'category',
  group: 'groupId',
  alias: 'previousId',
};

function withSiblings(
  type: string,
  raw: Record<string, unknown>,
  properties: Record<string, unknown> | null,
): Record<string, unknown> | null {
  const name = siblings[type];
  const value = name === undefined ? undefined : raw[name];
  if (name === undefined || (typeof value !== 'string' && typeof value !== 'number')) return properties;
  return { [name]: value, ...properties };
}

function toTexts(
  properties: Record<string, unknown> | null,
  traits: Record<string, unknown> | null,
  context: Record<string, unknown> | null,
): { json: { properties: string; traits: string; context: string }; length: number } | Rejection {
  try {
    const json = {
      properties: properties ? JSON.stringify(properties) : '',
      traits: traits ? JSON.stringify(traits) : '',
      context: context ? JSON.stringify(context) : '',
    };
    if (tooDeep(json.properties) || tooDeep(json.traits) || tooDeep(json.context)) return deep;
    return { json, length: json.properties.length + json.traits.length + json.context.length };
  } catch (error) {
    // JSON.parse has no bound on depth, JSON.stringify has: the stack.
    if (error instanceof RangeError) return deep;
    throw error;
  }
}

/** What is read by many, Postgres among them, must not ask for more than their stacks hold. */
const maxDepth = 500;
const deep = reject('too-deep', `The event is nested more than ${maxDepth} deep.`);

function tooDeep(json: string): boolean {
  if (json.length <= 2 * maxDepth) return false;
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (inText) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inText = false;
    } else if (c === 0x22) inText = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return false;
}

function bytesOf(raw: unknown): number {
  return Buffer.byteLength(JSON.stringify(raw));
}
