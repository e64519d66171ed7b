import { expect, test } from 'vitest';
import { createMetrics } from './index.ts';

test('figures come out in the text format of Prometheus, each program with its own', async () => {
  const metrics = createMetrics();
  createMetrics();
  const accepted = metrics.counter('events_total', 'Events by outcome', ['outcome']);
  accepted(2, { outcome: 'accepted' });
  accepted(1, { outcome: 'accepted' });
  metrics.gauge('lag_events', 'Events that wait', async () => 7);
  metrics.gauge('behind', 'By follower', () => [{ labels: { follower: 'a' }, value: 1 }], ['follower']);
  const took = metrics.histogram('took_seconds', 'How long', { buckets: [0.1, 1] });
  took(0.5);
  const text = await metrics.text();
  expect(text).toContain('pando_events_total{outcome="accepted"} 3');
  expect(text).toContain('pando_lag_events 7');
  expect(text).toContain('pando_behind{follower="a"} 1');
  expect(text).toContain('pando_took_seconds_bucket{le="0.1"} 0');
  expect(text).toContain('pando_took_seconds_bucket{le="1"} 1');
  expect(text).toContain('pando_process_resident_memory_bytes');
});

test('a figure that cannot be had now does not take the others away', async () => {
  const metrics = createMetrics();
  metrics.gauge('lag_events', 'Events that wait', () => Promise.reject(new Error('the engine is away')));
  metrics.gauge('free_bytes', 'Free space', () => 5);
  const text = await metrics.text();
  expect(text).toMatch(/^pando_lag_events nan$/im);
  expect(text).toContain('pando_free_bytes 5');
});
