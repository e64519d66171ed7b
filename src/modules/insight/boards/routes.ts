import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { Clock } from '#platform/clock';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { uuidv7 } from '#platform/ids';
import type { Postgres } from '#platform/postgres';
import { refuse } from '../schema.ts';
import { type BoardRow, deleteBoard, findBoard, insertBoard, listBoards, updateBoard } from './boards-sql.ts';
import { type Board, BoardContent, BoardList, BoardSchema } from './schema.ts';

const about = { tags: ['Boards'], security: byBrowserOrKey };
const errors = { '4xx': problem, '5xx': problem };
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });

const viewOf = ({ uuid, title, tiles, version, updated_at }: BoardRow): Board => ({
  ...{ id: uuid, title, tiles, version },
  updated_at: updated_at.toISOString(),
});
const missing = () => refuse('no-such-board', 'There is no such board; somebody may have deleted it.');

/** Boards that a team composes from reports. Who may look at events may look at them, who makes segments makes them. */
export function boardRoutes(app: App, deps: { pg: Postgres; identity: Identity; clock: Clock }): void {
  const { pg, identity, clock } = deps;

  app.get(
    '/api/boards',
    {
      onRequest: identity.guard('events:read'),
      schema: {
        ...about,
        operationId: 'listBoards',
        summary: 'The boards of the workspace',
        response: { 200: BoardList, ...errors },
      },
    },
    async ({ principal: { workspaceId } }) => {
      const rows = await pg.inWorkspace(workspaceId, (tx) => listBoards(tx, workspaceId));
      return { items: rows.map((row) => ({ ...viewOf(row), tiles: row.tiles.length })) };
    },
  );

  app.post(
    '/api/boards',
    {
      onRequest: identity.guard('segments:write'),
      schema: {
        ...about,
        operationId: 'createBoard',
        summary: 'A new board',
        body: BoardContent,
        response: { 201: BoardSchema, ...errors },
      },
    },
    async ({ principal, body }, reply) => {
      const { workspaceId } = principal;
      const row = await pg.inWorkspace(workspaceId, async (tx) => {
        const made = await insertBoard(tx, workspaceId, { uuid: uuidv7(clock), ...body }, clock.now());
        await identity.audit(tx, principal, 'boards.created', `board:${made.uuid}`);
        return made;
      });
      reply.code(201);
      return viewOf(row);
    },
  );

  app.get(
    '/api/boards/:id',
    {
      onRequest: identity.guard('events:read'),
      schema: {
        ...about,
        operationId: 'getBoard',
        summary: 'One board with its tiles',
        params: Id,
        response: { 200: BoardSchema, ...errors },
      },
    },
    async ({ principal: { workspaceId }, params }) => {
      const row = await pg.inWorkspace(workspaceId, (tx) => findBoard(tx, workspaceId, params.id));
      if (!row) throw missing();
      return viewOf(row);
    },
  );

  app.put(
    '/api/boards/:id',
    {
      onRequest: identity.guard('segments:write'),
      schema: {
        ...about,
        operationId: 'changeBoard',
        summary:
          'Title and tiles anew; `version` is the one that was read, and refused when it is not the last',
        params: Id,
        body: Type.Object({ ...BoardContent.properties, version: Type.Integer({ minimum: 1 }) }),
        response: { 200: BoardSchema, ...errors },
      },
    },
    async ({ principal, params, body }) => {
      const { workspaceId } = principal;
      const row = await pg.inWorkspace(workspaceId, async (tx) => {
        const changed = await updateBoard(tx, workspaceId, { uuid: params.id, ...body }, clock.now());
        if (changed) {
          const detail = { tiles: changed.tiles.length };
          await identity.audit(tx, principal, 'boards.changed', `board:${params.id}`, detail);
          return changed;
        }
        if (!(await findBoard(tx, workspaceId, params.id))) throw missing();
        throw refuse('board-changed', 'Somebody changed the board meanwhile; look at it again first.');
      });
      return viewOf(row);
    },
  );

  app.delete(
    '/api/boards/:id',
    {
      onRequest: identity.guard('segments:write'),
      schema: {
        ...about,
        operationId: 'deleteBoard',
        summary: 'Delete a board',
        params: Id,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async ({ principal, params }, reply) => {
      const { workspaceId } = principal;
      await pg.inWorkspace(workspaceId, async (tx) => {
        if (!(await deleteBoard(tx, workspaceId, params.id))) throw missing();
        await identity.audit(tx, principal, 'boards.deleted', `board:${params.id}`);
      });
      return reply.code(204).send(null);
    },
  );
}
