import type { FastifyRequest } from 'fastify';
import { CLI_PREFIX, type CliToken } from '../credentials/cli-token.ts';
import type { Keys } from '../credentials/keys.ts';
import type { Sessions } from '../credentials/sessions.ts';
import { refuse } from '../refusal.ts';
import { readSessionCookie } from './cookie.ts';
import { checkCsrfToken, checkSameOrigin, isRead } from './csrf.ts';
import type { Guesses } from './guesses.ts';
import type { Account, PublicUrl, UserAccount } from './principal.ts';

export interface Authenticate {
  /** The account behind the request's key, token or cookie; refuses without one, and a write that is forged. */
  account(request: FastifyRequest): Promise<Account>;
  /** The session of the request's cookie, if it has one. */
  session(request: FastifyRequest): Promise<UserAccount | undefined>;
}

export function createAuthenticate(deps: {
  sessions: Sessions;
  keys: Keys;
  cliToken: CliToken;
  guesses: Guesses;
  publicUrl: PublicUrl;
}): Authenticate {
  const { sessions, keys, cliToken, guesses, publicUrl } = deps;

  async function bearer(token: string, address: string): Promise<Account> {
    // A good secret is never held up by somebody who guesses at the same address.
    if (token.startsWith(CLI_PREFIX)) {
      if (cliToken.matches(token)) return { kind: 'cli' };
      guesses.count(address);
    } else {
      if (!keys.knows(token)) guesses.count(address);
      const key = await keys.find(token);
      if (key) return key;
    }
    throw refuse(
      'not-signed-in',
      'This key is not known here, or it was revoked; check that all of it was copied.',
    );
  }

  async function session(request: FastifyRequest): Promise<UserAccount | undefined> {
    const token = readSessionCookie(request, publicUrl);
    if (!token) return undefined;
    if (!sessions.knows(token)) guesses.count(request.ip);
    return sessions.find(token);
  }

  return {
    session,
    async account(request) {
      const { authorization } = request.headers;
      if (authorization !== undefined) {
        const [, token] = /^Bearer +(\S{1,512})$/i.exec(authorization) ?? [];
        if (!token) {
          throw refuse(
            'not-signed-in',
            'The header Authorization must be: Bearer, a blank, and a secret key.',
          );
        }
        return bearer(token, request.ip);
      }
      const user = await session(request);
      if (!user) {
        throw refuse(
          'not-signed-in',
          'Sign in with POST /api/session, or send a secret key as "Authorization: Bearer sk_...".',
        );
      }
      if (!isRead(request.method)) {
        checkSameOrigin(request, publicUrl);
        checkCsrfToken(request, user.csrf);
      }
      return user;
    },
  };
}
