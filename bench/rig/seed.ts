import { rememberIds } from '#modules/collect';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres, startEmbeddedPostgres } from '#platform/postgres';
import { writeKey } from './program.ts';

/** As the program itself folds them: eight times 400,000. */
const idsARun = 3_200_000;

/** The id under which the nth message of the past was sent. */
export function pastId(n: number): string {
  return `ajs-next-1700000000000-00000000-0000-4000-a000-${n.toString(16).padStart(12, '0')}`;
}

/** Has the home's program, which is stopped meanwhile, remember that many messages of its first source. */
export async function rememberPast(home: string, count: number): Promise<void> {
  const log = createLog({ level: 'warn', pretty: false });
  const engine = await startEmbeddedPostgres({ home, log, clock });
  try {
    const pg = await openPostgres({ url: engine.url, log, clock });
    try {
      const { rows } = await pg.raw.query<{ workspaceId: number; id: number }>(
        'select workspace_id as "workspaceId", id from sources where write_key = $1',
        [writeKey],
      );
      const source = rows[0];
      if (!source) throw new Error('The program has made no source.');
      for (let from = 0; from < count; from += idsARun) {
        const ids = Array.from({ length: Math.min(idsARun, count - from) }, (_, i) => pastId(from + i));
        await pg.inWorkspace(source.workspaceId, (tx) => rememberIds(tx, source, ids, clock.now()));
      }
    } finally {
      await pg.close();
    }
  } finally {
    await engine.stop();
  }
}
