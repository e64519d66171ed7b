import { hash } from 'node:crypto';
import type { Named } from './accounts.ts';
import type { Order, Party } from './order.ts';
import type { Prepared } from './post.ts';

/** The keyed hashes of an order: what stands in the books for ever must not be tried out by whoever reads them. */
export function prepare(secret: Buffer, order: Order, named: Named): Prepared {
  const salt = secret.toString('latin1');
  return {
    order,
    named,
    key: keyHash(salt, `key ${order.key}`),
    content: BigInt.asIntN(64, BigInt(`0x${hashOf(salt, contentOf(order)).slice(0, 16)}`)),
    ref: order.order === undefined ? null : keyHash(salt, `order ${order.order}`),
  };
}

export function refHash(secret: Buffer, order: string): string {
  return keyHash(secret.toString('latin1'), `order ${order}`);
}

const hashOf = (salt: string, text: string) => hash('sha256', `${salt}\n${text}`, 'hex');

/** 128 bits, as a uuid holds them. */
function keyHash(salt: string, text: string): string {
  return hashOf(salt, text).slice(0, 32);
}

/** Where it is asked, under which key, and who agreed are not what is asked for. */
const notAskedFor = ['programme', 'key', 'by'];

/** What was asked for, in one way to write it. */
function contentOf(order: Order): string {
  return JSON.stringify(
    Object.entries(order)
      .filter(([name, value]) => value !== undefined && !notAskedFor.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, plain(value)]),
  );
}

function plain(value: unknown): unknown {
  if (value instanceof Date || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  if ('person' in value || 'partner' in value) return mainOf(value as Party);
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whoever was joined meanwhile has more wallets, and the order is the same. */
function mainOf(party: Party): unknown {
  if ('partner' in party) return ['partner', party.partner.normalize()];
  return typeof party.person === 'number' ? party.person : party.person[0];
}
