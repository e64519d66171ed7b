import { type Identity, identityRoutes } from '#modules/identity';
import type { Config } from '#platform/config';
import type { Disk } from '#platform/disk';
import { type App, closeWithin, createHttp, operationRoutes } from '#platform/http';
import type { Log } from '#platform/log';
import type { Metrics } from '#platform/metrics';
import type { Closing } from './closing.ts';
import type { Engines } from './engines.ts';
import { statusRoutes } from './status/routes.ts';

const finishWithinMs = 15_000;

/** The doors at the front. A worker has those for its operator only. */
export async function createServer(
  parts: {
    config: Config;
    log: Log;
    version: string;
    parts: Engines['parts'];
    disk: Disk;
    metrics: Metrics;
    identity: Identity;
  },
  closing: Closing,
): Promise<App> {
  const { config, log, version, disk, metrics, identity } = parts;
  const app = await createHttp({ log, config, version });
  closing.later('the web server', () => closeWithin(app, finishWithinMs));
  keepRoom(app, disk);
  operationRoutes(app, { parts: parts.parts, metrics });
  metrics.gauge('disk_free_bytes', 'Free space of the fullest disk that holds data', () => disk.freeBytes());
  if (config.role === 'worker') return app;

  statusRoutes(app, async () => ({ version, parts: parts.parts(), figures: [] }));
  identityRoutes(app, identity);
  return app;
}

const reads = ['GET', 'HEAD', 'OPTIONS'];

/** Refuses what would write while the disk is nearly full. */
function keepRoom(app: App, disk: Disk): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const refusal = reads.includes(request.method) ? undefined : disk.refusal();
    if (refusal) done(refusal);
    else done();
  });
}
