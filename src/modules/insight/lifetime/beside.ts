import { Worker } from 'node:worker_threads';
import type { LifetimeWork, LifetimeWorked } from './work.ts';

/** Works it out in a thread of its own, so that requests are answered meanwhile. */
export function workOutBeside(work: LifetimeWork): Promise<LifetimeWorked> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: work });
    worker.once('message', (worked: LifetimeWorked) => resolve(worked));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread that fits models ended with ${code}.`)));
  });
}
