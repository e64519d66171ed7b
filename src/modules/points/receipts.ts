import { hashOfParty, type Receipt, type Transparency } from '#modules/transparency';
import type { Postgres, Tx } from '#platform/postgres';
import { decodeOpening, encodeOpening, type Opening, type Party, parseProof } from '#platform/tlog';
import type { Totals } from '#schema/transparency';
import { sideName } from './book.ts';
import type { ReceiptReadAnswer } from './desk/schema.ts';
import { nonceOf, viewOf } from './leaf.ts';
import { toLots } from './lots.ts';
import type { Programmes } from './programmes.ts';
import * as sql from './receipt-sql.ts';
import { readNow } from './report-sql.ts';
import { refuse } from './schema.ts';

/** What members keep as proof of a movement, and what a programme says of itself every hour. */
export function createReceipts(deps: {
  pg: Postgres;
  programmes: Pick<Programmes, 'get'>;
  transparency: Pick<Transparency, 'receipt'>;
}) {
  const { pg, programmes, transparency } = deps;

  const receipts = {
    /** For one party; null while it is not yet signed. Refuses `no-such-transfer`, also where the party was erased. */
    async receipt(
      workspaceId: number,
      uuid: string,
      id: string,
      party: 'from' | 'to',
    ): Promise<Receipt | null> {
      const programme = await programmes.get(workspaceId, uuid);
      const row = await pg.inWorkspace(workspaceId, (tx) =>
        sql.readForReceipt(tx, workspaceId, programme.id, Number(id)),
      );
      const own = row && partyOf(row, party);
      if (!row || !own || programme.log_id === null)
        throw refuse(
          'no-such-transfer',
          'No movement of this programme that can still be proven has this id.',
        );
      const counterpart = partyOf(row, party === 'from' ? 'to' : 'from');
      const other = counterpart ? hashOfParty(counterpart) : row.kept;
      if (!other)
        throw refuse('no-such-transfer', 'The other party was erased, and with it what proves this.');
      return transparency.receipt(workspaceId, programme.log_id, {
        id: BigInt(row.id),
        kind: row.kind + 1,
        parties: party === 'from' ? [own, other] : [other, own],
        party: party === 'from' ? 0 : 1,
      });
    },
    /** Which movement a receipt is of, a file's text or a link, and whether it is the one that was given out. */
    async read(workspaceId: number, uuid: string, text: string): Promise<ReceiptReadAnswer> {
      const programme = await programmes.get(workspaceId, uuid);
      const told = openingIn(text);
      const view = told ? viewIn(told) : undefined;
      if (!told || !view || view.programme !== programme.slug)
        throw refuse('no-receipt', 'This is no receipt of this programme, or it was cut.');
      const party = told.party === 0 ? 'from' : 'to';
      const given = await receipts.receipt(workspaceId, uuid, view.id, party);
      const own = given ? openingIn(given.text) : undefined;
      const plain = ({ index: _, ...rest }: Opening) => Buffer.from(encodeOpening(rest));
      return { id: view.id, party, genuine: own !== undefined && plain(own).equals(plain(told)) };
    },
    /** Told from one snapshot; null where the log is of no programme. */
    async totals(tx: Tx, log: number): Promise<Totals | null> {
      const programme = await sql.programmeOfLog(tx, log);
      if (!programme) return null;
      const now = await readNow(tx, tx.workspaceId ?? 0, programme.programme_id);
      const rows = await sql.sumByKind(tx, programme.programme_id);
      const sum = (of: 'issued' | 'taken_back' | 'spent' | 'expired') =>
        String(rows.reduce((total, row) => total + row[of], 0));
      return {
        programme: programme.name,
        issued: sum('issued'),
        outstanding: String(now.wallets + now.held),
        held: String(now.held),
        spent: sum('spent'),
        expired: sum('expired'),
        taken_back: sum('taken_back'),
        owed: String(now.owed),
        reserve: { amount: String(now.reserve), unit: `minor unit of ${programme.currency}` },
        ratio: String(now.ratio),
        backed: String(now.reserve * now.ratio),
        movements: Object.fromEntries(rows.map((row) => [String(row.kind + 1), String(row.movements)])),
      };
    },
  };
  return receipts;
}

/** What opens one party's side of a movement; null where the party was erased. */
export function partyOf(row: sql.ReceiptRow, party: 'from' | 'to'): Party | null {
  const [kind, side, secret, after] =
    party === 'from'
      ? [row.from_kind, row.from_side, row.from_secret, row.from_after]
      : [row.to_kind, row.to_side, row.to_secret, row.to_after];
  if (!secret) return null;
  const lots =
    row.origin === null
      ? toLots(row.lots)
      : [{ origin: row.origin, expires: row.expires ?? 0, day: row.day ?? 0, amount: row.amount }];
  const { id, at: atMs, amount, slug: programme } = row;
  const view = viewOf({ programme, id, atMs, party, side: sideName(kind, side), amount, after, lots });
  return { nonce: nonceOf(secret, id, party), view };
}

/** What opens a receipt: of a file, or of a link, where it stands behind the #. */
function openingIn(text: string): Opening | undefined {
  const short = text.includes('#receipt=') ? text.slice(text.indexOf('#receipt=') + 9) : undefined;
  if (short !== undefined) return decodeOpening(Buffer.from(short.trim(), 'base64url'));
  const proof = parseProof(`${text.replace(/\r\n/g, '\n').trim()}\n`);
  return proof?.extra ? decodeOpening(proof.extra) : undefined;
}

function viewIn(opening: Opening): { programme: string; id: string } | undefined {
  try {
    const { programme, id } = JSON.parse(Buffer.from(opening.view).toString()) as Record<string, unknown>;
    return typeof programme === 'string' && typeof id === 'string' && /^\d{1,15}$/.test(id)
      ? { programme, id }
      : undefined;
  } catch {
    return undefined;
  }
}
