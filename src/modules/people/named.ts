import type { Tx } from '#platform/postgres';
import { keysOf } from './directory.ts';
import type { IdentityRules } from './identifier.ts';
import { keyOf } from './person-id.ts';
import * as sql from './sql.ts';

/**
 * The keys of the identifiers of whoever is named by an id or by an identifier (kind:value): first the one that the
 * name leads to, then the others, oldest first. A name that leads nowhere is left out.
 */
export async function keysByName(
  tx: Tx,
  workspaceId: number,
  names: readonly string[],
  rules: IdentityRules,
): Promise<Map<string, number[]>> {
  const ids = names.map(keyOf);
  const identifiers = names.filter((_, i) => ids[i] === null);
  const byIdentifier = identifiers.length > 0 ? await keysOf(tx, workspaceId, identifiers, rules) : [];
  const keyOfName = new Map(identifiers.map((name, i) => [name, byIdentifier[i] ?? null]));
  names.forEach((name, i) => {
    const id = ids[i];
    if (id) keyOfName.set(name, id.key);
  });
  const rows = await sql.findByKey(tx, workspaceId, [
    ...new Set([...keyOfName.values()].filter((key) => key !== null)),
  ]);
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const members = await sql.membersOf(tx, workspaceId, [...new Set(rows.map((row) => row.person_key))]);
  const byPerson = Map.groupBy(members, (row) => row.person_key);
  const found = new Map<string, number[]>();
  names.forEach((name, i) => {
    const row = byKey.get(keyOfName.get(name) ?? -1);
    const id = ids[i];
    if (!row || (id && row.created_at.getTime() !== id.createdAtMs)) return;
    const others = (byPerson.get(row.person_key) ?? [])
      .map(({ key }) => key)
      .filter((key) => key !== row.key);
    found.set(name, [row.key, ...others.sort((a, b) => a - b)]);
  });
  return found;
}
