import { type LucideIcon, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useWordsOr } from '../words/words-or.ts';
import { Button } from './button.tsx';

/** What this place will show, why it is empty, and the one thing to do next. */
export function EmptyState(props: { icon: LucideIcon; title: string; why: string; action?: ReactNode }) {
  const Icon = props.icon;
  return (
    <div className="flex flex-col items-start gap-2 py-10">
      <Icon size={28} strokeWidth={1.5} aria-hidden="true" className="text-gold" />
      <p className="text-l font-semibold">{props.title}</p>
      <p className="max-w-[60ch] text-quiet">{props.why}</p>
      {props.action && <div className="mt-2">{props.action}</div>}
    </div>
  );
}

/** Grey lines where words will be; they show only if it takes longer than a blink. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const { t } = useTranslation('kit');
  const widths = ['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2'];
  return (
    <div role="status" aria-label={t('loading')} className="grid gap-3 py-3">
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <div key={line} className={`waiting h-4 rounded-md bg-line ${widths[line % widths.length]}`} />
      ))}
    </div>
  );
}

/** The words for an error: ours for what the console knows, the server's own for the rest. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation('kit');
  const wordsOr = useWordsOr('kit');
  return (error) => {
    if (!(error instanceof Problem)) return t('problem.bug');
    if (error.status === 0) return t('problem.unreachable');
    const ours = wordsOr(`problem.${error.type.replace('/', '-')}`, '');
    if (ours !== '') return ours;
    if (error.status === 403) return t('problem.forbidden');
    if (error.status >= 500) return t('problem.server');
    return error.detail || error.title;
  };
}

/** What happened, why, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation('kit');
  const text = useProblemText();
  return (
    <div role="alert" className="my-4 flex flex-wrap items-center gap-4 rounded-md bg-wrong-wash px-4 py-3">
      <div className="grow">
        <p className="font-semibold text-wrong">{t('problem.title')}</p>
        <p className="max-w-[68ch]">{text(error)}</p>
      </div>
      {onRetry && (
        <Button icon={RotateCw} onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}
