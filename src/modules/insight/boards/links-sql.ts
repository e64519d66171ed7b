import type { Tx } from '#platform/postgres';
import type { Tile } from './schema.ts';

export interface LinkRow {
  uuid: string;
  created_at: Date;
  expires_at: Date | null;
}

/** What a token opens. */
export interface OpenedRow {
  workspace_id: number;
  uuid: string;
  title: string;
  tiles: Tile[];
}

/** Locks the board, so that its links are counted one after the other; null where there is no such board. */
export async function lockBoard(tx: Tx, workspaceId: number, uuid: string): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>(
    'select id from boards where workspace_id = $1 and uuid = $2 for update',
    [workspaceId, uuid],
  );
  return row?.id ?? null;
}

export async function listLinks(tx: Tx, workspaceId: number, boardId: number): Promise<LinkRow[]> {
  return tx.query(
    `select uuid, created_at, expires_at from board_links
      where workspace_id = $1 and board_id = $2 order by created_at, uuid`,
    [workspaceId, boardId],
  );
}

export async function insertLink(
  tx: Tx,
  workspaceId: number,
  link: LinkRow & { boardId: number; tokenHash: string },
): Promise<void> {
  await tx.query(
    `insert into board_links (workspace_id, uuid, board_id, token_hash, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [workspaceId, link.uuid, link.boardId, link.tokenHash, link.created_at, link.expires_at],
  );
}

export async function deleteLink(
  tx: Tx,
  workspaceId: number,
  boardId: number,
  uuid: string,
): Promise<boolean> {
  const rows = await tx.query(
    'delete from board_links where workspace_id = $1 and board_id = $2 and uuid = $3 returning uuid',
    [workspaceId, boardId, uuid],
  );
  return rows.length > 0;
}

/** In a system transaction: the token alone says which workspace it is of. */
export async function findOpened(tx: Tx, tokenHash: string, now: Date): Promise<OpenedRow | null> {
  const [row] = await tx.query<OpenedRow>(
    `select l.workspace_id, l.uuid, b.title, b.tiles
       from board_links l join boards b on b.workspace_id = l.workspace_id and b.id = l.board_id
      where l.token_hash = $1 and (l.expires_at is null or l.expires_at > $2)`,
    [tokenHash, now],
  );
  return row ?? null;
}
