import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import { insertRfm, putSnapshot, rfmNames, snapshotCounts } from './rfm-sql.ts';

/**
 * Makes a new snapshot of recency, frequency and money, and the current one of it when it is whole. The version is the
 * moment, in ms. Answers with how many people are in which group.
 */
export async function snapshotRfm(
  deps: { pg: Postgres; ch: ClickHouse },
  o: { workspaceId: number; position: number; nowMs: number; currency: string },
): Promise<Record<string, number>> {
  const { workspaceId } = o;
  const version = o.nowMs;
  await insertRfm(deps.ch, { ...o, version });
  const groups = await snapshotCounts(deps.ch, { workspaceId, version, name: 'rfm_group' });
  const people = groups.reduce((sum, group) => sum + group.people, 0);
  await deps.pg.inWorkspace(workspaceId, async (tx) => {
    for (const name of rfmNames) {
      await putSnapshot(tx, { workspaceId, name, version, at: new Date(o.nowMs), people });
    }
  });
  return Object.fromEntries(groups.map(({ value, people: n }) => [value, n]));
}
