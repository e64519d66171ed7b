import type { Identity } from '#modules/identity';
import type { Config } from '#platform/config';
import type { Facts } from '#platform/facts';
import type { Jobs } from '#platform/jobs';
import type { Closing } from './closing.ts';

/** The doors at the back: followers of facts, and jobs. Every process listens to news; only workers work. */
export async function startWork(
  parts: { config: Config; facts: Facts; jobs: Jobs; identity: Identity },
  closing: Closing,
): Promise<void> {
  const { config, facts, jobs, identity } = parts;
  await identity.start();
  closing.later('identity', () => identity.stop());
  if (config.role === 'api') return;
  await facts.start();
  closing.later('the followers of facts', () => facts.stop());
  await jobs.start();
  closing.later('the jobs', () => jobs.stop());
}
