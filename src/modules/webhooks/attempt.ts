import { Webhook } from 'standardwebhooks';
import type { Secret } from './sql.ts';

/** What became of one attempt. */
export interface Outcome {
  delivered: boolean;
  status: number | null;
  error: string | null;
  /** The receiver said that it is gone for good (410). */
  gone: boolean;
}

const patienceMs = 15_000;

/**
 * The pauses before the next attempt, as Standard Webhooks proposes: after the last one a delivery is given up, about
 * three days after the first.
 */
const pausesMs: readonly number[] = [
  5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
];

/** How long to wait after so many attempts, or null to give up. `chance` is from 0 to 1: many do not come back at once. */
export function pauseAfter(attempts: number, chance: number): number | null {
  const pause = pausesMs[attempts - 1];
  return pause === undefined ? null : Math.round(pause * (0.9 + 0.2 * chance));
}

/** The headers of Standard Webhooks, signed with every secret that holds. */
function signedHeaders(
  messageId: string,
  now: Date,
  body: string,
  secrets: readonly Secret[],
): Record<string, string> {
  const valid = secrets.filter(({ until }) => until === null || until > now.getTime());
  return {
    'content-type': 'application/json',
    'user-agent': 'Pando',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': valid.map(({ secret }) => new Webhook(secret).sign(messageId, now, body)).join(' '),
  };
}

/** Sends it once. Never throws: what goes wrong is the outcome. The answer's body is nobody's here, and not read. */
export async function attempt(
  d: { url: string; messageId: string; body: string; secrets: readonly Secret[] },
  now: Date,
  stopping: AbortSignal,
): Promise<Outcome> {
  try {
    const answer = await fetch(d.url, {
      method: 'POST',
      headers: signedHeaders(d.messageId, now, d.body, d.secrets),
      body: d.body,
      redirect: 'manual',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(patienceMs)]),
    });
    await answer.body?.cancel();
    const { status } = answer;
    const delivered = status >= 200 && status < 300;
    return {
      delivered,
      status,
      error: delivered
        ? null
        : status >= 300 && status < 400
          ? 'A redirect is not followed.'
          : `Answered ${status}.`,
      gone: status === 410,
    };
  } catch (error) {
    const tooLong = error instanceof DOMException && error.name === 'TimeoutError';
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    return {
      delivered: false,
      status: null,
      error: tooLong
        ? `No answer within ${patienceMs / 1000} seconds.`
        : `Not reached${code === '' ? '' : ` (${code})`}.`,
      gone: false,
    };
  }
}
