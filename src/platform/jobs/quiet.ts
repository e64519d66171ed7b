import { Logger } from 'graphile-worker';
import type { Log } from '#platform/log';

/** Passes on graphile-worker's messages, without what it adds to them: whole jobs with their payloads. */
export function quietLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    const text = message.split('\n', 1)[0] ?? '';
    if (level === 'error' || level === 'warning') log.warn({ part: 'jobs' }, text);
    else log.debug({ part: 'jobs' }, text);
  });
}
