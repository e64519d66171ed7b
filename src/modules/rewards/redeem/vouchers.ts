import type { Identity } from '#modules/identity';
import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import { plain } from '../rule/amount.ts';
import { refuse, type VoucherAnswer } from '../schema.ts';
import * as sql from './sql.ts';
import { codeOf, type Keys, newKeys, newNumber, numberOf, readToken, tokenOf } from './voucher.ts';

/** Codes that are good once. */
export class Vouchers {
  readonly #deps: { pg: Postgres; identity: Identity; clock: Clock };

  constructor(deps: { pg: Postgres; identity: Identity; clock: Clock }) {
    this.#deps = deps;
  }

  async issue(
    tx: Tx,
    workspaceId: number,
    o: { redemptionId: number; worth: string | null; currency: string | null; expires: Date },
  ): Promise<void> {
    await this.#keys(tx, workspaceId);
    await sql.insertVoucher(tx, workspaceId, { number: newNumber(), ...o });
  }

  /** By the redemption that they came from. */
  async show(workspaceId: number, rows: readonly sql.VoucherRow[]): Promise<Map<number, VoucherAnswer>> {
    if (rows.length === 0) return new Map();
    const workspace = await this.#workspace(workspaceId);
    const keys = await this.#deps.pg.inWorkspace(workspaceId, (tx) => this.#keys(tx, workspaceId));
    return new Map(rows.map((row) => [row.redemption_id, this.#answer(row, workspace, keys)]));
  }

  publicKey(workspaceId: number): Promise<Buffer> {
    return this.#deps.pg.inWorkspace(
      workspaceId,
      async (tx) => (await this.#keys(tx, workspaceId)).publicKey,
    );
  }

  /** Refuses `no-such-voucher`: not one of ours, or changed. */
  async check(workspaceId: number, codeOrToken: string): Promise<VoucherAnswer> {
    const workspace = await this.#workspace(workspaceId);
    return this.#deps.pg.inWorkspace(workspaceId, async (tx) => {
      const keys = await this.#keys(tx, workspaceId);
      return this.#answer(await this.#find(tx, workspaceId, codeOrToken, keys), workspace, keys);
    });
  }

  /** Once; the same key again answers the same. Refuses `voucher-used`, `voucher-over`, `no-such-voucher`. */
  async redeem(
    workspaceId: number,
    o: { code: string; key: string; orderId: string | null },
  ): Promise<VoucherAnswer> {
    const workspace = await this.#workspace(workspaceId);
    return this.#deps.pg.inWorkspace(workspaceId, async (tx) => {
      const keys = await this.#keys(tx, workspaceId);
      const row = await this.#find(tx, workspaceId, o.code, keys);
      const now = this.#deps.clock.now();
      if (row.used_at !== null) {
        if (row.used_key === o.key) return this.#answer(row, workspace, keys);
        throw refuse('voucher-used', `It was used on ${row.used_at.toISOString()}.`, {
          used_at: row.used_at.toISOString(),
        });
      }
      if (row.reversed_at !== null)
        throw refuse('voucher-over', 'It was given back, and its points returned.');
      if (row.expires <= now) throw refuse('voucher-over', `It held until ${row.expires.toISOString()}.`);
      await sql.useVoucher(tx, workspaceId, { number: row.number, key: o.key, orderId: o.orderId, now });
      return this.#answer({ ...row, used_at: now, order_id: o.orderId }, workspace, keys);
    });
  }

  async #find(tx: Tx, workspaceId: number, codeOrToken: string, keys: Keys): Promise<sql.VoucherRow> {
    const text = codeOrToken.trim();
    const code = text.includes('.') ? readToken(text, keys)?.code : text;
    const number = code === undefined ? null : numberOf(code);
    const row = number === null ? null : await sql.lockVoucher(tx, workspaceId, number);
    if (!row)
      throw refuse('no-such-voucher', 'This is no voucher of ours, or it was changed. Look at every letter.');
    return row;
  }

  #answer(row: sql.VoucherRow, workspace: string, keys: Keys): VoucherAnswer {
    const code = codeOf(row.number);
    const worth = row.worth === null ? null : plain(row.worth);
    const expires = row.expires.toISOString();
    const { currency, used_at, reversed_at } = row;
    const isOver = row.expires <= this.#deps.clock.now();
    return {
      code,
      token: tokenOf({ v: 1, workspace, code, worth, currency, expires }, keys),
      worth,
      currency,
      expires,
      state: reversed_at ? 'reversed' : used_at ? 'used' : isOver ? 'expired' : 'good',
      used_at: used_at?.toISOString() ?? null,
      order_id: row.order_id,
      reward: row.reward_name,
    };
  }

  async #workspace(workspaceId: number): Promise<string> {
    return (await this.#deps.identity.workspaces.get(workspaceId))?.uuid ?? '';
  }

  async #keys(tx: Tx, workspaceId: number): Promise<Keys> {
    const known = await sql.readKeys(tx, workspaceId);
    if (known) return known;
    await sql.insertKeys(tx, workspaceId, newKeys());
    const made = await sql.readKeys(tx, workspaceId);
    if (!made) throw new Error('The key for vouchers was not written.');
    return made;
  }
}
