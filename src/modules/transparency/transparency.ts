import { join } from 'node:path';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import type { Postgres, Tx } from '#platform/postgres';
import { heldSentence } from './held.ts';
import { createPublisher, totalsProof } from './publish.ts';
import { verifierKeys } from './read.ts';
import { countPending, deletePlaces, readLog, readLogByName } from './read-sql.ts';
import { indexesOf, placeOf, type Receipt, type ReceiptOrder, writeReceipt } from './receipt.ts';
import { createRunner } from './runner.ts';
import { type Held, refuse } from './schema.ts';
import { newSigningKey } from './seal.ts';
import { leafBytes, logTotals, type TellTotals } from './sequence.ts';
import { readCheckpoint, waitForLog } from './sequence-sql.ts';
import { serveFile } from './serve.ts';
import { insertKey, insertLog, insertPending, type LogRow, retireOlderKeys, updateHeld } from './sql.ts';

/** Somebody else is numbering for a moment only; under load the next one may come before us. */
const mostTries = 50;

export interface TransparencyDeps {
  pg: Postgres;
  clock: Clock;
  log: Log;
  /** Of the installation: what private keys are encrypted under. */
  secret: string;
  /** Where browsers reach this installation; new logs are named after it. */
  publicUrl: () => string;
  /** The data folder of this process, where the files of the logs are kept; none: they are made from the rows. */
  home?: string;
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

export interface LogState {
  name: string;
  origin: string;
  /** Numbered leaves. */
  size: number;
  /** Of them, under a signed checkpoint. */
  signed: number;
  signedAt: Date | null;
  /** Committed, and not yet numbered. */
  waiting: number;
  totalsAt: Date | null;
  /** Why nothing is added any more; null while all is well. */
  stopped: string | null;
  held: Held | null;
}

export interface Transparency {
  /** Opens a log under a public name (lower case, digits, dashes) for the transaction's workspace. */
  open(tx: Tx, o: { name: string }): Promise<OpenedLog>;
  /** Hands leaves over: they are in the log if the transaction commits, and soon after it did. One statement. */
  submit(tx: Tx, log: number, leaves: readonly Leaf[]): Promise<void>;
  /** Whom to ask for the totals that are signed every hour; one module does, before the start. */
  totalsFrom(tell: TellTotals): void;
  /** Signs the totals of now, beside those of the hour; false where there are none to tell, or the log takes none. */
  logTotals(workspaceId: number, log: number): Promise<boolean>;
  /** What a party of a movement keeps; null while it is not yet signed (mostly a second), and once it is forgotten. */
  receipt(workspaceId: number, log: number, order: ReceiptOrder): Promise<Receipt | null>;
  /** Which of these stand in the log, and where. */
  placesOf(tx: Tx, log: number, ids: readonly bigint[]): Promise<Map<bigint, number>>;
  /** Forgets which leaves belong to these ids: nothing here ties them any longer. The leaves stay. */
  forget(tx: Tx, log: number, ids: readonly bigint[]): Promise<void>;
  state(workspaceId: number, log: number): Promise<LogState>;
  /**
   * A new key for the log of this name; checkpoints carry signatures of both from the next one on, so that who knows the
   * older key learns to know the newer. With `retireOlder` only the newest signs from now on, and none is made.
   */
  rotateKey(name: string, o: { retireOlder: boolean }): Promise<{ keys: string }>;
  /**
   * An operator's word that nothing of the log of this name was public beyond what the database knows, where its files
   * are not there to tell. Refuses `would-fork` where they are, and say otherwise.
   */
  goOn(name: string): Promise<{ size: number }>;
  /** A file of a public log as anybody may have it; null where there is none. */
  file(name: string, path: string): Promise<Uint8Array | null>;
  /** Logs that this process does not go on with, and why. */
  stopped(): { name: string; why: string }[];
  /** Every log numbered, signed and public up to what was committed before. For a process that was started. */
  settled(): Promise<void>;
  /** Begins to follow what is committed; a process that only records and answers need not. */
  start(): void;
  stop(): Promise<void>;
}

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export function createTransparency(deps: TransparencyDeps): Transparency {
  const { pg, clock, log: logger, secret, publicUrl, home } = deps;
  let tellTotals: TellTotals | undefined;
  const publisher = home === undefined ? undefined : createPublisher({ pg, folder: join(home, 'log') });
  const runner = createRunner({ pg, clock, log: logger, secret, publisher, tellTotals: () => tellTotals });

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
      tx.afterCommit(runner.wake);
      return { id: log.id, name, origin };
    },
    async submit(tx, log, leaves) {
      if (leaves.length === 0) return;
      const all = Buffer.allocUnsafe(leaves.length * leafBytes);
      leaves.forEach(({ id, leaf }, i) => {
        if (leaf.length !== leafBytes || leaf[0] === 0)
          throw new RangeError('A leaf is what commit makes: a kind and a commitment.');
        if (id < 1n || id > Number.MAX_SAFE_INTEGER) throw new RangeError('An id is 1 to 2^53 - 1.');
        all.set(leaf, i * leafBytes);
      });
      const ids = leaves.map(({ id }) => id);
      await insertPending(tx, workspaceOf(tx), log, { ids, leaves: all, leafBytes });
      tx.afterCommit(runner.wake);
    },
    totalsFrom(tell) {
      if (tellTotals) throw new Error('Totals come from one module.');
      tellTotals = tell;
    },
    async logTotals(workspaceId, logId) {
      const { held } = await pg.inWorkspace(workspaceId, (tx) => needLog(tx, logId));
      if (!tellTotals || held) return false;
      for (let tries = 1; ; tries++) {
        const outcome = await logTotals({ pg, clock, secret }, { workspaceId, logId }, tellTotals);
        if (outcome !== 'busy' || tries === mostTries) return outcome === 'logged';
        await pg.inWorkspace(workspaceId, (tx) => waitForLog(tx, workspaceId, logId));
      }
    },
    receipt: (workspaceId, logId, order) =>
      pg.inWorkspace(workspaceId, async (tx) => {
        const log = await needLog(tx, logId);
        const placed = await placeOf(tx, log, order.id);
        return placed ? writeReceipt(log, placed, order, publicUrl()) : null;
      }),
    async placesOf(tx, log, ids) {
      const found = await indexesOf(tx, { workspace_id: workspaceOf(tx), id: log }, ids.map(Number));
      return new Map([...found].map(([id, index]) => [BigInt(id), index]));
    },
    forget: (tx, log, ids) => deletePlaces(tx, workspaceOf(tx), log, ids.map(Number)),
    state: (workspaceId, logId) =>
      pg.inWorkspace(workspaceId, async (tx) => {
        // Each sees a later moment: asked the other way round, a leaf on its way would seem to be nowhere.
        const waiting = await countPending(tx, workspaceId, logId);
        const signed = await readCheckpoint(tx, workspaceId, logId);
        const log = await needLog(tx, logId);
        return {
          name: log.name,
          origin: log.origin,
          size: log.size,
          signed: signed?.size ?? 0,
          signedAt: signed?.at ?? null,
          waiting,
          totalsAt: log.totals_at,
          stopped: log.held && heldSentence(log.held),
          held: log.held,
        };
      }),
    async rotateKey(name, { retireOlder }) {
      const log = await pg.asSystem((tx) => readLogByName(tx, name));
      if (!log) throw refuse('no-such-log', `There is no log named ${name}.`);
      const now = clock.now();
      await pg.inWorkspace(log.workspace_id, async (tx) => {
        if (retireOlder) await retireOlderKeys(tx, log.workspace_id, log.id, now);
        else await insertKey(tx, log.workspace_id, { logId: log.id, ...newSigningKey(secret), now });
      });
      return { keys: await verifierKeys(pg, log) };
    },
    async goOn(name) {
      const log = await pg.asSystem((tx) => readLogByName(tx, name));
      if (!log) throw refuse('no-such-log', `There is no log named ${name}.`);
      if (log.held && log.held.why !== 'no-files')
        throw refuse(
          'would-fork',
          `${heldSentence(log.held)}. Put back a newer backup, or the files that belong to this database.`,
        );
      await pg.inWorkspace(log.workspace_id, (tx) => updateHeld(tx, log.workspace_id, log.id, null));
      logger.warn({ log: name, from: log.held?.known }, 'an operator said that this public log may go on');
      runner.wake();
      return { size: log.size };
    },
    async file(name, path) {
      const kept = await publisher?.read(name, path);
      if (kept) return kept;
      const log = await pg.asSystem((tx) => readLogByName(tx, name));
      if (!log) return null;
      if (path === 'key') return Buffer.from(await verifierKeys(pg, log));
      return serveFile(pg, log, path, (signed) => totalsProof(pg, log, signed));
    },
    stopped: () => runner.stopped(),
    settled: () => runner.settled(),
    start: () => runner.start(),
    stop: () => runner.stop(),
  };
}

function workspaceOf(tx: Tx): number {
  if (tx.workspaceId === null) throw new TypeError('A log belongs into the transaction of its workspace.');
  return tx.workspaceId;
}

async function needLog(tx: Tx, logId: number): Promise<LogRow> {
  const log = await readLog(tx, workspaceOf(tx), logId);
  if (!log) throw refuse('no-such-log', 'This workspace has no such log.');
  return log;
}
