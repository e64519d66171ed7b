import type { People } from '#modules/people';
import type { Segments } from '#modules/segments';
import type { Postgres } from '#platform/postgres';
import { insertInvitations, invitersOf as readInviters } from './award-sql.ts';
import { type Acquaintance, namedIn, upwards, usersByIds, type Wanted } from './claims.ts';

export interface AcquaintDeps {
  pg: Postgres;
  people: People;
  segments: Segments;
}

/**
 * Finds out what has to be known of the people in these events, before any lock is held: whose they are, their traits
 * and segments where factors ask for them, who invited them. Invitations that were accepted are kept on the way.
 */
export async function acquaint(
  deps: AcquaintDeps,
  workspaceId: number,
  wanted: readonly Wanted[],
  depth: number,
): Promise<Acquaintance> {
  const { pg, people } = deps;
  const inWorkspace: Parameters<typeof usersByIds>[1] = (work) => pg.inWorkspace(workspaceId, work);
  const names = wanted.flatMap((one) => {
    const { inviter, seller } = namedIn(one);
    return [...(inviter ? [inviter] : []), ...(seller && one.pays.length > 0 ? [seller] : [])];
  });
  const users = await usersByIds(people, inWorkspace, workspaceId, [...new Set(names)]);
  const keys = [...new Set(wanted.map((one) => one.key))];
  const persons = await inWorkspace((tx) => people.changes.personsOf(tx, workspaceId, keys));

  const accepted = wanted.flatMap((one) => {
    const { inviter } = namedIn(one);
    const [person, by] = [persons.get(one.key), inviter === null ? undefined : users.get(inviter)];
    return person && by !== undefined ? [{ person, inviter: by, at: new Date(one.event.at) }] : [];
  });
  if (accepted.length > 0)
    await pg.inWorkspace(workspaceId, (tx) => insertInvitations(tx, workspaceId, accepted));

  const asksInviters = wanted.some(({ pays }) => pays.some(({ rule }) => rule.body.to === 'inviter'));
  const paid = wanted.filter(({ pays }) => pays.length > 0);
  const buyers = new Set(paid.flatMap((one) => persons.get(one.key) ?? []));
  const inviters = new Map<number, { inviter: number; at: number }>();
  const everybody = new Set([...buyers, ...users.values()]);
  let facts = await inWorkspaceFacts(deps, workspaceId, [...everybody]);
  if (asksInviters) {
    let level = [...buyers];
    for (let degree = 0; degree < depth && level.length > 0; degree++) {
      const keysOfLevel = level.flatMap((person) => facts.get(person)?.keys ?? [person]);
      const rows = await pg.inWorkspace(workspaceId, async (tx) => {
        const found = await readInviters(tx, workspaceId, keysOfLevel);
        const now = await people.changes.personsOf(
          tx,
          workspaceId,
          found.flatMap((row) => [row.person, row.inviter]),
        );
        return found.map((row) => ({ ...row, person: now.get(row.person), inviter: now.get(row.inviter) }));
      });
      const next: number[] = [];
      for (const { person, inviter, at } of rows) {
        if (person === undefined || person === null || inviter === undefined || inviter === null) continue;
        const known = inviters.get(person);
        if (known && known.at <= at.getTime()) continue;
        inviters.set(person, { inviter, at: at.getTime() });
        next.push(inviter);
      }
      const more = await inWorkspaceFacts(
        deps,
        workspaceId,
        next.filter((person) => !facts.has(person)),
      );
      facts = new Map([...facts, ...more]);
      level = next;
    }
  }
  const segments = await segmentsOf(deps, workspaceId, paid, buyers);
  const none = { traits: {}, segments: new Set<string>() };
  return {
    depth,
    person: (key) => persons.get(key) ?? null,
    user: (id) => users.get(id) ?? null,
    inviters: (person, at, most) => upwards((of) => inviters.get(of), person, at, most),
    keysOf: (person) => facts.get(person)?.keys ?? [person],
    circumstances: (person) => ({
      traits: facts.get(person)?.traits ?? none.traits,
      segments: segments.get(person) ?? none.segments,
    }),
  };
}

async function inWorkspaceFacts(
  { pg, people }: AcquaintDeps,
  workspaceId: number,
  persons: readonly number[],
) {
  const rows = await pg.inWorkspace(workspaceId, (tx) => people.changes.facts(tx, workspaceId, persons));
  return new Map(rows.map((row) => [row.person, row]));
}

async function segmentsOf(
  { segments }: AcquaintDeps,
  workspaceId: number,
  paid: readonly Wanted[],
  buyers: ReadonlySet<number>,
): Promise<Map<number, Set<string>>> {
  const asked = new Set(paid.flatMap(({ pays }) => pays.flatMap(({ rule }) => rule.asksSegments)));
  const found = new Map<number, Set<string>>();
  if (asked.size === 0) return found;
  const rows = await segments.list(workspaceId);
  const editions = new Map(
    rows.flatMap((row) => (row.edition === null ? [] : [[row.edition, row.uuid] as const])),
  );
  for (const person of buyers) {
    const of = await segments.membership.ofPerson(workspaceId, person);
    found.set(person, new Set(of.flatMap(({ edition }) => editions.get(edition) ?? [])));
  }
  return found;
}
