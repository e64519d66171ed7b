import { useTranslation } from 'react-i18next';
import type { Import } from '../api/types.ts';
import { Tag } from '../kit/tag.tsx';

export function isUnderWay({ state }: Pick<Import, 'state'>): boolean {
  return state === 'waiting' || state === 'running';
}

/** How an import stands, in a word. */
export function StateTag({ of }: { of: Import }) {
  const { t } = useTranslation('imports');
  if (of.dry_run && of.state === 'done') return <Tag tone="info">{t('state.tried')}</Tag>;
  const tones = {
    waiting: 'plain',
    running: 'info',
    done: 'good',
    failed: 'wrong',
    cancelled: 'plain',
  } as const;
  return <Tag tone={tones[of.state]}>{t(`state.${of.state}`)}</Tag>;
}

/** Seconds that are left, by how long it took so far; null as long as that says little. */
export function secondsLeft({ progress, seconds, state }: Import): number | null {
  if (state !== 'running' || seconds === null || seconds < 2 || progress < 0.02) return null;
  return Math.ceil((seconds * (1 - progress)) / progress);
}

/** A span of time as one says it. */
export function useSpan(): (seconds: number) => string {
  const { t } = useTranslation('imports');
  return (seconds) => {
    if (seconds < 60) return t('span.seconds', { count: Math.max(1, Math.round(seconds)) });
    if (seconds < 5400) return t('span.minutes', { count: Math.round(seconds / 60) });
    return t('span.hours', { count: Math.round(seconds / 3600) });
  };
}
