import type { Collect } from '#modules/collect';
import type { ClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { funnel } from './funnel-sql.ts';
import { type Counted, createMemory, type Memory } from './memory.ts';
import type { Period } from './period.ts';
import { pulse } from './pulse-sql.ts';
import type { Funnel, Pulse } from './schema.ts';
import { largeWorkspaces } from './size-sql.ts';
import { createSizes, largeEvents } from './sizes.ts';

export const usualMs = 30 * 86_400_000;
const warmEveryMs = 5 * 60_000;
/** Kept warm for so long after somebody asked: over a weekend. */
const warmForMs = 3 * 86_400_000;
const minuteMs = 60_000;

/** The reports of Home. Of a large workspace they are remembered, with the time as of which they hold. */
export interface Reports {
  pulse(workspaceId: number, period: Period): Promise<Pulse>;
  funnel(workspaceId: number, period: Period): Promise<Funnel>;
  /** Keeps the usual period of large workspaces warm. */
  start(): void;
  stop(): Promise<void>;
}

export interface ReportsOptions {
  ch: ClickHouse;
  collect: Pick<Collect, 'paths'>;
  clock: Clock;
  log: Log;
  /** Workspaces with as many events are large. */
  largeFrom?: number;
}

export function createReports(o: ReportsOptions): Reports {
  const { ch, collect, clock, log, largeFrom = largeEvents } = o;
  const pulses = createMemory<Pulse>(o);
  const funnels = createMemory<Funnel>(o);
  const { isLarge } = createSizes(o);
  /** When somebody asked last of a large workspace. */
  const askedAt = new Map<number, number>();
  const stopping = new AbortController();
  let warming: Promise<void> | undefined;

  type Path = Awaited<ReturnType<Collect['paths']['map']>>;
  const countPulse = (workspaceId: number, period: Period, { names, stages }: Path) =>
    pulse(ch, workspaceId, { ...period, share: names.filter((_, i) => stages[i] === 5) });
  const countFunnel = (workspaceId: number, period: Period, path: Path) =>
    funnel(ch, workspaceId, { ...period, path });

  /** Periods up to now are one period, however far now has moved on. */
  function nameOf(workspaceId: number, { from, to, withoutBots }: Period, path: Path): string {
    const isUpToNow = Math.abs(to.getTime() - clock.ms()) <= minuteMs;
    const when = isUpToNow ? to.getTime() - from.getTime() : [from.getTime(), to.getTime()];
    return JSON.stringify([workspaceId, when, withoutBots, path]);
  }

  async function asked<T extends Pulse | Funnel>(
    memory: Memory<T>,
    count: (workspaceId: number, period: Period, path: Path) => Promise<T>,
    workspaceId: number,
    period: Period,
  ): Promise<T> {
    const [path, large] = await Promise.all([collect.paths.map(workspaceId), isLarge(workspaceId)]);
    const counting = () => count(workspaceId, period, path);
    if (!large) return counting();
    askedAt.set(workspaceId, clock.ms());
    return dated(await memory.ask(nameOf(workspaceId, period, path), counting));
  }

  async function warm(workspaceId: number): Promise<void> {
    const to = Math.ceil(clock.ms() / minuteMs) * minuteMs;
    const period = { from: new Date(to - usualMs), to: new Date(to), withoutBots: true };
    const path = await collect.paths.map(workspaceId);
    const name = nameOf(workspaceId, period, path);
    await pulses.renew(name, () => countPulse(workspaceId, period, path));
    await funnels.renew(name, () => countFunnel(workspaceId, period, path));
  }

  async function keepWarm(): Promise<void> {
    const { signal } = stopping;
    let isFirst = true;
    while (!signal.aborted) {
      try {
        if (isFirst) {
          for (const id of await largeWorkspaces(ch, largeFrom)) askedAt.set(id, clock.ms());
          isFirst = false;
        }
        for (const [id, at] of askedAt) {
          if (signal.aborted) return;
          if (clock.ms() - at > warmForMs) askedAt.delete(id);
          else await warm(id);
        }
      } catch (error) {
        if (signal.aborted) return;
        log.warn(
          { reason: error instanceof Error ? error.message : String(error) },
          'reports are not kept warm',
        );
      }
      await clock.sleep(warmEveryMs, signal);
    }
  }

  return {
    pulse: (workspaceId, period) => asked(pulses, countPulse, workspaceId, period),
    funnel: (workspaceId, period) => asked(funnels, countFunnel, workspaceId, period),
    start() {
      warming ??= keepWarm();
    },
    async stop() {
      stopping.abort();
      await warming;
    },
  };
}

const dated = <T extends Pulse | Funnel>({ answer, asOf }: Counted<T>): T => ({
  ...answer,
  as_of: new Date(asOf).toISOString(),
});
