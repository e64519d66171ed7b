import type { Facts, StoredFact } from '#platform/facts';
import type { Postgres } from '#platform/postgres';
import type { LiveTopic } from './topic.ts';

const everyMs = 2_000;
const mostFacts = 200;

/**
 * A topic that tells of facts of some types. `tell` makes of them what may go out; `more` says that there were others,
 * before these.
 */
export function factTopic(
  deps: { pg: Postgres; facts: Facts },
  o: {
    name: string;
    needs: string;
    types: readonly string[];
    tell(workspaceId: number, facts: readonly StoredFact[], more: boolean): Promise<object | null>;
  },
): LiveTopic {
  const { pg, facts } = deps;
  return {
    name: o.name,
    needs: o.needs,
    everyMs,
    position: (workspaceId) => pg.inWorkspace(workspaceId, (tx) => facts.place(tx)),
    async between(workspaceId, after, upTo) {
      const found = await pg.inWorkspace(workspaceId, (tx) =>
        facts.between(tx, { types: o.types, after, upTo, most: mostFacts + 1 }),
      );
      if (found.length === 0) return null;
      return o.tell(workspaceId, found.slice(-mostFacts), found.length > mostFacts);
    },
  };
}
