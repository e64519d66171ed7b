import { clsx } from 'clsx';
import { ArrowDownRight, ArrowRight, ArrowUpRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';

/** Below this many, a change says little, and is shown in grey with a note. */
const smallSample = 30;

/** What a test says of a change; see GET /api/pulse. */
export type Difference = 'not-chance' | 'may-be-chance' | 'too-few';

/** A figure and how it moved against the period before, in words and as two bars. The exact figure stands behind the compact one. */
export function NumberWithChange(props: {
  label: string;
  value: number | null;
  before: number | null;
  as?: 'count' | 'share';
  /** Instead of the number: money, in its currency. */
  shown?: string;
  sample?: number;
  /** Where a test was made; without one nothing is said about chance. */
  difference?: Difference;
  note?: string;
}) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const { value, before, as = 'count', sample = value ?? 0, difference } = props;
  const text = (n: number | null, exact = false) => {
    if (n === null) return '–';
    if (as === 'share') return format.percent(n);
    return exact ? format.exact(n) : format.compact(n);
  };
  const change = value !== null && before ? value / before - 1 : null;
  const isSame = change === null || Math.abs(change) < 0.005;
  const Arrow = isSame ? ArrowRight : change > 0 ? ArrowUpRight : ArrowDownRight;
  const isSmall = difference ? difference === 'too-few' : sample < smallSample;
  const isPlain = isSmall || isSame || difference === 'may-be-chance';
  return (
    <div>
      <dt className="text-s text-quiet">{props.label}</dt>
      <dd>
        <div className="text-xl font-semibold" title={props.shown ?? text(value, true)}>
          {props.shown ?? text(value)}
        </div>
        {value !== null && before !== null && (value > 0 || before > 0) && <TwoBars {...{ value, before }} />}
        {change !== null && (
          <div
            className={clsx(
              'mt-1 inline-flex items-center gap-1 text-s',
              isPlain ? 'text-quiet' : change > 0 ? 'text-good' : 'text-wrong',
            )}
          >
            <Arrow size={14} aria-hidden="true" className="shrink-0" />
            {isSame
              ? t('change.same')
              : t(change > 0 ? 'change.more' : 'change.less', { percent: format.percent(Math.abs(change)) })}
          </div>
        )}
        {change !== null && isSmall && <div className="text-s text-quiet">{t('change.small')}</div>}
        {change !== null && !isSame && difference && difference !== 'too-few' && (
          <div className="text-s text-quiet">{t(`change.${difference}`)}</div>
        )}
        {props.note && <div className="text-s text-quiet">{props.note}</div>}
      </dd>
    </div>
  );
}

/** This period above the one before, from zero; the words beside say the same. */
function TwoBars({ value, before }: { value: number; before: number }) {
  const most = Math.max(value, before, Number.MIN_VALUE);
  const width = (n: number) => ({ width: `${Math.max(0, (n / most) * 100)}%` });
  return (
    <div aria-hidden="true" className="mt-1.5 grid max-w-40 gap-0.5">
      <div className="h-1.5 rounded-full bg-good" style={width(value)} />
      <div className="h-1.5 rounded-full bg-line" style={width(before)} />
    </div>
  );
}
