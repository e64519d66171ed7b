import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { refuse } from '../refusal.ts';
import type { PublicUrl } from './principal.ts';

/** A browser that says where a request comes from must say that it comes from our own pages. */
export function checkSameOrigin(request: FastifyRequest, publicUrl: PublicUrl): void {
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  if (
    site !== undefined ? site !== 'same-origin' && site !== 'none' : foreign(origin, request.host, publicUrl)
  ) {
    throw refuse('csrf-failed', 'This request was started by another website, and is not carried out.');
  }
}

function foreign(origin: string | undefined, host: string, publicUrl: PublicUrl): boolean {
  if (origin === undefined) return false;
  const from = URL.parse(origin);
  if (!from) return true;
  // By its scheme, so that a default port is left out on both sides.
  const here = URL.parse(`${from.protocol}//${host}`);
  return from.host !== here?.host && from.origin !== new URL(publicUrl()).origin;
}

/** A write on the strength of a cookie must show that the page could read the session's own token. */
export function checkCsrfToken(request: FastifyRequest, expected: string): void {
  const given = Buffer.from(String(request.headers['pando-csrf'] ?? ''));
  const wanted = Buffer.from(expected);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw refuse(
      'csrf-failed',
      'Send the header Pando-Csrf with the value of "csrf" from GET /api/session; it changes with each sign-in.',
    );
  }
}

/** Methods that change nothing, by RFC 9110. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
