import { useTranslation } from 'react-i18next';
import { useFormat } from './format.ts';

/** With fewer than these a share says little. */
export const fewPeople = 30;

/**
 * Wilson's interval for a share, at 95%: what the true share may well be. Unlike the textbook's it stays within 0 and 1,
 * and says something where none or all of a few did.
 */
function shareInterval(part: number, of: number): { low: number; high: number } {
  const z = 1.959964;
  const p = part / of;
  const scale = 1 + (z * z) / of;
  const middle = (p + (z * z) / (2 * of)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))) / scale;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** How many of how many, as a share; what few people say is grey, and how sure it is stands with the pointer over it. */
export function ShareOf({ part, of }: { part: number; of: number }) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  if (of === 0) return <span title={t('shareOf.nobody')}>–</span>;
  const { low, high } = shareInterval(part, of);
  const counts = { part: format.exact(part), of: format.exact(of) };
  const range = { low: format.percent(low), high: format.percent(high) };
  const isFew = of < fewPeople;
  return (
    <span
      className={isFew ? 'text-quiet italic' : undefined}
      title={t(isFew ? 'shareOf.few' : 'shareOf.sure', { ...counts, ...range })}
    >
      {format.percent(part / of)}
      {isFew && (
        <>
          <sup aria-hidden="true">*</sup>
          <span className="sr-only"> ({t('shareOf.fewMark')})</span>
        </>
      )}
    </span>
  );
}
