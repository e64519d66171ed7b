import type { Tx } from '#platform/postgres';
import { hashOf } from './directory.ts';
import type { IdentityRules } from './identifier.ts';
import { keyOf } from './person-id.ts';
import * as sql from './sql.ts';

/**
 * The keys of the identifiers of whoever is named by an id or by an identifier (kind:value): first the one that the
 * name leads to, then the others, oldest first. A name that leads nowhere is left out. One statement for all names.
 */
export async function keysByName(
  tx: Tx,
  workspaceId: number,
  names: readonly string[],
  rules: IdentityRules,
): Promise<Map<string, number[]>> {
  const named = [...new Set(names)].map((name) => {
    const id = keyOf(name);
    return { name, id, hash: id ? null : hashOf(name, rules) };
  });
  const rows = await sql.findWithMembers(tx, workspaceId, {
    hashes: [...new Set(named.flatMap(({ hash }) => hash ?? []))],
    keys: [...new Set(named.flatMap(({ id }) => id?.key ?? []))],
  });
  const byHash = new Map(rows.map((row) => [sql.hash64(`${row.kind}\0${row.value}`), row]));
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const found = new Map<string, number[]>();
  for (const { name, id, hash } of named) {
    const row = id ? byKey.get(id.key) : byHash.get(hash ?? '');
    if (!row || (id && row.created_ms !== id.createdAtMs)) continue;
    const others = row.members.filter((key) => key !== row.key);
    found.set(name, [row.key, ...others.sort((a, b) => a - b)]);
  }
  return found;
}
