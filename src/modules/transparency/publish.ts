import { join } from 'node:path';
import type { Postgres, Tx } from '#platform/postgres';
import {
  equal,
  formatProof,
  parseCheckpoint,
  parseNote,
  type Tile,
  tilePath,
  tilesBetween,
  tileWidth,
} from '#platform/tlog';
import { createFiles, type Files } from './files.ts';
import { proveInclusion, readerOf, verifierKeys } from './read.ts';
import { readLog } from './read-sql.ts';
import type { Held } from './schema.ts';
import { type CheckpointRow, readCheckpoint } from './sequence-sql.ts';
import type { LogRow } from './sql.ts';

/** Keeps the files of a log as its rows are: they can be made again at any time, and are never ahead. */
export interface Publisher {
  /** Why this log must not go on: the files say something else than the database, or more. */
  objection(log: LogRow): Promise<Held | undefined>;
  /** Writes what is new, the checkpoint last; resolves to the size that is public now. */
  publish(log: LogRow): Promise<number>;
  read(name: string, path: string): Promise<Buffer | undefined>;
}

const tilesAtOnce = 64;

export function createPublisher(o: { pg: Postgres; folder: string }): Publisher {
  const { pg, folder } = o;
  const states = new Map<string, { files: Files; size?: number; keys?: string }>();

  function stateOf(name: string): { files: Files; size?: number; keys?: string } {
    const known = states.get(name) ?? { files: createFiles(join(folder, name)) };
    states.set(name, known);
    return known;
  }

  /** What the folder says that the log is; nothing where it is new. */
  async function publicState(files: Files): Promise<{ size: number; root: Uint8Array } | undefined> {
    const text = (await files.read('checkpoint'))?.toString();
    const note = text === undefined ? undefined : parseNote(text);
    return note ? parseCheckpoint(note.text) : undefined;
  }

  async function begin(files: Files, log: LogRow): Promise<void> {
    await files.write('key', Buffer.from(await verifierKeys(pg, log)));
    await files.settle();
  }

  return {
    async objection(log) {
      const { files } = stateOf(log.name);
      const told = await publicState(files);
      const signed = await pg.inWorkspace(log.workspace_id, (tx) =>
        readCheckpoint(tx, log.workspace_id, log.id),
      );
      const known = signed?.size ?? 0;
      if (!told) {
        // The keys come before anything is signed: with them, a process died before its first checkpoint was public.
        const isKnown = known === 0 || (await files.read('key')) !== undefined;
        if (isKnown) await begin(files, log);
        return isKnown ? undefined : { why: 'no-files', known, public: null };
      }
      if (told.size === 0) return undefined;
      if (told.size > known) return { why: 'ahead', known, public: told.size };
      const [root] = await pg.inWorkspace(log.workspace_id, (tx) =>
        readerOf(log).hashes(tx, [{ from: 0, to: told.size }], told.size),
      );
      return root && equal(root, told.root) ? undefined : { why: 'differs', known, public: told.size };
    },
    async publish(log) {
      const state = stateOf(log.name);
      const { files } = state;
      const from = (state.size ??= (await publicState(files))?.size ?? 0);
      const signed = await pg.inWorkspace(log.workspace_id, (tx) =>
        readCheckpoint(tx, log.workspace_id, log.id),
      );
      if (!signed) return from;
      const keys = await verifierKeys(pg, log);
      if (keys !== state.keys) await files.write('key', Buffer.from(keys));
      state.keys = keys;
      if (signed.size > from || (await files.read('checkpoint')) === undefined) {
        await writeTiles(files, log, from, signed.size);
        await files.settle();
        await files.write('checkpoint', Buffer.from(signed.note));
        await files.settle();
        state.size = signed.size;
        const totals = await totalsProof(pg, log, signed);
        if (totals) await files.write('totals', Buffer.from(totals));
        await removePartial(files, from, signed.size);
      }
      return signed.size;
    },
    // Anybody may ask for any name; only logs of ours are kept in mind.
    read: (name, path) => (states.get(name)?.files ?? createFiles(join(folder, name))).read(path),
  };

  async function writeTiles(files: Files, log: LogRow, from: number, to: number): Promise<void> {
    const reader = readerOf(log);
    let wanted: Tile[] = [];
    const writeWanted = async () => {
      const found = await pg.inWorkspace(log.workspace_id, (tx: Tx) => reader.tiles(tx, wanted));
      for (const tile of wanted)
        if (!found.has(tilePath(tile))) throw new Error(`The log ${log.name} lacks ${tilePath(tile)}.`);
      await Promise.all([...found].map(([path, content]) => files.write(path, content)));
      wanted = [];
    };
    for (const tile of tilesBetween(from, to)) {
      wanted.push(tile);
      if (wanted.length === tilesAtOnce) await writeWanted();
    }
    if (wanted.length > 0) await writeWanted();
  }
}

/** Partial tiles whose full one is there have done their service. */
async function removePartial(files: Files, from: number, to: number): Promise<void> {
  for (const tile of tilesBetween(from, to)) {
    const before = { ...tile, width: tileWidth };
    if (tile.width === tileWidth) await files.remove(`${tilePath(before)}.p`);
  }
}

/** The newest totals with the way to this checkpoint; undefined before the first. */
export async function totalsProof(
  pg: Postgres,
  log: Pick<LogRow, 'workspace_id' | 'id'>,
  signed: CheckpointRow,
): Promise<string | undefined> {
  return pg.inWorkspace(log.workspace_id, async (tx) => {
    const index = (await readLog(tx, log.workspace_id, log.id))?.totals_index ?? undefined;
    if (index === undefined || index >= signed.size) return undefined;
    const { leaf, hashes } = await proveInclusion(tx, log, { index, size: signed.size });
    return formatProof({ extra: leaf, index, hashes, checkpoint: signed.note });
  });
}
