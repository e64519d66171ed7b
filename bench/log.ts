import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  commit,
  createTransparency,
  encodeView,
  filesAt,
  type Leaf,
  newNonce,
  type Party,
  readKeys,
  walkLog,
} from '#modules/transparency';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { loadMigrations } from '#platform/migrations';
import { migratePostgres, openPostgres, startEmbeddedPostgres } from '#platform/postgres';

/**
 * A public log of a million leaves, on the embedded Postgres with fsync on: how fast leaves are handed over, numbered,
 * signed and written to files that anybody may have (everything until the last file is on the disk); how far the signed
 * log is behind meanwhile; how long a receipt takes; how large it all is; how long a walk from outside takes.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    leaves: { type: 'string', default: '1000000' },
    batch: { type: 'string', default: '1000' },
    callers: { type: 'string', default: '4' },
  },
});
const leaves = Number(values.leaves);
const batch = Number(values.batch);
const callers = Number(values.callers);
const say = (text: string) => process.stderr.write(`${text}\n`);
const clock = systemClock;
const log = createLog({ level: 'warn', pretty: false });
const workspaceId = 1;

const home = mkdtempSync(join(tmpdir(), 'pando-bench-log-'));
const engine = await startEmbeddedPostgres({ home, log, clock });
const pg = await openPostgres({ url: engine.url, log, clock });
try {
  await migratePostgres(pg, loadMigrations('pg'), createLog({ level: 'silent', pretty: false }));
  const result = await measure();
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
} finally {
  await pg.close();
  await engine.stop();
  rmSync(home, { recursive: true, force: true });
}

async function measure() {
  const transparency = createTransparency({
    ...{ pg, clock, log, home },
    secret: 'of the benchmark',
    publicUrl: () => 'https://brand.example',
  });
  const { id } = await pg.inWorkspace(workspaceId, (tx) => transparency.open(tx, { name: 'bench' }));
  transparency.start();
  try {
    // A few whose receipts are asked for; the others are as random as theirs.
    const known = new Map<number, Party>();
    const behind: number[] = [];
    let next = 0;
    // One at a time, so that looking does not slow down what is looked at.
    let isSampling = false;
    const startMs = clock.tick();
    async function call(): Promise<void> {
      while (next < leaves) {
        const first = next;
        next += batch;
        const made = Array.from({ length: Math.min(batch, leaves - first) }, (_, i) =>
          leafOf(first + i + 1, known),
        );
        await pg.inWorkspace(workspaceId, (tx) => transparency.submit(tx, id, made));
        if (isSampling) continue;
        isSampling = true;
        void lagOf(first + 1).then((ms) => {
          behind.push(ms);
          isSampling = false;
        });
      }
    }
    /** From a commit to the signed checkpoint that has it. */
    async function lagOf(leaf: number): Promise<number> {
      const from = clock.tick();
      for (;;) {
        const { rows } = await pg.raw.query(
          'select coalesce(max(size), 0) as signed from transparency_checkpoints',
        );
        const places = await pg.inWorkspace(workspaceId, (tx) =>
          transparency.placesOf(tx, id, [BigInt(leaf)]),
        );
        const place = places.get(BigInt(leaf));
        if (place !== undefined && place < Number(rows[0]?.signed)) return clock.tick() - from;
        await clock.sleep(20);
      }
    }
    await Promise.all(Array.from({ length: callers }, call));
    const submittedS = (clock.tick() - startMs) / 1000;
    say(`Handed over after ${submittedS.toFixed(1)} s.`);
    await transparency.settled();
    const publicS = (clock.tick() - startMs) / 1000;
    say(`Public after ${publicS.toFixed(1)} s.`);

    const proofs: number[] = [];
    for (const [leaf, party] of [...known].slice(0, 1000)) {
      const from = clock.tick();
      const order = { id: BigInt(leaf), kind: 1, parties: [party], party: 0 };
      if (!(await transparency.receipt(workspaceId, id, order))) throw new Error(`No receipt for ${leaf}.`);
      proofs.push(clock.tick() - from);
    }
    const folder = join(home, 'log/bench');
    const fromMs = clock.tick();
    const read = filesAt(folder);
    const keys = readKeys(Buffer.from((await read('key')) ?? []).toString());
    const walked = await walkLog({ read, keys, seen: [] });
    const walkS = (clock.tick() - fromMs) / 1000;
    if (walked.problems.length > 0 || walked.entries !== leaves)
      throw new Error(`The log is not whole: ${JSON.stringify(walked.problems)}`);
    const files = filesIn(folder);
    return {
      leaves,
      submit_per_s: Math.round(leaves / submittedS),
      append_per_s: Math.round(leaves / publicS),
      lag_p50_ms: at(behind, 0.5),
      lag_p99_ms: at(behind, 0.99),
      receipt_p50_ms: at(proofs, 0.5),
      receipt_p99_ms: at(proofs, 0.99),
      files: files.length,
      file_bytes_per_leaf: Number((files.reduce((sum, bytes) => sum + bytes, 0) / leaves).toFixed(1)),
      table_bytes_per_leaf: Number(((await tableBytes()) / leaves).toFixed(1)),
      walk_s: Number(walkS.toFixed(1)),
    };
  } finally {
    await transparency.stop();
  }
}

function leafOf(number: number, known: Map<number, Party>): Leaf {
  const id = BigInt(number);
  // What a receipt is to be made of needs its view; the others only take the room of a leaf.
  if (number % 997 !== 0) return { id, leaf: Buffer.concat([Buffer.of(1), randomBytes(32)]) };
  const party = { nonce: newNonce(), view: encodeView({ id: String(number), points: '12' }) };
  known.set(number, party);
  return { id, leaf: commit(1, [party]) };
}

async function tableBytes(): Promise<number> {
  await pg.raw.query(
    'vacuum transparency_pending, transparency_bundles, transparency_places, transparency_tiles',
  );
  const { rows } = await pg.raw.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(oid))::text as bytes from pg_class
      where relname like 'transparency\\_%' and relkind = 'r' and relname <> 'transparency_pending'`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

function filesIn(folder: string): number[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
}

function at(list: readonly number[], share: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  return Number((sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0).toFixed(1));
}
