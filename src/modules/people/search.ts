import type { Tx } from '#platform/postgres';
import type { IdentityRules } from './identifier.ts';
import { beginningsOf } from './identifier.ts';
import { keyOf } from './person-id.ts';
import * as read from './read-sql.ts';
import { refuse } from './schema.ts';
import * as sql from './sql.ts';
import { wordQuery } from './traits.ts';

/**
 * Keys of people that a text may mean: a person's id, an identifier's value by its beginning, or the words of a name.
 * Refuses `bad-query`.
 */
export async function search(
  tx: Tx,
  workspaceId: number,
  text: string,
  rules: IdentityRules,
  most: number,
): Promise<number[]> {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' || wanted.includes('\0'))
    throw refuse('bad-query', 'Type a name, an e-mail, a phone number or an id.');
  const id = keyOf(wanted);
  if (id) {
    const [row] = await sql.findByKey(tx, workspaceId, [id.key]);
    return row && row.created_at.getTime() === id.createdAtMs ? [row.person_key] : [];
  }
  const found = await read.searchPeople(
    tx,
    beginningsOf(wanted, rules),
    wordQuery(workspaceId, wanted),
    most,
  );
  return found.slice(0, most);
}
