import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { withoutPeople } from './error.ts';
import { readable } from './readable.ts';

export type Log = Logger;

/** Whatever has one of these names is never written out, at the top or one level below. */
const secretNames = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'writeKey',
  'secretKey',
  'adminPassword',
  'adminEmail',
  'databaseUrl',
  'clickhouseUrl',
  'email',
  'phone',
  'ip',
  'identifier',
  'identifiers',
  'traits',
  'payload',
  'body',
  'messages',
];

/**
 * One event a line, as JSON; as readable text with `pretty`. Goes to the error stream unless told otherwise, because
 * the output stream belongs to what a command answers. Log ids and counts, never what a person is or did.
 */
export function createLog(o: { level: string; pretty: boolean; to?: DestinationStream }): Log {
  // Synchronous, so that the last line before a crash is not lost.
  const stream = o.to ?? destination({ fd: 2, sync: true });
  return pino(
    {
      level: o.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: withoutPeople },
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]),
        censor: '[left out]',
      },
    },
    o.pretty ? readable(stream) : stream,
  );
}
