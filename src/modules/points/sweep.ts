import type { Clock } from '#platform/clock';
import type { Postgres } from '#platform/postgres';
import type { Order, Outcome } from './order.ts';
import type { Programmes } from './programmes.ts';
import { dayOf } from './steps.ts';
import * as sql from './sweep-sql.ts';

const page = 500;

/** What time does by itself: points run out, and holds come to their end. */
export function createSweep(deps: {
  pg: Postgres;
  clock: Clock;
  programmes: Programmes;
  transferMany: (workspaceId: number, orders: readonly Order[]) => Promise<Outcome[]>;
}) {
  const { pg, clock, programmes, transferMany } = deps;

  /** How many accounts had points that ran out. */
  async function expireDue(workspaceId: number, uuid: string): Promise<number> {
    const programme = await programmes.get(workspaceId, uuid);
    const today = dayOf(programmes.dayIn(programme, clock.ms()));
    let expired = 0;
    for (let after = 0; ; ) {
      const rows = await pg.inWorkspace(workspaceId, (tx) =>
        sql.accountsToExpire(tx, workspaceId, programme.id, { today, after, most: page }),
      );
      // The newest movement is part of the key: what runs out again later is another order.
      const done = await transferMany(
        workspaceId,
        rows.map(({ id, at }) => ({
          kind: 'expire',
          programme: uuid,
          key: `expire:${id}:${today}:${at}`,
          account: id,
        })),
      );
      expired += done.filter((outcome) => outcome.ok).length;
      const last = rows.at(-1);
      if (!last || rows.length < page) return expired;
      after = last.id;
    }
  }

  /** How many holds came to their end. */
  async function endHolds(workspaceId: number, uuid: string): Promise<number> {
    const programme = await programmes.get(workspaceId, uuid);
    let ended = 0;
    for (let after = 0; ; ) {
      const rows = await pg.inWorkspace(workspaceId, (tx) =>
        sql.holdsDue(tx, workspaceId, programme.id, { atMs: clock.ms(), after, most: page }),
      );
      const done = await transferMany(
        workspaceId,
        rows.map(({ id, settles }) => ({
          kind: settles ? 'settle' : 'void',
          programme: uuid,
          key: `due:${id}`,
          hold: String(id),
        })),
      );
      ended += done.filter((outcome) => outcome.ok).length;
      const last = rows.at(-1);
      if (!last || rows.length < page) return ended;
      after = last.id;
    }
  }

  return {
    expireDue,
    endHolds,
    /** In all programmes of all workspaces. */
    async all(): Promise<void> {
      for (const { workspace_id, uuid } of await pg.asSystem(sql.allProgrammes)) {
        await endHolds(workspace_id, uuid);
        await expireDue(workspace_id, uuid);
      }
    },
  };
}
