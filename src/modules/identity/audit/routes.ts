import { type App, byBrowserOrKey, problem } from '#platform/http';
import type { Identity } from '../door.ts';
import { afterCursor, NUMBER, pageOf } from '../paging.ts';
import { AuditPage, AuditQuery } from '../schema.ts';
import { selectAudit } from './sql.ts';

export function auditRoutes(app: App, identity: Identity): void {
  app.get(
    '/api/audit',
    {
      onRequest: identity.guard('audit:read'),
      schema: {
        operationId: 'listAudit',
        tags: ['Audit'],
        summary: 'Who changed what, newest first',
        security: byBrowserOrKey,
        querystring: AuditQuery,
        response: { 200: AuditPage, 400: problem, 401: problem, 403: problem, 429: problem },
      },
    },
    async (request) => {
      const { cursor, limit = 50, action, actor, subject, from, to } = request.query;
      const after = afterCursor(cursor, NUMBER);
      const isGroup = action?.endsWith('.') ?? false;
      const rows = await identity.pg.inWorkspace(request.principal.workspaceId, (tx) =>
        selectAudit(tx, {
          beforeId: after === null ? null : Number(after),
          limit: limit + 1,
          action: isGroup ? null : (action ?? null),
          actionGroup: isGroup ? (action ?? null) : null,
          actor: actor ?? null,
          subject: subject ?? null,
          from: from === undefined ? null : new Date(from),
          to: to === undefined ? null : new Date(to),
        }),
      );
      return pageOf(
        rows.map((row) => ({ ...row, at: row.at.toISOString() })),
        limit,
      );
    },
  );
}
