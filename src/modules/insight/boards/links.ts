import type { Identity, Principal } from '#modules/identity';
import type { Clock } from '#platform/clock';
import { secret, sha256Hex, uuidv7 } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { refuse } from '../schema.ts';
import { deleteLink, findOpened, insertLink, type LinkRow, listLinks, lockBoard } from './links-sql.ts';
import { mostLinks, type Tile } from './schema.ts';

const longestMs = 5 * 366 * 86_400_000;

/** What a link shows. */
export interface Opened {
  workspaceId: number;
  linkId: string;
  title: string;
  tiles: readonly Tile[];
}

export type Links = ReturnType<typeof createLinks>;

/** Links by which a board is seen without a login. Who has the token sees what the board shows now, and no more. */
export function createLinks(deps: { pg: Postgres; identity: Pick<Identity, 'audit'>; clock: Clock }) {
  const { pg, identity, clock } = deps;
  const missing = () => refuse('no-such-board', 'There is no such board; somebody may have deleted it.');

  return {
    list: ({ workspaceId }: Principal, board: string): Promise<LinkRow[]> =>
      pg.inWorkspace(workspaceId, async (tx) => {
        const id = await lockBoard(tx, workspaceId, board);
        if (id === null) throw missing();
        return listLinks(tx, workspaceId, id);
      }),

    /** The token is answered this once. */
    async make(by: Principal, board: string, expiresAt: string | null): Promise<LinkRow & { token: string }> {
      const { workspaceId } = by;
      const now = clock.now();
      const end = expiresAt === null ? null : new Date(expiresAt);
      const lasts = end === null ? 1 : end.getTime() - now.getTime();
      if (!(lasts > 0 && lasts <= longestMs))
        throw refuse('bad-expiry', 'A link ends in the future, and within five years, or never by itself.');
      const token = secret('bl_', 32);
      const link = { uuid: uuidv7(clock), created_at: now, expires_at: end };
      await pg.inWorkspace(workspaceId, async (tx) => {
        const boardId = await lockBoard(tx, workspaceId, board);
        if (boardId === null) throw missing();
        if ((await listLinks(tx, workspaceId, boardId)).length >= mostLinks)
          throw refuse('too-many-links', `A board has ${mostLinks} links at most; withdraw one first.`);
        await insertLink(tx, workspaceId, { ...link, boardId, tokenHash: sha256Hex(token) });
        const detail = { link: link.uuid, expires_at: end?.toISOString() ?? null };
        await identity.audit(tx, by, 'boards.shared', `board:${board}`, detail);
      });
      return { ...link, token };
    },

    /** From the next request on it opens nothing. */
    withdraw: (by: Principal, board: string, link: string): Promise<void> =>
      pg.inWorkspace(by.workspaceId, async (tx) => {
        const boardId = await lockBoard(tx, by.workspaceId, board);
        if (boardId === null) throw missing();
        if (!(await deleteLink(tx, by.workspaceId, boardId, link)))
          throw refuse('no-such-board-link', 'The board has no such link; it may be withdrawn already.');
        await identity.audit(tx, by, 'boards.unshared', `board:${board}`, { link });
      }),

    /** What a token opens now; refuses one that was withdrawn, has run out, or never was. */
    async open(token: string | undefined): Promise<Opened> {
      const row = token ? await pg.asSystem((tx) => findOpened(tx, sha256Hex(token), clock.now())) : null;
      if (!row)
        throw refuse(
          'no-such-link',
          'This link shows nothing any more: it was withdrawn, has run out, or is not complete. Ask whoever sent it for another.',
        );
      return { workspaceId: row.workspace_id, linkId: row.uuid, title: row.title, tiles: row.tiles };
    },
  };
}
