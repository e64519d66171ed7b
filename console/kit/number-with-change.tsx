import { clsx } from 'clsx';
import { ArrowDownRight, ArrowRight, ArrowUpRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';

/** Below this many, a change says little, and is shown in grey with a note. */
const smallSample = 30;

/** A figure and how it moved against the period before, in words. The exact figure stands behind the compact one. */
export function NumberWithChange(props: {
  label: string;
  value: number | null;
  before: number | null;
  as?: 'count' | 'share';
  /** Instead of the number, for money in several currencies. */
  shown?: string[];
  sample?: number;
}) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const { value, before, as = 'count', sample = value ?? 0 } = props;
  const text = (n: number | null, exact = false) => {
    if (n === null) return '–';
    if (as === 'share') return format.percent(n);
    return exact ? format.exact(n) : format.compact(n);
  };
  const change = value !== null && before ? value / before - 1 : null;
  const Arrow =
    change === null || Math.abs(change) < 0.005 ? ArrowRight : change > 0 ? ArrowUpRight : ArrowDownRight;
  const isSmall = sample < smallSample;
  return (
    <div>
      <dt className="text-s text-quiet">{props.label}</dt>
      <dd>
        {props.shown ? (
          props.shown.map((line) => (
            <div key={line} className="text-xl leading-8 font-semibold">
              {line}
            </div>
          ))
        ) : (
          <div className="text-xl font-semibold" title={text(value, true)}>
            {text(value)}
          </div>
        )}
        {change !== null && (
          <div
            className={clsx(
              'mt-0.5 inline-flex items-center gap-1 text-s',
              isSmall || Math.abs(change) < 0.005 ? 'text-quiet' : change > 0 ? 'text-good' : 'text-wrong',
            )}
          >
            <Arrow size={14} aria-hidden="true" />
            {Math.abs(change) < 0.005
              ? t('change.same')
              : t(change > 0 ? 'change.more' : 'change.less', { percent: format.percent(Math.abs(change)) })}
            {isSmall && <span>· {t('change.small')}</span>}
          </div>
        )}
      </dd>
    </div>
  );
}
