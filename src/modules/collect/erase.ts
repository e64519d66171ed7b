import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { ErasurePart } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import * as sql from './erase-sql.ts';
import { eraseFromQuarantine } from './quarantine-sql.ts';

const decompress = promisify(zstdDecompress);
const compress = promisify(zstdCompress);

/** What erasing a person means here: quarantine at once, then ClickHouse, then the batches that the log still holds. */
export function erasurePart(deps: {
  pg: Postgres;
  ch: ClickHouse;
  settled(workspaceId: number): Promise<void>;
}): ErasurePart {
  const { pg, ch, settled } = deps;
  return {
    name: 'collect',
    hide: (tx, workspaceId, erasure) => eraseFromQuarantine(tx, workspaceId, erasure),
    async purge(workspaceId, erasure) {
      // What was accepted before the erasure must be in ClickHouse before it can be removed from there.
      await settled(workspaceId);
      await ch.command(
        'alter table events delete where workspace_id = {ws:UInt32} and key in ({keys:Array(UInt64)}) settings mutations_sync = 2',
        { ws: workspaceId, keys: erasure.keys },
      );
      await rewriteLog(workspaceId, new Set(erasure.keys.map(String)));
    },
  };

  /** Takes the rows out of the batches that wait to be trimmed; their message ids stay, so that nothing comes twice. */
  async function rewriteLog(workspaceId: number, keys: ReadonlySet<string>): Promise<void> {
    let after = 0;
    for (;;) {
      const done = await pg.inWorkspace(workspaceId, async (tx) => {
        const batches = await sql.writtenBatches(tx, workspaceId, after, 50);
        for (const batch of batches) {
          after = batch.seq;
          const lines = (await decompress(batch.payload)).toString('utf8').split('\n');
          const left = lines.filter((line) => !keys.has(line.split('\t', 2)[1] ?? ''));
          if (left.length === lines.length) continue;
          const payload = await compress(left.join('\n'), {
            params: { [constants.ZSTD_c_compressionLevel]: 1 },
          });
          await sql.replacePayload(tx, workspaceId, batch.seq, payload);
        }
        return batches.length < 50;
      });
      if (done) return;
    }
  }
}
