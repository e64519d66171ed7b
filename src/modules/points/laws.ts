import type { Transparency } from '#modules/transparency';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres } from '#platform/postgres';
import type { Programme, Programmes } from './programmes.ts';
import * as sql from './sweep-sql.ts';

/** Whole histories are added up; that may take its time in a large one. */
const timeoutMs = 300_000;
const most = 20;
const page = 5_000;
/** By then the sequencer has numbered what was committed, or something is the matter. */
const loggedWithinMs = 60_000;

/** Holds the books to their laws. */
export function createLaws(deps: {
  pg: Postgres;
  clock: Clock;
  log: Log;
  programmes: Programmes;
  transparency: Pick<Transparency, 'placesOf' | 'state'>;
}) {
  const { pg, clock, log, programmes, transparency } = deps;

  /** Every movement stands in the public log, each in a place of its own; from the last one that was checked on. */
  async function logged(programme: Programme): Promise<{ broken: sql.Broken[]; checked: number }> {
    const { workspaceId, id, log_id: logId } = programme;
    let checked = await pg.inWorkspace(workspaceId, (tx) => sql.checkedUpTo(tx, workspaceId, id));
    const broken: sql.Broken[] = [];
    for (;;) {
      const ids = await pg.inWorkspace(workspaceId, (tx) =>
        sql.movementsAfter(tx, workspaceId, id, {
          after: checked,
          beforeMs: clock.ms() - loggedWithinMs,
          most: page,
        }),
      );
      const last = ids.at(-1);
      if (last === undefined || logId === null) return { broken, checked };
      const places = await pg.inWorkspace(workspaceId, (tx) =>
        transparency.placesOf(tx, logId, ids.map(BigInt)),
      );
      const missing = ids.filter((one) => !places.has(BigInt(one)));
      if (missing.length > 0) {
        broken.push({
          law: 'logged-once',
          says: `${missing.length} movements from ${missing[0]} on are not in the public log`,
        });
        return { broken, checked };
      }
      if (new Set(places.values()).size !== ids.length)
        broken.push({
          law: 'logged-once',
          says: `two movements up to ${last} share a place in the public log`,
        });
      checked = last;
    }
  }

  async function check(programme: Programme): Promise<sql.Broken[]> {
    const { workspaceId, id, log_id: logId } = programme;
    const began = clock.tick();
    const books = await pg.inWorkspace(workspaceId, (tx) => sql.brokenLaws(tx, workspaceId, id, most), {
      timeoutMs,
    });
    const inLog = await logged(programme);
    const stopped = logId === null ? null : (await transparency.state(workspaceId, logId)).stopped;
    const held = stopped === null ? [] : [{ law: 'log-goes-on', says: stopped }];
    const broken = [...books, ...inLog.broken, ...held];
    await pg.inWorkspace(workspaceId, (tx) =>
      sql.saveCheck(tx, workspaceId, id, {
        at: clock.now(),
        tookMs: clock.tick() - began,
        broken,
        checked: inLog.checked,
      }),
    );
    if (broken.length > 0)
      log.error({ workspaceId, programme: programme.uuid, broken }, 'points: the books break a law');
    return broken;
  }

  return {
    /** What breaks a law now; looks at everything. */
    check: async (workspaceId: number, uuid: string) => check(await programmes.fresh(workspaceId, uuid)),
    /** What was found when the job looked last. */
    checks: (workspaceId: number) => pg.inWorkspace(workspaceId, (tx) => sql.readChecks(tx, workspaceId)),
    /** How many breaches were found in all workspaces. */
    broken: () => pg.asSystem(sql.countBroken),
    async all(): Promise<void> {
      for (const { workspace_id, uuid } of await pg.asSystem(sql.allProgrammes))
        await check(await programmes.fresh(workspace_id, uuid));
    },
  };
}
