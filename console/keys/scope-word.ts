import type { Permission } from '../api/types.ts';

type Word<P extends string> = P extends `${infer Noun}:${infer Verb}` ? `${Noun}-${Verb}` : P;

/** A permission as the words have it; one that has no words yet does not compile. */
export function scopeWord(permission: Permission): Word<Permission> {
  return permission.replace(':', '-') as Word<Permission>;
}
