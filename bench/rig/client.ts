import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Expected } from './shop.ts';

/** What the client process measured. Latencies in ms, from when each request was due. */
export interface Sent {
  seconds: number;
  batches: number;
  /** Answers other than 200, and broken connections; each was sent again. */
  refused: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  cpuSeconds: number;
}

/** Whatever is sent goes as an SDK does it: a batch that was not answered with 200 is sent again. */
export type Order =
  | { do: 'prepare'; batches: number; size: number }
  /** Each connection sends its next batch when the last one was answered. */
  | { do: 'flood'; connections: number }
  /** By the clock, whatever the answers do. */
  | { do: 'pace'; connections: number; batchesPerSecond: number };

export type Answer = { expected: Expected; bytes: number } | Sent;

/** A process of its own that sends a shop's events. */
export interface Client {
  /** Makes so many more batches; answers with what everything made so far adds up to. */
  prepare(batches: number, size: number): Promise<{ expected: Expected; bytes: number }>;
  /** Sends what was prepared. */
  send(order: Exclude<Order, { do: 'prepare' }>): Promise<Sent>;
  stop(): void;
}

export function startClient(o: { url: string; writeKey: string; seed: number }): Client {
  const child = fork(join(import.meta.dirname, 'client-process.ts'), [JSON.stringify(o)], {
    // Not the flags of a profiler that looks at us.
    execArgv: [],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const ask = <T extends Answer>(order: Order) =>
    new Promise<T>((resolve, reject) => {
      const onExit = () => reject(new Error('The client process ended.'));
      child.once('exit', onExit);
      child.once('message', (answer) => {
        child.off('exit', onExit);
        resolve(answer as T);
      });
      child.send(order);
    });
  return {
    prepare: (batches, size) => ask({ do: 'prepare', batches, size }),
    send: (order) => ask(order),
    stop: () => void child.kill('SIGKILL'),
  };
}
