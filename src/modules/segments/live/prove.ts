import type { ClickHouse } from '#platform/clickhouse';
import type { Carrier } from './carry.ts';
import * as proofSql from './proof-sql.ts';
import type { Runner } from './runner.ts';

export interface Proof {
  at: string;
  position: number;
  people: number;
  /** Persons of whom live and afresh differ; those who were in motion were looked at again. */
  different: number;
  /** Some of them. */
  examples: { person: number; live: boolean }[];
  seconds: number;
}

const attempts = 5;
const mostExamples = 20;
const lookAgainMs = 500;
const patienceMs = 300_000;

/**
 * Computes an edition afresh and compares it with what is live, at one moment and one position of the log. People who
 * are evaluated meanwhile may differ for that reason alone: they are compared again, at a later moment.
 */
export async function prove(
  deps: {
    ch: ClickHouse;
    runner: Runner;
    carrier: Carrier;
    settled(workspaceId: number): Promise<void>;
    now(): Date;
    tick(): number;
    sleep(ms: number): Promise<void>;
  },
  workspaceId: number,
  edition: number,
): Promise<Proof | null> {
  const { ch, runner, carrier } = deps;
  const started = deps.tick();
  let suspects: number[] | null = null;
  for (let attempt = 1; ; attempt++) {
    await runner.settleNow(workspaceId);
    const opened = runner.opened(workspaceId);
    const place =
      opened?.workspace.editions.findIndex((one) => one.id === edition && one.state === 'live') ?? -1;
    if (!opened || place < 0) return null;
    const { workspace, compiled } = opened;
    if (compiled.snapshots.isMoving) {
      // Some have their new values already, and others not.
      if (deps.tick() - started > patienceMs) return null;
      await deps.sleep(lookAgainMs);
      attempt--;
      continue;
    }
    const at = { position: workspace.position, now: workspace.nowMs };
    const watched = new Set<number>();
    workspace.watched = watched;
    await deps.settled(workspaceId);
    await carrier.flush();
    const query = compiled.members[place]?.(at);
    if (!query) return null;
    const found = await proofSql.differences(ch, workspaceId, edition, at.now, query);
    // Changes of people that the statement saw and the rounds had not are taken by now.
    await runner.settleNow(workspaceId);
    workspace.watched = null;
    if (workspace !== runner.workspace(workspaceId)) {
      if (attempt === attempts) return null;
      continue;
    }
    const known: readonly number[] | null = suspects;
    const open: { person: number; live: boolean }[] = found.persons.filter(
      ({ person }) => !known || known.includes(person),
    );
    const certain = open.filter(({ person }) => !watched.has(person));
    if (certain.length > 0 || open.length === 0 || attempt === attempts) {
      return {
        at: deps.now().toISOString(),
        position: at.position,
        people: found.people,
        different: certain.length,
        examples: certain.slice(0, mostExamples).map(({ person, live }) => ({ person, live })),
        seconds: Math.round(deps.tick() - started) / 1000,
      };
    }
    suspects = open.map(({ person }) => person);
  }
}
