import type { Tx } from '#platform/postgres';
import type { Tile } from './schema.ts';

export interface BoardRow {
  id: number;
  uuid: string;
  title: string;
  tiles: Tile[];
  version: number;
  updated_at: Date;
}

const columns = 'id, uuid, title, tiles, version, updated_at';

export async function listBoards(tx: Tx, workspaceId: number): Promise<BoardRow[]> {
  return tx.query(
    `select ${columns} from boards where workspace_id = $1 order by lower(title), id limit 500`,
    [workspaceId],
  );
}

export async function findBoard(tx: Tx, workspaceId: number, uuid: string): Promise<BoardRow | null> {
  const [row] = await tx.query<BoardRow>(
    `select ${columns} from boards where workspace_id = $1 and uuid = $2`,
    [workspaceId, uuid],
  );
  return row ?? null;
}

export async function insertBoard(
  tx: Tx,
  workspaceId: number,
  b: Pick<BoardRow, 'uuid' | 'title' | 'tiles'>,
  now: Date,
): Promise<BoardRow> {
  const [row] = await tx.query<BoardRow>(
    `insert into boards (workspace_id, uuid, title, tiles, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $5) returning ${columns}`,
    [workspaceId, b.uuid, b.title, JSON.stringify(b.tiles), now],
  );
  if (!row) throw new Error('The board was not written.');
  return row;
}

/** Null where it is not of this version any more. */
export async function updateBoard(
  tx: Tx,
  workspaceId: number,
  b: Pick<BoardRow, 'uuid' | 'title' | 'tiles' | 'version'>,
  now: Date,
): Promise<BoardRow | null> {
  const [row] = await tx.query<BoardRow>(
    `update boards set title = $4, tiles = $5, version = version + 1, updated_at = $6
      where workspace_id = $1 and uuid = $2 and version = $3 returning ${columns}`,
    [workspaceId, b.uuid, b.version, b.title, JSON.stringify(b.tiles), now],
  );
  return row ?? null;
}

export async function deleteBoard(tx: Tx, workspaceId: number, uuid: string): Promise<boolean> {
  const rows = await tx.query('delete from boards where workspace_id = $1 and uuid = $2 returning id', [
    workspaceId,
    uuid,
  ]);
  return rows.length > 0;
}
