import { runMigrations } from 'graphile-worker';
import { pino } from 'pino';
import type { Postgres } from '#platform/postgres';
import { quietLogger } from './quiet.ts';

// Any number, the same in every Pando.
const LOCK = 5_046_720_003;

/** Makes graphile-worker's own tables, or brings them up to date; one program at a time. */
export async function prepareJobs(pg: Postgres): Promise<void> {
  await pg.asSystem(
    async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
      await runMigrations({ pgPool: pg.raw, logger: quietLogger(pino({ level: 'silent' })) });
    },
    { timeoutMs: 0 },
  );
}
