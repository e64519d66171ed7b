import type { Postgres } from '#platform/postgres';
import { sideName } from './book.ts';
import { type Lot, never, toLots } from './lots.ts';
import type { Party } from './order.ts';
import { refHash } from './prepare.ts';
import type { Programme, Programmes } from './programmes.ts';
import * as sql from './read-sql.ts';
import { type Kind, kinds, type Origin, origins, refuse } from './schema.ts';

const dayMs = 86_400_000;

export interface LotView {
  origin: Origin;
  /** The last day on which they can be used; null: never. */
  expires: string | null;
  earned: string;
  amount: number;
}

export interface MovementView {
  id: string;
  /** The order's first leg; itself for most. */
  order: string;
  of: string | null;
  at: Date;
  kind: Kind;
  from: { side: string; partner: string | null };
  to: { side: string; partner: string | null };
  amount: number;
  /** How the asked party's own balances changed: of wallet, held and receivable together. */
  change: number | null;
  lots: LotView[];
  policy: number;
  rule: string | null;
  shopOrder: string | null;
  reason: string | null;
  by: string[] | null;
}

/** What somebody has and had, and what became of it. */
export function createStatements(deps: { pg: Postgres; programmes: Pick<Programmes, 'get'> }) {
  const { pg, programmes } = deps;

  async function ask<T>(
    workspaceId: number,
    uuid: string,
    party: Party,
    read: (w: sql.Whose, programme: Programme, tx: Parameters<typeof sql.lotsOf>[0]) => Promise<T>,
  ): Promise<T> {
    const programme = await programmes.get(workspaceId, uuid);
    const w = whose(programme.id, party);
    return pg.inWorkspace(workspaceId, (tx) => read(w, programme, tx));
  }

  return {
    /** Posted (the wallet), held, and what is owed (negative); now, or as of a moment. */
    balances: (workspaceId: number, programme: string, party: Party, at?: Date): Promise<sql.BalanceRow> =>
      ask(workspaceId, programme, party, (w, _, tx) =>
        at ? sql.balancesAt(tx, workspaceId, w, at.getTime()) : sql.balancesNow(tx, workspaceId, w),
      ),
    /** Of wallets and of what is held; the oldest expiry first. */
    async lots(workspaceId: number, programme: string, party: Party): Promise<LotView[]> {
      const rows = await ask(workspaceId, programme, party, (w, _, tx) => sql.lotsOf(tx, workspaceId, w));
      return rows.map(lotView);
    },
    async holds(workspaceId: number, programme: string, party: Party) {
      const rows = await ask(workspaceId, programme, party, (w, _, tx) =>
        sql.openHoldsOf(tx, workspaceId, w),
      );
      return rows.map((row) => ({
        id: String(row.id),
        amount: row.amount,
        until: row.due === null ? null : new Date(row.due),
        atEnd: row.settles ? ('settle' as const) : ('void' as const),
        /** Earned and not theirs yet, as opposed to theirs and kept for a purchase. */
        earned: row.back === -1,
        lots: toLots(row.lots).map(lotView),
      }));
    },
    /** The newest first; `before` is the id of the last one of the page before. */
    async statement(
      workspaceId: number,
      programme: string,
      party: Party,
      o: { before?: string | undefined; most?: number } = {},
    ): Promise<MovementView[]> {
      const rows = await ask(workspaceId, programme, party, (w, _, tx) =>
        sql.movementsOf(tx, workspaceId, w, {
          before: o.before === undefined ? null : Number(o.before),
          most: o.most ?? 50,
        }),
      );
      return rows.map(movementView);
    },
    /** All legs of the order that a movement belongs to. Refuses `no-such-transfer`. */
    async movement(workspaceId: number, uuid: string, id: string): Promise<MovementView[]> {
      const programme = await programmes.get(workspaceId, uuid);
      const rows = await pg.inWorkspace(workspaceId, (tx) =>
        sql.movementById(tx, workspaceId, programme.id, Number(id)),
      );
      if (rows.length === 0) throw refuse('no-such-transfer', 'No movement of this programme has this id.');
      return rows.map(movementView);
    },
    /** What was moved for an order of the shop, the oldest first. */
    async ofOrder(workspaceId: number, uuid: string, order: string): Promise<MovementView[]> {
      const programme = await programmes.get(workspaceId, uuid);
      const rows = await pg.inWorkspace(workspaceId, (tx) =>
        sql.movementsByRef(tx, workspaceId, programme.id, refHash(programme.secret, order)),
      );
      return rows.map(movementView);
    },
  };
}

function whose(programmeId: number, party: Party): sql.Whose {
  if ('partner' in party) return { programmeId, owners: [], name: party.partner.normalize() };
  const owners = typeof party.person === 'number' ? [party.person] : [...party.person];
  return { programmeId, owners, name: null };
}

export function textOfDay(day: number): string | null {
  return day >= never ? null : new Date(day * dayMs).toISOString().slice(0, 10);
}

function lotView(lot: Lot): LotView {
  return {
    origin: origins[lot.origin] ?? 'adjustment',
    expires: textOfDay(lot.expires),
    earned: textOfDay(lot.day) ?? '',
    amount: lot.amount,
  };
}

function movementView(row: sql.MovementRow): MovementView {
  const lots =
    row.origin === null
      ? toLots(row.lots)
      : [{ origin: row.origin, expires: row.expires ?? 0, day: row.day ?? 0, amount: row.amount }];
  return {
    id: String(row.id),
    order: String(row.first ?? row.id),
    of: row.of === null ? null : String(row.of),
    at: new Date(row.at),
    kind: kinds[row.kind] ?? 'adjust',
    from: { side: sideName(row.from_kind, row.from_account % 4), partner: row.from_name },
    to: { side: sideName(row.to_kind, row.to_account % 4), partner: row.to_name },
    amount: row.amount,
    change:
      row.to_theirs === undefined
        ? null
        : (row.to_theirs ? row.amount : 0) - (row.from_theirs ? row.amount : 0),
    lots: lots.map(lotView),
    policy: row.policy,
    rule: row.rule,
    shopOrder: row.order_ref,
    reason: row.reason,
    by: row.by,
  };
}
