import type { Static } from 'typebox';
import { secret, sha256Hex } from '#platform/ids';
import type { Link } from '../schema.ts';

/** A new link to one of our pages. The token stands behind the #, which browsers send to nobody, nor do logs see it. */
export function newLink(publicUrl: string, page: 'join' | 'reset', expiresAt: Date): NewLink {
  const token = secret('', 32);
  return { url: `${publicUrl}/${page}#${token}`, token, tokenHash: sha256Hex(token), expiresAt };
}

export interface NewLink extends Omit<Static<typeof Link>, 'expiresAt'> {
  expiresAt: Date;
  /** The only part that is kept. */
  tokenHash: string;
}
