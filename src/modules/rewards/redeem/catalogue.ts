import type { Actor, Identity, Principal } from '#modules/identity';
import type { Clock } from '#platform/clock';
import { uuidv7 } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import type { Ledger } from '../earn/ledger.ts';
import { type NewReward, type RewardAnswer, type RewardChange, refuse } from '../schema.ts';
import * as sql from './sql.ts';

interface CatalogueDeps {
  pg: Postgres;
  identity: Identity;
  ledger: Ledger;
  clock: Clock;
}

/** What points can be had for. */
export class Catalogue {
  readonly #deps: CatalogueDeps;

  constructor(deps: CatalogueDeps) {
    this.#deps = deps;
  }

  async list(workspaceId: number, programme: string | null): Promise<RewardAnswer[]> {
    const rows = await this.#deps.pg.inWorkspace(workspaceId, (tx) =>
      sql.listRewards(tx, workspaceId, programme),
    );
    return rows.map(answerOf);
  }

  /** Refuses `name-taken`, `points/no-such-programme`. */
  async create(by: Actor, o: NewReward): Promise<RewardAnswer> {
    const { pg, identity, ledger, clock } = this.#deps;
    const { workspaceId } = by;
    await ledger.programmes.get(workspaceId, o.programme);
    const uuid = uuidv7(clock);
    return pg.inWorkspace(workspaceId, async (tx) => {
      const content = {
        uuid,
        programme: o.programme,
        name: o.name.trim(),
        description: o.description ?? '',
        cost: o.cost,
        stock: o.stock ?? null,
        from_at: dateOf(o.from),
        to_at: dateOf(o.to),
        each: o.each ?? null,
        voucher: o.voucher ?? null,
      };
      if (!(await sql.insertReward(tx, workspaceId, content, clock.now()))) throw nameTaken(content.name);
      await identity.audit(tx, by, 'rewards.reward-created', `reward:${uuid}`);
      return answerOf(await this.#find(tx, workspaceId, uuid));
    });
  }

  /** Refuses `no-such-reward`, `name-taken`. */
  async change(by: Principal, uuid: string, o: RewardChange): Promise<RewardAnswer> {
    const { pg, identity, clock } = this.#deps;
    const { workspaceId } = by;
    return pg.inWorkspace(workspaceId, async (tx) => {
      const row = await this.#find(tx, workspaceId, uuid);
      const { from, to, archived, name, ...rest } = o;
      Object.assign(row, rest);
      if (name !== undefined) row.name = name.trim();
      if (from !== undefined) row.from_at = dateOf(from);
      if (to !== undefined) row.to_at = dateOf(to);
      if (archived !== undefined) row.archived_at = archived ? (row.archived_at ?? clock.now()) : null;
      // What is gone is gone: there were at least so many.
      if (row.stock !== null && row.stock < row.taken) row.stock = row.taken;
      if (row.archived_at === null && (await sql.nameTaken(tx, workspaceId, row))) throw nameTaken(row.name);
      await sql.updateReward(tx, workspaceId, row);
      await identity.audit(tx, by, 'rewards.reward-changed', `reward:${uuid}`, { fields: Object.keys(o) });
      return answerOf(row);
    });
  }

  async #find(
    tx: Parameters<typeof sql.lockReward>[0],
    workspaceId: number,
    uuid: string,
  ): Promise<sql.RewardRow> {
    const row = await sql.lockReward(tx, workspaceId, uuid);
    if (!row) throw refuse('no-such-reward', 'No reward of this workspace has this id.');
    return row;
  }
}

const dateOf = (text: string | null | undefined) => (text ? new Date(text) : null);
const nameTaken = (name: string) => refuse('name-taken', `There is a reward named "${name}" already.`);

function answerOf(row: sql.RewardRow): RewardAnswer {
  const { uuid, from_at, to_at, archived_at, id: _, ...rest } = row;
  return {
    ...rest,
    id: uuid,
    from: from_at?.toISOString() ?? null,
    to: to_at?.toISOString() ?? null,
    archived_at: archived_at?.toISOString() ?? null,
  };
}
