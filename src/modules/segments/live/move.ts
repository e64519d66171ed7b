import type { ClickHouse } from '#platform/clickhouse';
import * as sql from '../snapshots/snapshots-sql.ts';
import type { Opened } from './open.ts';
import type { Errand } from './workspace.ts';

const page = 2_000;

/**
 * Takes up snapshots that are whole: from now on whoever is fetched is given their values, and everybody of whom they
 * say something else than the current ones is evaluated again, at the pace of the rounds. Then a round makes them the
 * current ones. Until that, statements look at those before, and nothing is proved. Begins anew with the workspace,
 * which harms nothing.
 */
export async function moveSnapshots(
  { ch }: { ch: ClickHouse },
  { workspace, compiled: { snapshots } }: Opened,
  coming: readonly { name: string; next_version: number }[],
  alive: () => boolean,
): Promise<void> {
  const { id: workspaceId } = workspace;
  const versions = new Map(coming.map(({ name, next_version }) => [name, next_version]));
  for (const [name, version] of versions) snapshots.live.set(name, version);
  for (const name of workspace.set.wants.snapshots) {
    const after = versions.get(name);
    if (after === undefined) continue;
    const before = snapshots.current.get(name) ?? 0;
    let last: Errand | null = null;
    let many = 0;
    for await (const person of sql.changedBetween(ch, { workspaceId, name, before, after })) {
      last = { person, evaluate: true, refresh: true };
      workspace.errands.push(last);
      if (++many % page !== 0) continue;
      await workspace.isTaken(last);
      if (!alive()) return;
    }
    if (last) await workspace.isTaken(last);
    if (!alive()) return;
  }
  snapshots.reached = versions;
}
