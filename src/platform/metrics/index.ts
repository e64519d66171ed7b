import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** A value, or one for each set of labels. */
type Reading = number | readonly { labels: Labels; value: number }[];

/**
 * The program's figures for Prometheus. Labels must come from a small closed set (an outcome, a route's pattern, an
 * engine's name): never a person, never a free text.
 */
export interface Metrics {
  readonly registry: Registry;
  /** A figure that only grows. The name without prefix: `events_accepted_total` becomes `pando_events_accepted_total`. */
  counter(name: string, help: string, labels?: readonly string[]): (amount?: number, labels?: Labels) => void;
  /** A figure that goes up and down; `read` is asked whenever somebody looks. */
  gauge(name: string, help: string, read: () => Reading | Promise<Reading>, labels?: readonly string[]): void;
  /** How long or how large things are, in `buckets` (seconds by default). */
  histogram(
    name: string,
    help: string,
    o?: { labels?: readonly string[]; buckets?: readonly number[] },
  ): (value: number, labels?: Labels) => void;
  /** All of it in Prometheus' text format. */
  text(): Promise<string>;
}

const prefix = 'pando_';

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix });
  const registers = [registry];
  return {
    registry,
    counter(name, help, labels = []) {
      const counter = new Counter({ name: prefix + name, help, labelNames: [...labels], registers });
      return (amount = 1, given = {}) => counter.inc(given, amount);
    },
    gauge(name, help, read, labels = []) {
      new Gauge({
        name: prefix + name,
        help,
        labelNames: [...labels],
        registers,
        async collect() {
          this.reset();
          // A figure that cannot be had now must not take the others away.
          const reading = await Promise.resolve()
            .then(read)
            .catch(() => Number.NaN);
          if (typeof reading === 'number') this.set(reading);
          else for (const { labels: given, value } of reading) this.set(given, value);
        },
      });
    },
    histogram(name, help, { labels = [], buckets } = {}) {
      const histogram = new Histogram({
        name: prefix + name,
        help,
        labelNames: [...labels],
        ...(buckets ? { buckets: [...buckets] } : {}),
        registers,
      });
      return (value, given = {}) => histogram.observe(given, value);
    },
    text: () => registry.metrics(),
  };
}
