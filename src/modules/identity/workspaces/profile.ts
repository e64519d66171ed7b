import { refuse } from '../refusal.ts';
import type { NewWorkspace, WorkspaceProfile } from '../schema.ts';

/** What a workspace is until somebody says otherwise. */
const PLAIN = { timeZone: 'UTC', country: 'US', currency: 'USD' };

/** The profile with its defaults; refuses a zone, country or currency that does not exist. */
export function checkedProfile(given: Pick<NewWorkspace, keyof WorkspaceProfile>): WorkspaceProfile {
  const profile = { ...PLAIN, ...given, name: given.name.trim() };
  if (profile.name === '') throw refuse('setting-invalid', 'A workspace needs a name.');
  if (!isTimeZone(profile.timeZone)) {
    throw refuse(
      'setting-invalid',
      `"${profile.timeZone}" is no time zone; write it by its IANA name, such as Europe/London.`,
    );
  }
  if (!isCountry(profile.country)) {
    throw refuse(
      'setting-invalid',
      `"${profile.country}" is no country; write it as two capital letters, such as GB.`,
    );
  }
  if (!Intl.supportedValuesOf('currency').includes(profile.currency)) {
    throw refuse(
      'setting-invalid',
      `"${profile.currency}" is no currency; write it as three capital letters, such as GBP.`,
    );
  }
  return profile;
}

function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +02:00 are accepted by Intl, but not by the databases.
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code) || code === 'ZZ') return false;
  return new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code) !== undefined;
}

/** `Café de Lyon` is `cafe-de-lyon`; a name without Latin letters or digits has none, and needs one given. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  if (slug === '') {
    throw refuse('slug-invalid', `Give "${name}" a slug of lower-case letters, digits and dashes.`);
  }
  return slug;
}
