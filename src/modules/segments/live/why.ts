import type { People, PersonFacts } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import type { PersonState, RuleSet } from '../rule/index.ts';
import { type Extras, loadPersons } from './load.ts';
import type { Compiled } from './open.ts';
import { fillRing, type RoundDeps } from './round.ts';
import type { Waiting } from './waiting.ts';
import { Workspace } from './workspace.ts';

/** One person's state for one rule, as of what is committed by now, in whatever process. */
export async function stateOf(
  deps: {
    pg: Postgres;
    ch: ClickHouse;
    people: People;
    extras: Extras;
    reader: RoundDeps['reader'];
    waiting: Waiting;
  },
  workspaceId: number,
  person: number,
  compiled: Compiled,
): Promise<{ set: RuleSet; state: PersonState; facts: PersonFacts } | null> {
  return deps.pg.inWorkspace(workspaceId, async (tx) => {
    const position = await deps.reader.head(tx, workspaceId);
    const [facts] = await deps.people.changes.facts(tx, workspaceId, [person]);
    if (!facts) return null;
    const workspace = new Workspace({
      id: workspaceId,
      set: compiled.set,
      editions: [],
      room: 0,
      setVersion: 0,
      contextHash: '',
      position,
      round: 0,
      nowMs: 0,
      timersFrom: 0,
      seenKey: Number.MAX_SAFE_INTEGER,
      backfillFrom: null,
      openedTick: 0,
    });
    await fillRing(deps, tx, workspace);
    const [loaded] = await loadPersons(deps, tx, workspace, [facts]);
    return loaded ? { set: compiled.set, state: loaded.state, facts } : null;
  });
}
