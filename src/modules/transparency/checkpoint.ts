import { sign } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import { checkpointText, formatNote, keyId, utf8 } from '#platform/tlog';
import { primitives } from './primitives.ts';
import { openSigningKey } from './seal.ts';
import { insertCheckpoint, readKeys } from './sequence-sql.ts';

/** Signs the log at this size with every key that holds, and keeps the text: there will be no other for the size. */
export async function signCheckpoint(
  tx: Tx,
  o: {
    log: { workspace_id: number; id: number; origin: string };
    size: number;
    root: Uint8Array;
    at: Date;
    kept: boolean;
    secret: string;
  },
): Promise<void> {
  const { log, size, root, at, kept } = o;
  const { origin } = log;
  const text = checkpointText({ origin, size, root });
  const keys = await readKeys(tx, log.workspace_id, log.id);
  const signatures = keys.map(({ public_key, sealed_key }) => ({
    name: origin,
    keyId: keyId(primitives, origin, public_key),
    signature: sign(null, utf8(text), openSigningKey(o.secret, sealed_key)),
  }));
  if (signatures.length === 0) throw new Error(`The log ${origin} has no key that signs.`);
  const note = formatNote({ text, signatures });
  await insertCheckpoint(tx, log.workspace_id, log.id, { size, root, note, at, kept });
}
