import type { Identity, Principal } from '#modules/identity';
import type { People } from '#modules/people';
import type { Clock } from '#platform/clock';
import { sha256Hex, uuidv7 } from '#platform/ids';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { Refusal } from '#platform/refusal';
import type { Ledger } from '../earn/ledger.ts';
import { micros, million, plain } from '../rule/amount.ts';
import { type MoneyOff, type RedemptionAnswer, type RewardSettings, refuse } from '../schema.ts';
import * as sql from './sql.ts';
import type { Vouchers } from './vouchers.ts';

const state = { underWay: 0, done: 1, refused: 2, reversed: 3 } as const;
const words = ['under way', 'done', 'refused', 'reversed'] as const;
const dayMs = 86_400_000;
const leftAfterMs = 60_000;

interface Wanted {
  programme: string;
  points: number;
  reward: sql.RewardRow | null;
  orderId: string | null;
  worth: string | null;
  currency: string | null;
}

interface RedemptionsDeps {
  pg: Postgres;
  identity: Identity;
  people: People;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  vouchers: Vouchers;
  settings(workspaceId: number): Promise<RewardSettings>;
}

/**
 * Points for a reward, or for money off an order. What is wanted is written down first, then the ledger is asked under
 * a key of its own, then it is finished; who dies in between is finished by `finishOpen`.
 */
export class Redemptions {
  readonly #deps: RedemptionsDeps;

  constructor(deps: RedemptionsDeps) {
    this.#deps = deps;
  }

  /** Refuses what the reward or the ledger says no to; the same key again answers the same. */
  redeem(by: Principal, key: string, o: { reward: string; person: string }): Promise<RedemptionAnswer> {
    return this.#once(by, key, o, async (tx, keys) => {
      const { workspaceId } = by;
      const reward = await sql.lockReward(tx, workspaceId, o.reward);
      if (!reward || reward.archived_at)
        throw refuse('no-such-reward', 'No reward of this workspace has this id.');
      const now = this.#deps.clock.now();
      if ((reward.from_at && now < reward.from_at) || (reward.to_at && now >= reward.to_at))
        throw refuse('not-now', 'The reward is not to be had at this time.');
      if (reward.stock !== null && reward.taken >= reward.stock)
        throw refuse('sold-out', 'The last one of this reward is gone.');
      if (reward.each !== null) {
        const had = await sql.timesHad(tx, workspaceId, { rewardId: reward.id, keys });
        if (had >= reward.each)
          throw refuse(
            'had-already',
            `The person has had it ${had} times, which is as often as it can be had.`,
          );
      }
      await sql.addTaken(tx, workspaceId, reward.id, 1);
      const { programme, cost: points, voucher } = reward;
      const [worth, currency] = [voucher?.worth ?? null, voucher?.currency ?? null];
      return { programme, points, reward, orderId: null, worth, currency };
    });
  }

  /** So much off an order as the settings say that the points are worth, rounded down to hundredths. */
  moneyOff(by: Principal, key: string, o: MoneyOff): Promise<RedemptionAnswer> {
    return this.#once(by, key, o, async () => {
      const { moneyOff } = await this.#deps.settings(by.workspaceId);
      const each = micros(moneyOff.worth) ?? 0n;
      const hundredths = (BigInt(o.points) * each) / BigInt(moneyOff.points) / (million / 100n);
      const worth = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
      const currency = moneyOff.currency || by.workspace.currency;
      return { programme: o.programme, points: o.points, reward: null, orderId: o.order_id, worth, currency };
    });
  }

  /** Gives the points back with the days by which they would have run out. Refuses where its voucher was used. */
  async reverse(by: Principal, uuid: string): Promise<RedemptionAnswer> {
    const { pg, ledger, identity, clock } = this.#deps;
    const { workspaceId } = by;
    const row = await pg.inWorkspace(workspaceId, async (tx) => {
      const found = await this.#find(tx, workspaceId, uuid);
      const [voucher] = await sql.vouchersOf(tx, workspaceId, [found.id]);
      if (voucher?.used_at)
        throw refuse('voucher-used', 'Its voucher was used; what was bought with it stays.');
      // From now on nobody can use it, whatever happens to this process.
      await sql.reverseVouchers(tx, workspaceId, found.id, clock.now());
      return found;
    });
    if (row.state === state.done && row.spend !== null) {
      await ledger.transfer(workspaceId, {
        kind: 'return',
        programme: row.programme,
        key: `redemption ${row.uuid} back`,
        of: row.spend,
      });
      await pg.inWorkspace(workspaceId, async (tx) => {
        const now = await this.#find(tx, workspaceId, uuid);
        if (now.state === state.reversed) return;
        await sql.setRedemption(tx, workspaceId, {
          id: row.id,
          state: state.reversed,
          spend: null,
          now: clock.now(),
        });
        if (row.reward_id !== null) await sql.addTaken(tx, workspaceId, row.reward_id, -1);
        await identity.audit(tx, by, 'rewards.redemption-reversed', `redemption:${uuid}`);
      });
    }
    return this.get(workspaceId, uuid);
  }

  async get(workspaceId: number, uuid: string): Promise<RedemptionAnswer> {
    const row = await this.#deps.pg.inWorkspace(workspaceId, (tx) => this.#find(tx, workspaceId, uuid));
    const [answer] = await this.#answers(workspaceId, [row]);
    if (!answer) throw new Error('A redemption without its answer.');
    return answer;
  }

  async list(workspaceId: number, o: { person?: string; before: number | null; most: number }) {
    const { pg, people } = this.#deps;
    const keys = o.person === undefined ? null : await people.keysOf(workspaceId, o.person);
    const rows = await pg.inWorkspace(workspaceId, (tx) =>
      sql.listRedemptions(tx, workspaceId, { keys, before: o.before, most: o.most + 1 }),
    );
    const shown = rows.slice(0, o.most);
    const next = rows.length > o.most ? String(shown.at(-1)?.id ?? '') : null;
    return { items: await this.#answers(workspaceId, shown), next };
  }

  async finishOpen(): Promise<void> {
    const { pg, clock, log } = this.#deps;
    const before = new Date(clock.ms() - leftAfterMs);
    for (const { workspace_id, uuid } of await pg.asSystem((tx) => sql.openRedemptions(tx, before))) {
      await this.#finish(workspace_id, uuid).catch((err: unknown) => {
        if (!(err instanceof Refusal))
          log.warn({ workspaceId: workspace_id, err }, 'a redemption is still open');
      });
    }
  }

  async #once(
    by: Principal,
    key: string,
    o: { person: string },
    want: (tx: Tx, keys: readonly number[]) => Promise<Wanted>,
  ): Promise<RedemptionAnswer> {
    const { pg, people, clock } = this.#deps;
    const { workspaceId } = by;
    const content = sha256Hex(JSON.stringify(o));
    const keys = await people.keysOf(workspaceId, o.person);
    const person = Math.min(...keys);
    const uuid = await pg.inWorkspace(workspaceId, async (tx) => {
      const known = await sql.redemptionByKey(tx, workspaceId, key);
      if (known && known.content !== content)
        throw refuse('key-reused', 'The Idempotency-Key was sent with another request; take a new one.');
      if (known) return known.uuid;
      const { programme, points, reward, orderId, worth, currency } = await want(tx, keys);
      const made = {
        uuid: uuidv7(clock),
        key,
        content,
        person,
        rewardId: reward?.id ?? null,
        at: clock.now(),
      };
      const isNew = await sql.insertRedemption(tx, workspaceId, {
        ...made,
        programme,
        points,
        orderId,
        worth,
        currency,
      });
      if (!isNew) throw refuse('key-reused', 'The same request is under way; ask again in a moment.');
      return made.uuid;
    });
    await this.#finish(workspaceId, uuid);
    return this.get(workspaceId, uuid);
  }

  async #finish(workspaceId: number, uuid: string): Promise<void> {
    const { pg, people, ledger, clock, vouchers } = this.#deps;
    const row = await pg.inWorkspace(workspaceId, (tx) => this.#find(tx, workspaceId, uuid));
    if (row.state !== state.underWay || row.person === null) return;
    const persons = await pg.inWorkspace(workspaceId, (tx) =>
      people.changes.personsOf(tx, workspaceId, [row.person ?? 0]),
    );
    const person = persons.get(row.person) ?? row.person;
    const [facts] = await pg.inWorkspace(workspaceId, (tx) =>
      people.changes.facts(tx, workspaceId, [person]),
    );
    const spent = await ledger
      .transfer(workspaceId, {
        kind: 'spend',
        programme: row.programme,
        key: `redemption ${row.uuid}`,
        from: { person: facts?.keys ?? [person] },
        amount: row.points,
        ...(row.order_id === null ? {} : { order: row.order_id }),
      })
      .catch(async (error: unknown) => {
        // The ledger did nothing: nothing was wanted, and the key is free again.
        if (error instanceof Refusal) await this.#undo(workspaceId, row);
        throw error;
      });
    await pg.inWorkspace(workspaceId, async (tx) => {
      const now = await this.#find(tx, workspaceId, uuid);
      if (now.state !== state.underWay) return;
      await sql.setRedemption(tx, workspaceId, {
        id: row.id,
        state: state.done,
        spend: spent.id,
        now: clock.now(),
      });
      const reward = row.reward_uuid === null ? null : await sql.lockReward(tx, workspaceId, row.reward_uuid);
      if (!reward?.voucher) return;
      const expires = new Date(clock.ms() + reward.voucher.days * dayMs);
      await vouchers.issue(tx, workspaceId, {
        redemptionId: row.id,
        worth: row.worth,
        currency: row.currency,
        expires,
      });
    });
  }

  #undo(workspaceId: number, row: sql.RedemptionRow): Promise<void> {
    return this.#deps.pg.inWorkspace(workspaceId, async (tx) => {
      const now = await this.#find(tx, workspaceId, row.uuid);
      if (now.state !== state.underWay) return;
      await sql.deleteRedemption(tx, workspaceId, row.id);
      if (row.reward_id !== null) await sql.addTaken(tx, workspaceId, row.reward_id, -1);
    });
  }

  async #find(tx: Tx, workspaceId: number, uuid: string): Promise<sql.RedemptionRow> {
    const row = await sql.lockRedemption(tx, workspaceId, uuid);
    if (!row) throw refuse('no-such-redemption', 'No redemption of this workspace has this id.');
    return row;
  }

  async #answers(workspaceId: number, rows: readonly sql.RedemptionRow[]): Promise<RedemptionAnswer[]> {
    const { pg, people, vouchers } = this.#deps;
    const ids = await people.idsOfKeys(
      workspaceId,
      rows.flatMap((row) => row.person ?? []),
    );
    const found = await pg.inWorkspace(workspaceId, (tx) =>
      sql.vouchersOf(
        tx,
        workspaceId,
        rows.map((row) => row.id),
      ),
    );
    const shown = await vouchers.show(workspaceId, found);
    return rows.map((row) => ({
      id: row.uuid,
      reward: row.reward_uuid === null ? null : { id: row.reward_uuid, name: row.reward_name ?? '' },
      person: row.person === null ? null : (ids.get(row.person) ?? null),
      points: row.points,
      order_id: row.order_id,
      worth: row.worth === null ? null : plain(row.worth),
      currency: row.currency,
      at: row.at.toISOString(),
      state: words[row.state] ?? 'under way',
      voucher: shown.get(row.id) ?? null,
    }));
  }
}
