import type { DestinationStream } from 'pino';

const colours: Record<string, number> = { debug: 90, trace: 90, info: 36, warn: 33, error: 31, fatal: 31 };

/** Turns pino's lines into `12:03:04 warn  what happened  key=value`, for people at a terminal. */
export function readable(out: DestinationStream): DestinationStream {
  return {
    write(line: string) {
      out.write(`${toText(line)}\n`);
    },
  };
}

function toText(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const label = String(level);
  const words = [
    String(time).slice(11, 19),
    `\u001b[${colours[label] ?? 0}m${label.padEnd(5)}\u001b[0m`,
    String(msg ?? ''),
    ...Object.entries(rest).map(([key, value]) => `\u001b[90m${key}=${short(value)}\u001b[0m`),
  ];
  return words.join(' ') + (err === undefined ? '' : `\n${stackOf(err)}`);
}

function short(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function stackOf(err: unknown): string {
  const { type, message, stack } = err as { type?: string; message?: string; stack?: string };
  return `    ${type ?? 'Error'}: ${message}\n${stack ?? ''}`;
}
