import { renderSVG } from 'uqr';
import type { Tx } from '#platform/postgres';
import { encodeOpening, equal, formatProof, leafOfOpening, type Opening, type Party } from '#platform/tlog';
import { hashOfParty } from './commitment.ts';
import { primitives } from './primitives.ts';
import { proveInclusion } from './read.ts';
import { readPlaces } from './read-sql.ts';
import { type CheckpointRow, readCheckpoint } from './sequence-sql.ts';
import type { LogRow } from './sql.ts';

/** What a party is given to keep. */
export interface Receipt {
  /** For the file; it ends with `.tlog-proof`. */
  fileName: string;
  /** A C2SP tlog-proof: checked offline by anybody, with what opens it for this party. */
  text: string;
  /** Opens the public page, which checks it; what stands behind # is not sent. */
  link: string;
  /** The link as a drawing. */
  qr: string;
}

/** Of which movement, and for which of its parties. */
export interface ReceiptOrder {
  id: bigint;
  kind: number;
  /** As in `commit`; those whose nonce is not this party's business may be given by their hashes. */
  parties: readonly (Party | Uint8Array)[];
  party: number;
}

/** Where a leaf stands. */
export interface Placed {
  index: number;
  size: number;
  hashes: Uint8Array[];
  leaf: Uint8Array;
  checkpoint: string;
}

/** Undefined while the leaf is not yet numbered and signed, and after it was forgotten whose it is. */
export async function placeOf(tx: Tx, log: LogRow, id: bigint): Promise<Placed | undefined> {
  const signed = await readCheckpoint(tx, log.workspace_id, log.id);
  const index = (await indexesOf(tx, log, [Number(id)])).get(Number(id));
  if (!signed || index === undefined || index >= signed.size) return undefined;
  return { index, ...(await proofAt(tx, log, index, signed)) };
}

async function proofAt(tx: Tx, log: LogRow, index: number, signed: CheckpointRow) {
  const { leaf, hashes } = await proveInclusion(tx, log, { index, size: signed.size });
  return { leaf, hashes, size: signed.size, checkpoint: signed.note };
}

/** Of those ids that are numbered, where they stand. */
export async function indexesOf(
  tx: Tx,
  log: Pick<LogRow, 'workspace_id' | 'id'>,
  ids: readonly number[],
): Promise<Map<number, number>> {
  const wanted = new Set(ids);
  const found = new Map<number, number>();
  for (const { pairs } of await readPlaces(tx, log.workspace_id, log.id, ids)) {
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const [id, index] = [pairs[i], pairs[i + 1]];
      if (id !== undefined && index !== undefined && wanted.has(id)) found.set(id, index);
    }
  }
  return found;
}

export function writeReceipt(log: LogRow, placed: Placed, order: ReceiptOrder, publicUrl: string): Receipt {
  const own = order.parties[order.party];
  if (!own || own instanceof Uint8Array) throw new TypeError('A receipt opens the view of its own party.');
  const opening: Opening = {
    kind: order.kind,
    party: order.party,
    nonce: own.nonce,
    view: own.view,
    hashes: order.parties.map((party, i) =>
      i === order.party ? null : party instanceof Uint8Array ? party : hashOfParty(party),
    ),
  };
  if (!equal(leafOfOpening(primitives, opening), placed.leaf))
    throw new Error(`The leaf ${placed.index} of ${log.origin} is not of the movement ${order.id}.`);
  const { index, hashes, checkpoint } = placed;
  const short = Buffer.from(encodeOpening({ ...opening, index })).toString('base64url');
  const link = `${publicUrl}/proof/${log.name}#receipt=${short}`;
  return {
    fileName: `${log.name}-${index}.tlog-proof`,
    text: formatProof({ extra: encodeOpening(opening), index, hashes, checkpoint }),
    link,
    qr: renderSVG(link, { border: 2, ecc: 'L' }),
  };
}
