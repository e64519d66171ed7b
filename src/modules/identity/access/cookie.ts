import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PublicUrl } from './principal.ts';

/** Over https the name itself makes the browser insist: this host alone, the whole path, never in the clear. */
function nameOf(secure: boolean): string {
  return secure ? '__Host-pando_session' : 'pando_session';
}

function isSecure(request: FastifyRequest, publicUrl: PublicUrl): boolean {
  return request.protocol === 'https' || publicUrl().startsWith('https:');
}

export function readSessionCookie(request: FastifyRequest, publicUrl: PublicUrl): string | undefined {
  return request.cookies[nameOf(isSecure(request, publicUrl))];
}

export function setSessionCookie(
  reply: FastifyReply,
  publicUrl: PublicUrl,
  session: { token: string; expiresAt: Date },
): void {
  const secure = isSecure(reply.request, publicUrl);
  reply.setCookie(nameOf(secure), session.token, { ...attributes(secure), expires: session.expiresAt });
}

export function clearSessionCookie(reply: FastifyReply, publicUrl: PublicUrl): void {
  const secure = isSecure(reply.request, publicUrl);
  reply.clearCookie(nameOf(secure), attributes(secure));
}

function attributes(secure: boolean) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure } as const;
}
