import type { Facts } from '#platform/facts';
import type { Postgres, Tx } from '#platform/postgres';
import type { IdentityRules } from './identifier.ts';
import { parseIdentifier } from './identifier.ts';
import type { State } from './node.ts';
import { settle } from './settle.ts';
import * as sql from './sql.ts';
import * as tieSql from './tie-sql.ts';

/** So many identifiers are settled in one transaction, so that ingestion never waits long for the graph. */
const atOnce = 50;

/**
 * Applies changed rules to the people that exist: values that are blocked now let go of everybody, values that no
 * longer are link again, and limits are counted anew. May be repeated; the outcome is that of the rules as they are.
 */
export async function reconsiderPeople(
  deps: { pg: Postgres; facts: Facts },
  workspaceId: number,
  rules: IdentityRules,
): Promise<void> {
  const { pg, facts } = deps;
  const inTurn = async (keys: readonly number[], state: State) => {
    for (let from = 0; from < keys.length; from += atOnce) {
      await pg.inWorkspace(workspaceId, (tx) =>
        restate(tx, facts, workspaceId, keys.slice(from, from + atOnce), state, rules),
      );
    }
  };
  const blocked = new Set(await pg.inWorkspace(workspaceId, (tx) => findBlocked(tx, workspaceId, rules)));
  const wasBlocked = await pg.inWorkspace(workspaceId, (tx) => sql.keysInState(tx, workspaceId, 4));
  await inTurn(
    wasBlocked.filter((key) => !blocked.has(key)),
    0,
  );
  await inTurn(
    [...blocked].filter((key) => !wasBlocked.includes(key)),
    4,
  );
  const lowest = Math.min(...[...rules.kinds.values()].map((kind) => kind.limit));
  const overLimit = await pg.inWorkspace(workspaceId, (tx) => sql.keysInState(tx, workspaceId, 2));
  const busy = await pg.inWorkspace(workspaceId, (tx) => tieSql.keysTiedTo(tx, workspaceId, lowest));
  await inTurn(
    [...new Set([...overLimit, ...busy])].filter((key) => !blocked.has(key)),
    0,
  );
}

async function findBlocked(tx: Tx, workspaceId: number, rules: IdentityRules): Promise<number[]> {
  const names: string[] = [];
  for (const entry of rules.blocked) {
    const raw = parseIdentifier(entry);
    if (!raw || typeof raw.value !== 'string') continue;
    for (const kind of raw.kind === '*' ? rules.kinds.keys() : [raw.kind])
      names.push(`${kind}\0${raw.value}`);
  }
  const rows = await sql.findByHash(tx, workspaceId, names.map(sql.hash64));
  return rows.map((row) => row.key);
}

async function restate(
  tx: Tx,
  facts: Facts,
  workspaceId: number,
  keys: readonly number[],
  state: State,
  rules: IdentityRules,
): Promise<void> {
  const { nextKey } = await sql.lockGraph(tx, workspaceId);
  // Shared devices and retired values stay what the team and the aliases made them.
  const from: State[] = state === 4 ? [0, 1, 2] : [2, 4];
  await sql.changeState(tx, workspaceId, keys, from, state);
  const neighbours = (await tieSql.tiesOf(tx, workspaceId, keys)).flatMap((tie) => tie.keys);
  const settled = await settle(tx, workspaceId, [...new Set([...keys, ...neighbours])], rules, () => {});
  await sql.saveGraph(tx, workspaceId, nextKey);
  await facts.recordMany(
    tx,
    settled.moves.map(({ from, person }) => ({
      type: 'people.moved',
      subject: String(person),
      data: { from, to: person },
    })),
  );
}
