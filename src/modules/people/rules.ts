import type { IdentityRules, KindRule } from './identifier.ts';
import { builtInKinds } from './identifier.ts';
import type { PeopleSettings } from './schema.ts';

const uniqueKinds: ReadonlySet<string> = new Set(['user_id', 'card']);

/**
 * So many identifiers of a kind may be tied to one other before that other one stops linking. A person signs in from
 * many browsers in a year; nobody has eleven membership cards.
 */
const defaultLimits: Record<string, number> = {
  user_id: 10,
  card: 10,
  wechat_unionid: 10,
  wechat_openid: 20,
  email: 10,
  phone: 10,
  device_id: 100,
  anonymous_id: 500,
};
const ownLimit = 20;

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
      limit: settings.limits[name] ?? defaultLimits[name] ?? ownLimit,
    });
  });
  return { kinds, country, blocked: new Set(settings.blocked) };
}
