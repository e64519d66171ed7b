import { fromRow, type LogEvent } from '#modules/collect';
import type { People } from '#modules/people';
import { timeOf } from '#modules/segments';
import type { Tx } from '#platform/postgres';
import type { Basis } from '../rule/basis.ts';
import {
  type Circumstances,
  type CompiledRule,
  type EarningEvent,
  isWhy,
  partOf,
  refundOf,
} from '../rule/compile.ts';
import type { Happened, LiveClaim } from './decide.ts';
import { type RulesNow, type RunningRule, versionAt } from './rules-now.ts';

/** An event that some rule wants, or that tells who invited whom. */
export interface Wanted {
  readonly key: number;
  readonly messageId: string;
  readonly orderId: string | null;
  readonly historical: boolean;
  readonly event: EarningEvent;
  readonly pays: readonly { of: RunningRule; version: number; rule: CompiledRule; basis: Basis }[];
  readonly takesBack: boolean;
}

const inviteAccepted = 'Invite Accepted';

/** Rules that take back for an event of this name. */
export function takesBackOf({ rules }: RulesNow): (event: string) => ReadonlySet<number> {
  const known = new Map<string, ReadonlySet<number>>();
  return (event) => {
    let found = known.get(event);
    if (!found) {
      const of = rules.filter(({ versions }) => versions.at(-1)?.rule.takenBackBy.has(event));
      known.set(event, (found = new Set(of.map((rule) => rule.id))));
    }
    return found;
  };
}

/** Reads lines of the log, and leaves out what no rule is about. */
export function readLines(lines: readonly string[], now: RulesNow): Wanted[] {
  const takesBack = takesBackOf(now);
  return lines.flatMap((line) => wantedOf(fromRow(line), now, takesBack) ?? []);
}

function wantedOf(row: LogEvent, now: RulesNow, takesBack: ReturnType<typeof takesBackOf>): Wanted | null {
  if (row.bot === '1') return null;
  const name = row.event ?? '';
  const at = timeOf(row.time ?? '0');
  const historical = row.historical === '1';
  const isBack = row.type === 'track' && (row.order_id ?? '') !== '' && takesBack(name).size > 0;
  let event: EarningEvent | null = null;
  const look = () => (event ??= { row, at, properties: parsed(row.properties) });
  const pays = now.rules.flatMap((of) => {
    const version = of.paused ? undefined : versionAt(of, at);
    if (!version?.rule.event?.holds(row)) return [];
    if (version.rule.body.past !== true && (historical || at < (of.versions[0]?.since ?? 0))) return [];
    const basis = version.rule.basis(look());
    return isWhy(basis) ? [] : [{ of, version: version.version, rule: version.rule, basis }];
  });
  if (pays.length === 0 && !isBack && name !== inviteAccepted) return null;
  return {
    key: Number(row.key),
    messageId: row.message_id ?? '',
    orderId: row.order_id || null,
    historical,
    event: look(),
    pays,
    takesBack: isBack,
  };
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    return text ? (JSON.parse(text) as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** User ids that an event names: who invited, who sold. */
export function namedIn(wanted: Wanted): { inviter: string | null; seller: string | null } {
  const { properties, row } = wanted.event;
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const inviter =
    row.event === inviteAccepted ? (text(properties.inviter) ?? text(properties.inviter_id)) : null;
  return { inviter, seller: text(properties.seller_id) };
}

/** What has to be known of people to make claims of events. */
export interface Acquaintance {
  /** Whose an identifier is now, by its key; null: erased. */
  person(key: number): number | null;
  /** The person with a user id. */
  user(id: string): number | null;
  /** Inviters, the nearest first, as of a moment. */
  inviters(person: number, at: number, most: number): readonly number[];
  keysOf(person: number): readonly number[];
  circumstances(person: number): Circumstances;
  /** How deep sharing is paid. */
  depth: number;
}

/** What an event claims for whom, and what it takes back; pure. */
export function happenedIn(wanted: Wanted, now: RulesNow, who: Acquaintance): Happened[] {
  const happened: Happened[] = [];
  const { event, messageId, orderId } = wanted;
  for (const pay of wanted.pays) {
    for (const claim of claimsOf(pay, wanted, now, who)) happened.push({ claim });
  }
  if (wanted.takesBack && orderId !== null) {
    const name = event.row.event ?? '';
    happened.push({ refund: { messageId, orderId, event: name, key: wanted.key, refund: refundOf(event) } });
  }
  return happened;
}

function claimsOf(
  { of, version, rule, basis }: Wanted['pays'][number],
  wanted: Wanted,
  now: RulesNow,
  who: Acquaintance,
): LiveClaim[] {
  const { event, messageId, orderId } = wanted;
  const buyer = who.person(wanted.key);
  if (buyer === null) return [];
  const factor = rule.factor(event.at, who.circumstances(buyer));
  return payees(rule, wanted, buyer, who).map(({ person, role, degree }) =>
    claim(
      { of, version, rule, basis, factor: partOf(factor, rule.degrees[degree] ?? { n: 1n, d: 1n }) },
      now,
      {
        ...{ person, role, messageId, orderId, at: event.at, keys: who.keysOf(person) },
      },
    ),
  );
}

export function claim(
  pay: Wanted['pays'][number] & { factor: LiveClaim['factor'] },
  now: RulesNow,
  o: {
    person: number;
    role: string;
    messageId: string;
    orderId: string | null;
    at: number;
    keys: readonly number[];
  },
): LiveClaim {
  const { of, version, rule, basis, factor } = pay;
  const { hold_days, expires_days } = rule.body;
  const day = now.dayOf(o.at);
  return {
    key: `${of.id} ${o.role} ${o.messageId}`,
    rule: of.id,
    version,
    role: o.role,
    person: o.person,
    keys: o.keys,
    messageId: o.messageId,
    orderId: o.orderId,
    day,
    at: new Date(o.at),
    basis,
    factor,
    caps: rule.caps,
    heldUntil: hold_days ? new Date(o.at + hold_days * 86_400_000) : null,
    expires:
      expires_days === undefined
        ? null
        : new Date((day + expires_days) * 86_400_000).toISOString().slice(0, 10),
  };
}

function payees(rule: CompiledRule, wanted: Wanted, buyer: number, who: Acquaintance) {
  if (rule.body.to === 'person') return [{ person: buyer, role: 'person', degree: 0 }];
  if (rule.body.to === 'seller') {
    const { seller } = namedIn(wanted);
    const person = seller === null ? null : who.user(seller);
    // Nobody is paid for selling to themselves.
    return person === null || person === buyer ? [] : [{ person, role: 'seller', degree: 0 }];
  }
  const depth = Math.min(rule.degrees.length, who.depth);
  return invitersOf(wanted.event.at, buyer, depth, who);
}

export function invitersOf(at: number, buyer: number, depth: number, who: Pick<Acquaintance, 'inviters'>) {
  return who.inviters(buyer, at, depth).map((person, i) => ({ person, role: `inviter ${i + 1}`, degree: i }));
}

/** Up to so many inviters upwards; a circle ends it, and nobody is paid twice or for themselves. */
export function upwards(
  inviterOf: (person: number) => { inviter: number; at: number } | undefined,
  person: number,
  at: number,
  most: number,
): number[] {
  const found: number[] = [];
  let next = inviterOf(person);
  while (
    next &&
    next.at <= at &&
    found.length < most &&
    next.inviter !== person &&
    !found.includes(next.inviter)
  ) {
    found.push(next.inviter);
    next = inviterOf(next.inviter);
  }
  return found;
}

/** Whose identifiers these are now, by their user ids. */
export async function usersByIds(
  people: People,
  tx: (work: (tx: Tx) => Promise<Map<number, number | null>>) => Promise<Map<number, number | null>>,
  workspaceId: number,
  ids: readonly string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const keys = await people.keysOfIdentifiers(
    workspaceId,
    ids.map((id) => `user_id:${id}`),
  );
  const known = keys.filter((key) => key !== null);
  const persons = await tx((own) => people.changes.personsOf(own, workspaceId, known));
  return new Map(
    ids.flatMap((id, i) => {
      const key = keys[i];
      const person = key === null || key === undefined ? null : (persons.get(key) ?? null);
      return person === null ? [] : [[id, person] as const];
    }),
  );
}
