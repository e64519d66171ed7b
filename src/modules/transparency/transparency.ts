import type { Clock } from '#platform/clock';
import type { Postgres, Tx } from '#platform/postgres';
import { refuse, type Totals } from './schema.ts';
import { newSigningKey } from './seal.ts';
import { insertKey, insertLog, insertPending } from './sql.ts';

export interface TransparencyDeps {
  pg: Postgres;
  clock: Clock;
  /** Of the installation: what private keys are encrypted under. */
  secret: string;
  /** Where browsers reach this installation; new logs are named after it. */
  publicUrl: () => string;
}

/** A public log as the module that writes to it knows it. */
export interface OpenedLog {
  id: number;
  name: string;
  origin: string;
}

/** What is to be logged. The id is the caller's own, given once in this log; the leaf is what `commit` makes. */
export interface Leaf {
  id: bigint;
  leaf: Uint8Array;
}

/** The totals of a log's programme as the transaction sees them; null while there is nothing to tell. */
export type TellTotals = (tx: Tx, log: number) => Promise<Totals | null>;

export interface Transparency {
  /** Opens a log under a public name (lower case, digits, dashes) for the transaction's workspace. */
  open(tx: Tx, o: { name: string }): Promise<OpenedLog>;
  /** Hands leaves over: they are in the log if the transaction commits, and soon after it did. One statement. */
  submit(tx: Tx, log: number, leaves: readonly Leaf[]): Promise<void>;
  /** Whom to ask for the totals that are signed every hour; one module does, before the start. */
  totalsFrom(tell: TellTotals): void;
}

const leafBytes = 33;
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export function createTransparency(deps: TransparencyDeps): Transparency {
  const { clock, secret, publicUrl } = deps;
  let tellTotals: TellTotals | undefined;

  return {
    async open(tx, { name }) {
      if (!namePattern.test(name)) {
        throw refuse('bad-name', 'A log is named by up to 63 lower-case letters, digits and dashes.');
      }
      const workspaceId = workspaceOf(tx);
      const now = clock.now();
      const origin = `${publicUrl().replace(/^https?:\/\//, '')}/log/${name}`;
      const log = await insertLog(tx, workspaceId, { name, origin, now });
      if (!log)
        throw refuse('name-taken', `There is a log named ${name} in this installation; choose another name.`);
      await insertKey(tx, workspaceId, { logId: log.id, ...newSigningKey(secret), now });
      return { id: log.id, name, origin };
    },
    async submit(tx, log, leaves) {
      if (leaves.length === 0) return;
      const all = Buffer.allocUnsafe(leaves.length * leafBytes);
      leaves.forEach(({ leaf }, i) => {
        if (leaf.length !== leafBytes || leaf[0] === 0)
          throw new RangeError('A leaf is what commit makes: a kind and a commitment.');
        all.set(leaf, i * leafBytes);
      });
      const ids = leaves.map(({ id }) => id);
      await insertPending(tx, workspaceOf(tx), log, { ids, leaves: all, leafBytes });
    },
    totalsFrom(tell) {
      if (tellTotals) throw new Error('Totals come from one module.');
      tellTotals = tell;
    },
  };
}

function workspaceOf(tx: Tx): number {
  if (tx.workspaceId === null) throw new TypeError('A log belongs into the transaction of its workspace.');
  return tx.workspaceId;
}
