import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import { type Size, sizeOf } from './size-sql.ts';

/** From here on, counting is felt. */
export const largeEvents = 1_000_000;
const sizeKnownMs = 60_000;

/** Whether a workspace is so large that its answers are remembered. */
export function createSizes(o: { ch: ClickHouse; clock: Clock; largeFrom?: number | undefined }) {
  const { ch, clock, largeFrom = largeEvents } = o;
  const sizes = new Map<number, Size & { at: number }>();

  /** As of a minute ago at most. */
  async function of(workspaceId: number): Promise<Size> {
    const known = sizes.get(workspaceId);
    if (known && clock.ms() - known.at < sizeKnownMs) return known;
    const size = await sizeOf(ch, workspaceId);
    sizes.set(workspaceId, { ...size, at: clock.ms() });
    return size;
  }

  return {
    sizeOf: of,
    isLarge: async (workspaceId: number) => (await of(workspaceId)).events >= largeFrom,
  };
}
