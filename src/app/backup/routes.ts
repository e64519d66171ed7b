import { Readable } from 'node:stream';
import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import type { Postgres } from '#platform/postgres';
import { estimateBackup, writeBackup } from './write.ts';

export function backupRoutes(
  app: App,
  deps: { pg: Postgres; ch: ClickHouse; clock: Clock; version: string; identity: Identity },
): void {
  app.get(
    '/api/operator/backup',
    {
      onRequest: deps.identity.guardOperator(),
      schema: {
        operationId: 'getBackup',
        tags: ['Operation'],
        summary: 'Everything in this installation as of one moment, as a file for pando restore',
        security: byBrowserOrKey,
        response: { 200: Type.Unknown({ description: 'A backup file' }), '4xx': problem },
      },
    },
    async (_request, reply) =>
      reply
        .header('content-type', 'application/octet-stream')
        .header('content-disposition', 'attachment; filename="pando.backup"')
        .header('pando-estimated-bytes', await estimateBackup(deps))
        .send(Readable.from(writeBackup(deps), { objectMode: false })),
  );
}
