import type { Facts, StoredFact } from '#platform/facts';
import { factTopic, type LiveTopic } from '#platform/live';
import type { Postgres } from '#platform/postgres';
import { personId } from './person-id.ts';
import * as read from './read-sql.ts';

const everyMs = 2_000;
const mostIds = 100;

/** What open pages hear of people: who was joined or split, that somebody was erased, how many conflicts wait. */
export function peopleTopics(deps: { pg: Postgres; facts: Facts }): LiveTopic[] {
  const { pg } = deps;

  async function tell(workspaceId: number, facts: readonly StoredFact[], more: boolean): Promise<object> {
    const moved = facts.filter(({ type }) => type === 'people.moved');
    const keys = [...new Set(moved.flatMap(({ data }) => [Number(data.from), Number(data.to)]))];
    const heads = await pg.inWorkspace(workspaceId, (tx) =>
      read.headsOf(tx, workspaceId, keys.slice(-mostIds)),
    );
    return {
      moved: moved.length,
      erased: facts.length - moved.length,
      ids: heads.map((head) => personId(head.created_at, head.key)),
      more: more || keys.length > mostIds,
    };
  }

  const count = (workspaceId: number) =>
    pg.inWorkspace(workspaceId, (tx) => read.countConflicts(tx, workspaceId));

  return [
    factTopic(deps, { name: 'people', needs: 'people:read', types: ['people.moved', 'people.erased'], tell }),
    {
      name: 'conflicts',
      needs: 'people:read',
      everyMs,
      async position(workspaceId) {
        const { open, newest } = await count(workspaceId);
        return `${open}.${newest?.getTime() ?? 0}`;
      },
      between: async (workspaceId) => ({ open: (await count(workspaceId)).open }),
    },
  ];
}
