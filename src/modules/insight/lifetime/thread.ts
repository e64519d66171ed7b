import { parentPort, workerData } from 'node:worker_threads';
import { workOut } from './work.ts';

parentPort?.postMessage(workOut(workerData));
