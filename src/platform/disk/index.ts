import { statfs } from 'node:fs/promises';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Refusal, refusals } from '#platform/refusal';

const refuse = refusals('disk', { full: { status: 503, title: 'The disk is nearly full' } });

/** Looks after the space that the engines need: what has begun must be able to end. */
export interface Disk {
  /** False while less than the reserve is free: take no new work. */
  ok(): boolean;
  /** What to answer to new work now; undefined while there is room. */
  refusal(): Refusal | undefined;
  /** Of the fullest of the folders' disks, when it was last looked. */
  freeBytes(): number;
  stop(): void;
}

/** Free space for us (without what is kept for root) on the disk that holds the folder. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const everyMs = 1000;
const mega = 1024 * 1024;

/** Looks at once and then every second, until `stop`. What cannot be looked at counts as roomy. */
export async function watchDisk(o: {
  folders: readonly string[];
  reserveMb: number;
  clock: Clock;
  log: Log;
  freeBytes?: (folder: string) => Promise<number>;
}): Promise<Disk> {
  const { clock, log, freeBytes = freeBytesOf } = o;
  const stopping = new AbortController();
  let free = Number.POSITIVE_INFINITY;
  const ok = () => free >= o.reserveMb * mega;

  async function look(): Promise<void> {
    const before = ok();
    const each = await Promise.all(
      o.folders.map((folder) => freeBytes(folder).catch(() => Number.POSITIVE_INFINITY)),
    );
    free = Math.min(...each);
    if (before && !ok())
      log.error({ freeMb: Math.floor(free / mega) }, 'the disk is nearly full: new work is refused');
    if (!before && ok())
      log.info({ freeMb: Math.floor(free / mega) }, 'there is room again: new work is taken');
  }

  async function keepLooking(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal);
      if (!stopping.signal.aborted) await look();
    }
  }

  await look();
  void keepLooking();
  return {
    ok,
    refusal: () =>
      ok()
        ? undefined
        : refuse(
            'full',
            `Only ${Math.floor(free / mega)} MB are free, and ${o.reserveMb} MB are kept so that nothing is lost. ` +
              'Nothing new is taken until there is room again; what was accepted is safe.',
            { retryAfterS: 30 },
          ),
    freeBytes: () => free,
    stop: () => stopping.abort(),
  };
}
