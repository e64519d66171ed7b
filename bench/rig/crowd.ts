import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { CrowdOrder } from './crowd-process.ts';

/** What the crowd sent; latencies of its requests in ms, from when each was due. */
export interface CrowdSent {
  seconds: number;
  sent: number;
  refused: number;
  ms: number[];
}

/** Sends known customers' events from a process of its own. */
export function sendCrowd(order: CrowdOrder): Promise<CrowdSent> {
  const child = fork(join(import.meta.dirname, 'crowd-process.ts'), [], {
    execArgv: [],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The crowd ended early.')));
    child.once('message', (answer) => {
      resolve(answer as CrowdSent);
      child.kill('SIGKILL');
    });
    child.send(order);
  });
}
