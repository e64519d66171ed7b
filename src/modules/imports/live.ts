import { hash } from 'node:crypto';
import type { LiveTopic } from '#platform/live';
import type { Postgres } from '#platform/postgres';
import * as sql from './sql.ts';

/** What open pages hear of imports: how the newest ten stand, whenever that changes. */
export function importTopics({ pg }: { pg: Postgres }): LiveTopic[] {
  const progress = (workspaceId: number) =>
    pg.inWorkspace(workspaceId, (tx) => sql.listProgress(tx, workspaceId));
  return [
    {
      name: 'imports',
      needs: 'imports:read',
      everyMs: 2_000,
      position: async (workspaceId) =>
        hash('sha256', JSON.stringify(await progress(workspaceId)), 'base64url').slice(0, 16),
      between: async (workspaceId) => ({
        items: (await progress(workspaceId)).map((row) => ({ ...row, progress: Math.min(1, row.progress) })),
      }),
    },
  ];
}
