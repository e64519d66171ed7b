import Type from 'typebox';
import type { App } from '#platform/http';
import { problem } from '#platform/http';
import { markShared } from './decide.ts';
import * as directory from './directory.ts';
import type { People } from './people.ts';
import * as read from './read-sql.ts';
import { refuse, SharedIdentifierSchema } from './schema.ts';
import * as sql from './sql.ts';

const tags = ['People'];
const errors = { '4xx': problem, '5xx': problem };
const note = Type.Optional(Type.String({ maxLength: 1000, description: 'Why; kept with the decision' }));

/** The API of what many people use: a kiosk, a family's tablet, the phone of a front desk. */
export function sharedRoutes(app: App, people: People): void {
  const { pg, identity, facts, clock, rules, carry } = people.inside;
  const may = identity.guard;

  app.get(
    '/api/people/shared-identifiers',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'listSharedIdentifiers',
        summary: 'Devices and other identifiers that are marked as shared, newest first',
        querystring: Type.Object({
          cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(SharedIdentifierSchema),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { cursor, limit = 50 } = request.query;
      const before = cursor === undefined ? null : Number(cursor);
      const rows = await pg.inWorkspace(workspaceId, (tx) =>
        read.listShared(tx, workspaceId, before, limit + 1),
      );
      const items = rows.slice(0, limit);
      return {
        items: items.map(({ kind, value, actor, note: why, at }) => ({
          identifier: `${kind}:${value}`,
          actor,
          note: why,
          at: at.toISOString(),
        })),
        next: rows.length > limit ? String(items.at(-1)?.id) : null,
      };
    },
  );

  app.post(
    '/api/people/shared-identifiers',
    {
      onRequest: may('people:write'),
      schema: {
        tags,
        operationId: 'markShared',
        summary: 'Mark a device (or another identifier) as shared: it never links; or take the mark back',
        body: Type.Object({ identifier: Type.String({ maxLength: 600 }), shared: Type.Boolean(), note }),
        response: { 200: Type.Object({ identifier: Type.String(), shared: Type.Boolean() }), ...errors },
      },
    },
    async (request) => {
      const { principal } = request;
      const { workspaceId } = principal;
      const kinds = await rules(workspaceId);
      await pg.inWorkspace(workspaceId, async (tx) => {
        await sql.lockGraph(tx, workspaceId);
        const row = await directory.findIdentifier(tx, workspaceId, request.body.identifier, kinds);
        if (!row) throw refuse('no-such-person', 'Nobody has this identifier.');
        const how = {
          workspaceId,
          rules: kinds,
          facts,
          clock,
          by: principal,
          note: request.body.note ?? null,
        };
        await markShared(tx, how, row, request.body.shared);
        await identity.audit(
          tx,
          principal,
          request.body.shared ? 'people.shared' : 'people.unshared',
          `identifier:${row.key}`,
        );
      });
      await carry();
      return { identifier: request.body.identifier, shared: request.body.shared };
    },
  );
}
