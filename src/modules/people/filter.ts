import type { StoredPerson } from './directory.ts';
import { nameOf } from './directory.ts';
import { anonymousKinds } from './identifier.ts';
import { sortName } from './name.ts';
import { newestAnswer } from './node.ts';
import type { PeopleQuery, PeopleSettings } from './schema.ts';
import { refuse } from './schema.ts';
import { valueTexts } from './traits.ts';

/** Whom a list is about; what is not given is not asked. */
export interface PeopleFilter {
  known: boolean | null;
  /** A kind of identifier that they have. */
  has: string | null;
  traits: readonly { name: string; value: string | null }[];
  consent: { purpose: string; granted: boolean } | null;
  metFrom: Date | null;
  metTo: Date | null;
}

/** What they did, where and since when: one and the same event tells it. */
export interface SeenFilter {
  from: Date | null;
  channel: string | null;
  stage: string | null;
}

/** Refuses `bad-query`. */
export function filterOf(query: PeopleQuery): PeopleFilter {
  return {
    known: query.known ?? null,
    has: query.has ?? null,
    traits: (query.trait ?? []).map((text) => {
      const [name, value] = parted(text);
      return { name, value };
    }),
    consent: consentOf(query.consent),
    metFrom: query.met_from ? new Date(query.met_from) : null,
    metTo: query.met_to ? new Date(query.met_to) : null,
  };
}

export function seenFilterOf(query: PeopleQuery): SeenFilter {
  return {
    from: query.seen_from ? new Date(query.seen_from) : null,
    channel: query.channel ?? null,
    stage: query.did ?? null,
  };
}

function consentOf(text: string | undefined): PeopleFilter['consent'] {
  if (text === undefined) return null;
  const [purpose, answer] = parted(text);
  if (answer !== 'granted' && answer !== 'refused')
    throw refuse('bad-query', 'Consent is asked for as purpose:granted or purpose:refused.');
  return { purpose, granted: answer === 'granted' };
}

function parted(text: string): [string, string | null] {
  const at = text.indexOf(':');
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

export function asksNothing(filter: PeopleFilter): boolean {
  const { traits, ...rest } = filter;
  return traits.length === 0 && Object.values(rest).every((one) => one === null);
}

export function asksForEvents(filter: SeenFilter): boolean {
  return Object.values(filter).some((one) => one !== null);
}

/** Whether a person is one of those that the filter is about. */
export function fits(person: StoredPerson, filter: PeopleFilter, settings: PeopleSettings): boolean {
  const { members, traits, head } = person;
  const { known, has, consent, metFrom, metTo } = filter;
  if (known !== null && members.some((row) => !anonymousKinds.has(row.kind)) !== known) return false;
  if (has !== null && !members.some((row) => row.kind === has)) return false;
  if (metFrom && head.created_at < metFrom) return false;
  if (metTo && head.created_at >= metTo) return false;
  if (consent) {
    const [granted = settings.consent.defaults[consent.purpose] ?? false] =
      newestAnswer(members, consent.purpose) ?? [];
    if (granted !== consent.granted) return false;
  }
  return filter.traits.every(({ name, value }) => {
    const trait = Object.hasOwn(traits, name) ? traits[name] : undefined;
    if (trait === undefined || trait.value === null) return false;
    return value === null || valueTexts(trait.value).includes(value);
  });
}

/**
 * Where in a list by name a person stands: at the profile whose name is the one that holds, or where none is, at the
 * oldest that has a name; null without a name.
 */
export function placeByName(person: StoredPerson): { key: number; name: string } | null {
  const name = nameOf(person.traits);
  const wanted = name === null ? null : sortName(name);
  const named = person.names.flatMap((one) => (one.name === null ? [] : { key: one.key, name: one.name }));
  return named.find((one) => one.name === wanted) ?? named[0] ?? null;
}
