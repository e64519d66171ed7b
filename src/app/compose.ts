import type { AddressInfo } from 'node:net';
import { type Collect, createCollect, type Source } from '#modules/collect';
import { createDemo } from '#modules/demo';
import { createIdentity, type FirstStart, type Identity } from '#modules/identity';
import { createImports, importTopics } from '#modules/imports';
import { registerValueSettings, registerValueSnapshots } from '#modules/insight';
import { createPeople, peopleTopics } from '#modules/people';
import { createPoints } from '#modules/points';
import { createRewards } from '#modules/rewards';
import { createSegments, type Segments } from '#modules/segments';
import { createTransparency } from '#modules/transparency';
import { createWebhooks } from '#modules/webhooks';
import { type Clock, systemClock } from '#platform/clock';
import type { Config } from '#platform/config';
import { watchDisk } from '#platform/disk';
import { createFacts, type Facts } from '#platform/facts';
import type { App } from '#platform/http';
import { installationSecret } from '#platform/installation';
import { createJobs } from '#platform/jobs';
import { createLive, factTopic, type Live } from '#platform/live';
import type { Log } from '#platform/log';
import { createMetrics } from '#platform/metrics';
import { LanguageSettings, languageDefaults } from '#schema/identity';
import { refuseHalfRestored } from './backup/restore.ts';
import { createClosing } from './closing.ts';
import { furnishDemo } from './demo-points.ts';
import { refuseTakenPort } from './doctor/port.ts';
import { type Engines, openEngines } from './engines.ts';
import { dataFolders, waitForHome } from './home.ts';
import { createServer } from './server.ts';
import { readVersion } from './version.ts';
import {
  listenForMovements,
  listenForSingleFacts,
  offersOfPeople,
  offersOfPoints,
  offersOfSegments,
} from './webhook-offers.ts';
import { startWork } from './worker.ts';

/** The whole program, ready to listen. */
export interface Pando extends Engines {
  app: App;
  identity: Identity;
  /** What the first start made, to be told to whoever made it. */
  firstStart: FirstStart & { writeKey?: string };
  /** Takes requests from now on; resolves to the address at which this machine reaches it. */
  listen(): Promise<string>;
  /** Finishes what is under way and stops everything, the engines last. */
  close(): Promise<void>;
}

/** Wires every part to the others; nothing else does. Rejects, with everything stopped again, when one does not come up. */
export async function compose(
  config: Config,
  o: {
    log: Log;
    clock?: Clock;
    /** Instead of asking the disks, in tests. */
    freeBytes?: (folder: string) => Promise<number>;
  },
): Promise<Pando> {
  const { log, clock = systemClock } = o;
  const closing = createClosing(log);
  try {
    const home = await waitForHome(config.home, clock);
    closing.later('the home', () => home.release());
    // Sooner said than after the engines have come up for nothing.
    await refuseTakenPort(config);
    const engines = await openEngines({ config, log, clock }, closing);
    const { pg } = engines;
    await refuseHalfRestored(pg);
    const disk = await watchDisk({
      folders: dataFolders(config.home),
      reserveMb: config.diskReserveMb,
      clock,
      log,
      ...(o.freeBytes ? { freeBytes: o.freeBytes } : {}),
    });
    closing.later('the watch over the disk', () => disk.stop());
    const metrics = createMetrics();
    const facts = await createFacts({ pg, log, clock });
    const jobs = await createJobs({ pg, log, clock });

    // Which port it is, is only known once the program listens, when any free one is taken.
    let { port } = config;
    const publicUrl = () => config.publicUrl ?? localUrl({ ...config, port });
    const identity = createIdentity({ pg, facts, clock, log, publicUrl });
    identity.settings.register('languages', LanguageSettings, languageDefaults);
    registerValueSettings(identity);
    await identity.cliToken.ensure(config.home);
    const firstStart = await identity.firstStart(config);

    const suppressionKey = await installationSecret(pg, 'suppression');
    const people = createPeople({ ...engines, identity, facts, jobs, clock, log, suppressionKey });
    const transparency = createTransparency({
      pg,
      clock,
      log,
      secret: await installationSecret(pg, 'transparency'),
      publicUrl,
      ...(config.role === 'api' ? {} : { home: config.home }),
    });
    const points = createPoints({ pg, identity, people, transparency, facts, jobs, clock, log });
    const { bufferEvents } = config;
    const collect = createCollect({ ...engines, identity, people, jobs, clock, log, bufferEvents });
    const webhooks = createWebhooks({ pg, identity, people, facts, jobs, clock, log });
    const segments = createSegments({ ...engines, identity, people, collect, facts, jobs, clock, log });
    registerValueSnapshots({ ...engines, identity, segments });
    const rewards = createRewards({
      ...engines,
      ...{ identity, people, collect, segments, points, facts, jobs, clock, log },
    });
    // A full disk is for those who have to write; the simulated brand does not.
    const load = () => (disk.ok() ? collect.load() : 1);
    const demo = createDemo({
      ...{ pg, identity, collect, people, jobs, clock, log, load, enabled: config.demo },
      furnish: (workspaceId) => furnishDemo({ points, rewards, clock }, workspaceId),
    });
    const imports = createImports({
      pg,
      collect,
      identity,
      people,
      jobs,
      facts,
      clock,
      log,
      disk,
      home: config.home,
    });
    for (const offer of [
      ...offersOfPeople(people),
      ...offersOfSegments(people, segments),
      ...offersOfPoints(people),
    ])
      webhooks.offer(offer);
    listenForSingleFacts(segments, webhooks, rewards);
    listenForMovements(points, webhooks);
    const firstSource = await ensureFirstSource(collect, firstStart.workspace.id, config);

    const live = createLive({ clock, log });
    wireLive(live, { pg, facts, collect, segments });

    const platform = {
      config,
      log,
      clock,
      ...engines,
      disk,
      metrics,
      facts,
      live,
      jobs,
      version: readVersion(),
    };
    const modules = {
      identity,
      people,
      collect,
      segments,
      imports,
      demo,
      webhooks,
      transparency,
      points,
      rewards,
    };
    const parts = { ...platform, ...modules };
    await startWork(parts, closing);
    const app = await createServer(parts, closing);

    return {
      ...engines,
      app,
      identity,
      firstStart: { ...firstStart, ...(firstSource ? { writeKey: firstSource.writeKey } : {}) },
      async listen() {
        await app.listen({ port: config.port, host: config.host, listenTextResolver: () => 'listening' });
        port = (app.server.address() as AddressInfo).port;
        const url = localUrl({ ...config, port });
        home.announce(url);
        return url;
      },
      close: () => closing.now(),
    };
  } catch (error) {
    await closing.now();
    throw error;
  }
}

/** What open pages hear of; a module that has more to tell is added here. */
function wireLive(
  live: Live,
  deps: { pg: Engines['pg']; facts: Facts; collect: Collect; segments: Segments },
): void {
  const settings = factTopic(deps, {
    name: 'settings',
    needs: 'settings:read',
    types: ['settings.changed'],
    tell: async (_workspaceId, facts) => ({ sections: [...new Set(facts.map(({ data }) => data.section))] }),
  });
  // Who it was is asked for by pages that show it: a segment may have thousands of comings and goings at once.
  const segments = factTopic(deps, {
    name: 'segments',
    needs: 'people:read',
    types: ['segment.moved'],
    async tell(workspaceId, facts, more) {
      const ids = await deps.segments.idsOf(workspaceId);
      const moved = new Set(facts.flatMap(({ data }) => (Array.isArray(data.segments) ? data.segments : [])));
      return { segments: [...moved].flatMap((id) => ids.get(Number(id)) ?? []), more };
    },
  });
  const topics = [...deps.collect.topics, ...peopleTopics(deps), ...importTopics(deps), settings, segments];
  for (const topic of topics) live.add(topic);
  deps.collect.onWritten((workspaceId) => live.wake(workspaceId, 'events'));
}

/** A brand without any source has nowhere to send its first event to. */
async function ensureFirstSource(
  { sources }: Collect,
  workspaceId: number,
  { writeKey }: Config,
): Promise<Source | undefined> {
  const wanted = writeKey !== undefined && (await sources.byWriteKey(writeKey)) === null;
  if (!wanted && (await sources.list(workspaceId)).length > 0) return undefined;
  return sources.ensure(workspaceId, { name: 'Website', kind: 'web', ...(writeKey ? { writeKey } : {}) });
}

/** Where this machine reaches a program with this configuration. */
export function localUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const toAll = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${toAll.includes(':') ? `[${toAll}]` : toAll}:${port}`;
}
