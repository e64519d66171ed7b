import { readdirSync, realpathSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createIdentity, type FirstStart, type Identity } from '#modules/identity';
import { type Clock, systemClock } from '#platform/clock';
import type { Config } from '#platform/config';
import { watchDisk } from '#platform/disk';
import { createFacts } from '#platform/facts';
import type { App } from '#platform/http';
import { createJobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import { createMetrics } from '#platform/metrics';
import { createClosing } from './closing.ts';
import { type Engines, openEngines } from './engines.ts';
import { holdHome } from './home.ts';
import { createServer } from './server.ts';
import { readVersion } from './version.ts';
import { startWork } from './worker.ts';

/** The whole program, ready to listen. */
export interface Pando extends Engines {
  app: App;
  identity: Identity;
  firstStart: FirstStart;
  /** Takes requests from now on; resolves to the address at which this machine reaches it. */
  listen(): Promise<string>;
  /** Finishes what is under way and stops everything, the engines last. */
  close(): Promise<void>;
}

/** Wires every part to the others; nothing else does. Rejects, with everything stopped again, when one does not come up. */
export async function compose(config: Config, o: { log: Log; clock?: Clock }): Promise<Pando> {
  const { log, clock = systemClock } = o;
  const closing = createClosing(log);
  try {
    const home = holdHome(config.home);
    closing.later('the home', () => home.release());
    const engines = await openEngines({ config, log, clock }, closing);
    const { pg } = engines;
    const disk = await watchDisk({
      folders: dataFolders(config.home),
      reserveMb: config.diskReserveMb,
      clock,
      log,
    });
    closing.later('the watch over the disk', () => disk.stop());
    const metrics = createMetrics();
    const facts = await createFacts({ pg, log, clock });
    const jobs = await createJobs({ pg, log, clock });

    // Which port it is, is only known once the program listens, when any free one is taken.
    let localUrl = `http://${reachable(config.host)}:${config.port}`;
    const publicUrl = () => config.publicUrl ?? localUrl;
    const identity = createIdentity({ pg, facts, clock, log, publicUrl });
    await identity.cliToken.ensure(config.home);
    const firstStart = await identity.firstStart(config);

    const parts = {
      config,
      log,
      clock,
      ...engines,
      disk,
      metrics,
      facts,
      jobs,
      identity,
      version: readVersion(),
    };
    await startWork(parts, closing);
    const app = await createServer(parts, closing);

    return {
      ...engines,
      app,
      identity,
      firstStart,
      async listen() {
        await app.listen({ port: config.port, host: config.host, listenTextResolver: () => 'listening' });
        const { port } = app.server.address() as AddressInfo;
        localUrl = `http://${reachable(config.host)}:${port}`;
        home.announce(localUrl);
        return localUrl;
      },
      close: () => closing.now(),
    };
  } catch (error) {
    await closing.now();
    throw error;
  }
}

/** An address of this machine for one that means all of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** The home, and where its engines really keep their data: that may be on another disk. */
function dataFolders(home: string): string[] {
  const engines = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const linked = engines.flatMap((engine) =>
    readdirSync(join(home, engine.name), { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => realpathSync(join(home, engine.name, entry.name))),
  );
  return [home, ...linked];
}
