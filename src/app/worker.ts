import type { Collect } from '#modules/collect';
import type { Demo } from '#modules/demo';
import type { Identity } from '#modules/identity';
import type { People } from '#modules/people';
import type { Points } from '#modules/points';
import type { Rewards } from '#modules/rewards';
import type { Segments } from '#modules/segments';
import type { Transparency } from '#modules/transparency';
import type { Webhooks } from '#modules/webhooks';
import type { Config } from '#platform/config';
import type { Facts } from '#platform/facts';
import type { Jobs } from '#platform/jobs';
import type { Closing } from './closing.ts';

/**
 * The doors at the back. Every process hears of changes and carries what it accepted into ClickHouse; jobs, followers
 * of facts and the demo run in workers only, who share the work out among themselves.
 */
export async function startWork(
  parts: {
    config: Config;
    facts: Facts;
    jobs: Jobs;
    identity: Identity;
    people: People;
    collect: Collect;
    segments: Segments;
    demo: Demo;
    webhooks: Webhooks;
    transparency: Transparency;
    points: Points;
    rewards: Rewards;
  },
  closing: Closing,
): Promise<void> {
  const { config, facts, jobs, identity, people, collect, segments, demo, webhooks, transparency, points } =
    parts;
  const { rewards } = parts;
  await identity.start();
  closing.later('identity', () => identity.stop());
  people.start();
  closing.later('people', () => people.stop());
  collect.start();
  closing.later('collection', () => collect.stop());
  closing.later('segments', () => segments.stop());
  closing.later('the followers of facts', () => facts.stop());
  closing.later('the jobs', () => jobs.stop());
  closing.later('the demo', () => demo.stop());
  closing.later('the webhooks', () => webhooks.stop());
  closing.later('the public logs', () => transparency.stop());
  closing.later('points', () => points.stop());
  closing.later('rewards', () => rewards.stop());
  if (config.role === 'api') return;
  webhooks.follow();
  await facts.start();
  await jobs.start();
  segments.start();
  demo.start();
  webhooks.start();
  transparency.start();
  rewards.start();
}
