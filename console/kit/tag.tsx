import { clsx } from 'clsx';
import type { ReactNode } from 'react';

const tones = {
  plain: 'bg-sunken text-quiet',
  good: 'bg-good-wash text-good',
  wrong: 'bg-wrong-wash text-wrong',
  gold: 'bg-gold-wash text-gold-ink',
  info: 'bg-info-wash text-info',
} as const;

/** A word about the state of something. */
export function Tag({ tone = 'plain', children }: { tone?: keyof typeof tones; children: ReactNode }) {
  return (
    <span className={clsx('inline-block rounded-full px-2 py-0.5 text-s whitespace-nowrap', tones[tone])}>
      {children}
    </span>
  );
}
