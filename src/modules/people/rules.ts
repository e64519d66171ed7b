import type { IdentityRules, KindRule } from './identifier.ts';
import { builtInKinds, normalize, parseIdentifier } from './identifier.ts';
import { builtInLimits, otherLimit, type PeopleSettings } from './schema.ts';

const uniqueKinds: ReadonlySet<string> = new Set(['user_id', 'card']);

/** What identifiers mean in a workspace: the built-in kinds with its own between cards and the rest. */
export function rulesOf(settings: PeopleSettings, country: string): IdentityRules {
  const [userId, card, ...others] = builtInKinds;
  const own = settings.ownKinds.filter((kind) => !(builtInKinds as readonly string[]).includes(kind.name));
  const names = [userId, card, ...own.map((kind) => kind.name), ...others];
  const kinds = new Map<string, KindRule>();
  names.forEach((name, rank) => {
    kinds.set(name, {
      name,
      rank,
      unique: uniqueKinds.has(name) || own.some((kind) => kind.name === name && kind.unique),
      limit: settings.limits[name] ?? builtInLimits[name] ?? otherLimit,
    });
  });
  const open = { kinds, country, blocked: new Set<string>() };
  return { ...open, blocked: new Set(settings.blocked.map((entry) => blockedForm(entry, open))) };
}

/** A blocked value as it is compared: somebody may have typed the e-mail in capitals, or the phone without its country. */
function blockedForm(entry: string, rules: IdentityRules): string {
  const raw = parseIdentifier(entry);
  if (!raw) return entry;
  const form = normalize(raw, rules);
  return 'ignored' in form ? entry : `${form.kind}:${form.value}`;
}
