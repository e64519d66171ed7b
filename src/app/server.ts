import { type Collect, collectRoutes, trackingRoutes } from '#modules/collect';
import { type Demo, demoRoutes } from '#modules/demo';
import { type Identity, identityRoutes } from '#modules/identity';
import { type Imports, importRoutes } from '#modules/imports';
import {
  boardLinkRoutes,
  boardRoutes,
  createLinks,
  insightRoutes,
  reportRoutes,
  reports,
  sharedBoardRoutes,
  valueRoutes,
  worthRoutes,
} from '#modules/insight';
import { type People, peopleRoutes } from '#modules/people';
import { movementRoutes, type Points, programmeRoutes } from '#modules/points';
import { type Rewards, rewardRoutes } from '#modules/rewards';

import { type Segments, segmentRoutes } from '#modules/segments';
import { type Transparency, transparencyRoutes } from '#modules/transparency';
import { type Webhooks, webhookRoutes } from '#modules/webhooks';
import type { Clock } from '#platform/clock';
import type { Config } from '#platform/config';
import type { Disk } from '#platform/disk';
import type { Facts } from '#platform/facts';
import { type App, closeWithin, createHttp, operationRoutes } from '#platform/http';
import type { Live } from '#platform/live';
import type { Log } from '#platform/log';
import type { Metrics } from '#platform/metrics';
import { backupRoutes } from './backup/routes.ts';
import type { Closing } from './closing.ts';
import { consoleRoutes } from './console.ts';
import type { Engines } from './engines.ts';
import { liveRoutes } from './live-routes.ts';
import { operatorRoutes } from './operator-routes.ts';
import { proofRoutes } from './proof.ts';
import { statusRoutes } from './status/routes.ts';

const finishWithinMs = 15_000;

interface Parts extends Engines {
  config: Config;
  log: Log;
  clock: Clock;
  version: string;
  disk: Disk;
  metrics: Metrics;
  facts: Facts;
  live: Live;
  identity: Identity;
  people: People;
  collect: Collect;
  segments: Segments;
  imports: Imports;
  demo: Demo;
  webhooks: Webhooks;
  transparency: Transparency;
  rewards: Rewards;
  points: Points;
}

/** The doors at the front. A worker has those for its operator only. */
export async function createServer(parts: Parts, closing: Closing): Promise<App> {
  const { config, log, clock, version, metrics, identity, people, collect, segments, imports, demo, ch } =
    parts;
  const app = await createHttp({ log, config, version });
  closing.later('the web server', () => closeWithin(app, finishWithinMs));
  keepRoom(app, parts.disk);
  operationRoutes(app, { parts: parts.parts, metrics });
  showFigures(parts);
  if (config.role === 'worker') return app;

  const hasConsole = await consoleRoutes(app);
  statusRoutes(app, { isHome: !hasConsole }, () => ({
    version,
    parts: parts.parts(),
    figures: [readableAfter(collect)],
  }));
  identityRoutes(app, identity);
  operatorRoutes(app, identity, parts.transparency);
  backupRoutes(app, parts);
  peopleRoutes(app, people);
  const { publicUrl } = config;
  await trackingRoutes(app, { collect, clock, ...(publicUrl ? { publicUrl } : {}) });
  collectRoutes(app, { collect, identity });
  segmentRoutes(app, segments);
  insightRoutes(app, { ch, identity, collect, clock, log });
  worthRoutes(app, { ch, identity, segments, clock });
  const links = createLinks(parts);
  boardRoutes(app, parts);
  boardLinkRoutes(app, { links, identity });
  sharedBoardRoutes(app, { ...parts, links }, reports);
  reportRoutes(app, { ch, identity, collect, segments, clock, log }, reports);
  valueRoutes(app, { ch, identity, segments, clock, log });
  await importRoutes(app, { imports, identity, clock });
  demoRoutes(app, { demo, identity });
  webhookRoutes(app, parts.webhooks);
  transparencyRoutes(app, parts.transparency);
  rewardRoutes(app, parts.rewards);
  await proofRoutes(app);
  programmeRoutes(app, parts.points);
  movementRoutes(app, parts.points);
  liveRoutes(app, parts);
  return app;
}

const reads = ['GET', 'HEAD', 'OPTIONS'];

/** Refuses what would write while the disk is nearly full; who has to look what is the matter can still sign in. */
function keepRoom(app: App, disk: Disk): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isSmall = reads.includes(request.method) || request.routeOptions.url === '/api/session';
    const refusal = isSmall ? undefined : disk.refusal();
    if (refusal) done(refusal);
    else done();
  });
}

function showFigures({ metrics, disk, facts, live, collect, points, transparency }: Parts): void {
  metrics.gauge(
    'public_logs_stopped',
    'Public logs that do not go on, so that they do not fork',
    () => transparency.stopped().length,
  );
  metrics.gauge('live_listeners', 'Open streams of news', () => live.listeners());
  metrics.gauge('disk_free_bytes', 'Free space of the fullest disk that holds data', () => disk.freeBytes());
  metrics.gauge(
    'collect_behind_seconds',
    'How late accepted events become readable',
    () => collect.writerBehindMs() / 1000,
  );
  metrics.gauge('points_laws_broken', 'Breaches of the laws of the books of points', () =>
    points.laws.broken(),
  );
  metrics.gauge('points_waiting', 'Movements of points that wait for their turn', () => points.waiting());
  metrics.gauge(
    'facts_behind',
    'Facts that a follower has before it',
    async () =>
      (await facts.lag()).map(({ name, behind }) => ({ labels: { follower: name }, value: behind })),
    ['follower'],
  );
}

function readableAfter(collect: Collect): { name: string; value: string } {
  const seconds = Math.floor(collect.writerBehindMs() / 1000);
  return {
    name: 'Accepted events can be asked for',
    value: seconds === 0 ? 'within a second' : `${seconds} s late; they are safe meanwhile`,
  };
}
