import type { CountryCode } from 'libphonenumber-js/min';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** The built-in kinds, strongest first: an event belongs to the strongest identifier it came with. */
export const builtInKinds = [
  'user_id',
  'card',
  'wechat_unionid',
  'wechat_openid',
  'email',
  'phone',
  'device_id',
  'anonymous_id',
] as const;

/** Kinds that tell a browser or a device, not somebody: a person with only these is not yet known. */
export const anonymousKinds: ReadonlySet<string> = new Set(['anonymous_id', 'device_id']);

/** What an identifier kind means in a workspace. `rank` 0 is the strongest. */
export interface KindRule {
  name: string;
  rank: number;
  unique: boolean;
  /** How many identifiers of this kind one identifier may be tied to before it is taken out. */
  limit: number;
}

export interface IdentityRules {
  kinds: ReadonlyMap<string, KindRule>;
  country: string;
  /** Values, in normal form, that never identify: `kind:value`, or `*:value` for every kind. */
  blocked: ReadonlySet<string>;
}

/** An identifier in its normal form. `name` is what it is looked up by. */
export interface Named {
  kind: string;
  value: string;
  name: string;
}

export interface RawIdentifier {
  kind: string;
  value: unknown;
}

export type Ignored = { kind: string; value: string; reason: IgnoredReason };
export type IgnoredReason =
  | 'empty'
  | 'placeholder'
  | 'not-an-email'
  | 'not-a-phone'
  | 'too-long'
  | 'unknown-kind'
  | 'blocked'
  | 'not-text';

const maxIdentifierLength = 512;

const placeholders = new Set([
  'null',
  'undefined',
  'unknown',
  'none',
  'nil',
  'nan',
  'n/a',
  'na',
  'anonymous',
  'guest',
  'user',
  'test',
  'true',
  'false',
  '[object object]',
  '-1',
  '{}',
  '[]',
  '(null)',
  '<nil>',
  'test@test.com',
  'test@example.com',
  'example@example.com',
  'none@none.com',
  'no@email.com',
  'noreply@example.com',
  'a@a.com',
  'asdf@asdf.com',
]);

/** Zeros in any grouping say nothing, whether typed as a phone, a card, or an all-zero UUID or IDFA. */
const onlyZeros = /^[+\-\s()0.:]*$/;
/** At least one character on each side of one @, and a dot in the domain; the rest is the mail server's. */
const emailShape = /^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+\.[^\s@"(),:;<>[\\\].]+$/;

/**
 * The normal form of an identifier, or why it is none. The form is what identifiers are compared by:
 * e-mail trimmed and in lower case, phone in E.164 with the workspace's country where it has no prefix,
 * a card without blanks and dashes, everything else as it was sent.
 */
export function normalize(raw: RawIdentifier, rules: IdentityRules): Named | { ignored: Ignored } {
  const { kind } = raw;
  const sent =
    typeof raw.value === 'string' ? raw.value : typeof raw.value === 'number' ? String(raw.value) : null;
  const ignore = (reason: IgnoredReason) => ({ ignored: { kind, value: sent ?? '', reason } });
  if (sent === null) return ignore(raw.value === null || raw.value === undefined ? 'empty' : 'not-text');
  const trimmed = sent.trim();
  if (trimmed === '') return ignore('empty');
  if (trimmed.length > maxIdentifierLength) return ignore('too-long');
  if (!rules.kinds.has(kind)) return ignore('unknown-kind');
  if (trimmed.includes('\0') || !trimmed.isWellFormed()) return ignore('not-text');
  const lower = trimmed.toLowerCase();
  if (placeholders.has(lower) || onlyZeros.test(trimmed)) return ignore('placeholder');
  let value = sent;
  if (kind === 'email') {
    if (!emailShape.test(lower)) return ignore('not-an-email');
    value = lower;
  } else if (kind === 'phone') {
    const phone = e164(trimmed, rules.country);
    if (phone === null) return ignore('not-a-phone');
    value = phone;
  } else if (kind === 'card') {
    value = trimmed.replace(/[\s-]+/g, '');
    if (value === '') return ignore('empty');
  }
  if (rules.blocked.size > 0 && (rules.blocked.has(`${kind}:${value}`) || rules.blocked.has(`*:${value}`))) {
    return ignore('blocked');
  }
  return { kind, value, name: nameOf(kind, value) };
}

export function nameOf(kind: string, value: string): string {
  return `${kind}\0${value}`;
}

function e164(text: string, country: string): string | null {
  const phone = parsePhoneNumberFromString(text, country as CountryCode);
  if (!phone?.isPossible()) return null;
  if (/^(\d)\1+$/.test(phone.nationalNumber)) return null;
  return phone.number;
}

/** What the value of an identifier may begin with when somebody typed this, in lower case, to find it. */
export function beginningsOf(typed: string, rules: IdentityRules): string[] {
  const beginnings = new Set([typed]);
  // A card is kept without its blanks and dashes.
  if (/\d/.test(typed)) beginnings.add(typed.replace(/[\s-]+/g, ''));
  if (/^\+?[\d\s()./-]{3,}$/.test(typed)) {
    const phone = parsePhoneNumberFromString(typed, rules.country as CountryCode);
    if (phone) beginnings.add(phone.number);
  }
  return [...beginnings];
}

/** Reads `email:ann@example.com`, the way identifiers are written in the API. */
export function parseIdentifier(text: string): RawIdentifier | null {
  const colon = text.indexOf(':');
  if (colon <= 0) return null;
  return { kind: text.slice(0, colon), value: text.slice(colon + 1) };
}
