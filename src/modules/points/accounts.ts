import { randomBytes } from 'node:crypto';
import type { People } from '#modules/people';
import type { Postgres } from '#platform/postgres';
import type { Order, Party } from './order.ts';
import * as sql from './programme-sql.ts';
import type { Programme } from './programmes.ts';

/** Which accounts an order names; null where there is none, and none can be made. */
export interface Named {
  from: (number | null)[];
  to: (number | null)[];
}

const remembered = 500_000;

/** Finds the accounts of people and sellers, which never change their number; makes those that get something. */
export function createAccounts(deps: { pg: Postgres; people: Pick<People, 'changes'> }) {
  const { pg, people } = deps;
  const memory = new Map<string, number>();

  function remember(key: string, id: number): void {
    if (memory.size >= remembered) memory.clear();
    memory.set(key, id);
  }

  async function look(programme: Programme, wanted: ReadonlyMap<string, boolean>): Promise<void> {
    const { workspaceId, id } = programme;
    const owners: number[] = [];
    const names: string[] = [];
    for (const key of wanted.keys()) {
      if (key.startsWith('#')) owners.push(Number(key.slice(1)));
      else names.push(key.slice(1));
    }
    await pg.inWorkspace(workspaceId, async (tx) => {
      const known = await sql.findAccounts(tx, workspaceId, id, { owners, names });
      const there = new Set(known.map(keyOfRow));
      const missing = [...wanted].filter(([key, gets]) => gets && !there.has(key)).map(([key]) => key);
      const newOwners = missing.filter((key) => key.startsWith('#')).map((key) => Number(key.slice(1)));
      const newNames = missing.filter((key) => !key.startsWith('#')).map((key) => key.slice(1));
      if (missing.length > 0) {
        const persons = await people.changes.personsOf(tx, workspaceId, newOwners);
        const living = newOwners.filter((owner) => persons.get(owner) !== null);
        await sql.ensureAccounts(tx, workspaceId, id, {
          owners: living,
          names: newNames,
          secrets: [...living, ...newNames].map(() => randomBytes(32)),
        });
        known.push(...(await sql.findAccounts(tx, workspaceId, id, { owners: living, names: newNames })));
      }
      tx.afterCommit(() => {
        for (const row of known) remember(`${id} ${keyOfRow(row)}`, row.id);
      });
    });
  }

  return {
    /** In the order of the orders. */
    async name(programme: Programme, orders: readonly Order[]): Promise<Named[]> {
      const parties = orders.map(partiesOf);
      const unknown = new Map<string, boolean>();
      for (const { from, to } of parties) {
        for (const key of from)
          if (!memory.has(`${programme.id} ${key}`)) unknown.set(key, unknown.get(key) ?? false);
        for (const key of to) if (!memory.has(`${programme.id} ${key}`)) unknown.set(key, true);
      }
      if (unknown.size > 0) await look(programme, unknown);
      const idOf = (key: string) => memory.get(`${programme.id} ${key}`) ?? null;
      return parties.map(({ from, to }) => ({ from: from.map(idOf), to: to.map(idOf) }));
    },
  };
}

function keyOfRow(row: { owner: number | null; name: string | null }): string {
  return row.owner === null ? `=${row.name}` : `#${row.owner}`;
}

/** Keys of accounts: those that have to be there, and those that are made for whoever gets something. */
function partiesOf(order: Order): { from: string[]; to: string[] } {
  switch (order.kind) {
    case 'earn':
      return { from: [], to: keysOf(order.to).slice(0, 1) };
    case 'hold':
    case 'spend':
      return { from: keysOf(order.from), to: order.to ? keysOf(order.to).slice(0, 1) : [] };
    case 'transfer':
      return { from: keysOf(order.from), to: keysOf(order.to).slice(0, 1) };
    case 'claw-back':
      return { from: order.from ? keysOf(order.from) : [], to: [] };
    case 'adjust':
      // Who gets something has an account made for it.
      return order.amount > 0
        ? { from: [], to: keysOf(order.party).slice(0, 1) }
        : { from: keysOf(order.party), to: [] };
    default:
      return { from: [], to: [] };
  }
}

function keysOf(party: Party): string[] {
  if ('partner' in party) return [`=${party.partner.normalize()}`];
  const owners = typeof party.person === 'number' ? [party.person] : [...new Set(party.person)];
  return owners.map((owner) => `#${owner}`);
}
