import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { countEvents } from './size-sql.ts';

/** From here on, counting is felt. */
export const largeEvents = 1_000_000;
const sizeKnownMs = 60_000;

/** Whether a workspace is so large that its answers are remembered. */
export function createSizes(o: { ch: ClickHouse; clock: Clock; largeFrom?: number | undefined }) {
  const { ch, clock, largeFrom = largeEvents } = o;
  const sizes = new Map<number, { isLarge: boolean; at: number }>();
  return {
    async isLarge(workspaceId: number): Promise<boolean> {
      const known = sizes.get(workspaceId);
      if (known && clock.ms() - known.at < sizeKnownMs) return known.isLarge;
      const isLarge = (await countEvents(ch, workspaceId)) >= largeFrom;
      sizes.set(workspaceId, { isLarge, at: clock.ms() });
      return isLarge;
    },
  };
}
