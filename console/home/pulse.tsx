import { useTranslation } from 'react-i18next';
import type { Pulse } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { NumberWithChange } from '../kit/number-with-change.tsx';

const ratio = ({ part, of }: { part: number; of: number }) => (of > 0 ? part / of : null);

/** What the figures say, in sentences; about chance only what a test says. */
export function PulseSentences({ pulse, days }: { pulse: Pulse; days: number }) {
  const { t, i18n } = useTranslation('home');
  const format = useFormat();
  const { people, orders, repeat_rate, share_rate } = pulse;
  if (people.now === 0 && orders.now === 0) return <p>{t('quiet', { days })}</p>;
  const moved = people.before > 0 ? people.now / people.before - 1 : null;
  const percent = format.percent(Math.abs(moved ?? 0));
  const way = Math.abs(moved ?? 0) < 0.005 ? 'same' : (moved ?? 0) > 0 ? 'more' : 'less';
  const shared = { count: people.now, people: format.exact(people.now), days };
  const [repeat, share] = [ratio(repeat_rate.now), ratio(share_rate.now)];
  const sentences = [
    moved === null
      ? t('noBefore', shared)
      : t('answer', { ...shared, change: t(`change.${way}`, { percent, days }) }),
    moved !== null && way !== 'same' && people.difference !== 'too-few'
      ? t(`sentence.${people.difference}`)
      : '',
    orders.now > 0 ? t('ordered', { count: orders.now, orders: format.exact(orders.now) }) : t('noOrders'),
    repeat === null ? '' : t('repeated', { share: format.percent(repeat) }),
    share === null ? '' : t('told', { share: format.percent(share) }),
  ];
  return <p>{sentences.filter(Boolean).join(i18n.language === 'zh' ? '' : ' ')}</p>;
}

/** The five figures, each against the period before. */
export function PulseFigures({ pulse }: { pulse: Pulse }) {
  const { t } = useTranslation('home');
  const format = useFormat();
  const { people, orders, repeat_rate, share_rate, revenue } = pulse;
  const sums = [...revenue].sort((a, b) => Number(b.now) - Number(a.now));
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-6 sm:grid-cols-3">
      <NumberWithChange
        label={t('people')}
        value={people.now}
        before={people.before}
        difference={people.difference}
      />
      <NumberWithChange
        label={t('orders')}
        value={orders.now}
        before={orders.before}
        difference={orders.difference}
      />
      {sums.length === 0 && <NumberWithChange label={t('revenue')} value={null} before={null} />}
      {sums.slice(0, 4).map(({ currency, now, before, difference }) => (
        <NumberWithChange
          key={currency}
          label={sums.length > 1 ? t('revenueIn', { currency }) : t('revenue')}
          value={Number(now)}
          before={Number(before)}
          shown={format.money(now, currency)}
          difference={difference}
        />
      ))}
      <NumberWithChange
        label={t('repeat')}
        as="share"
        value={ratio(repeat_rate.now)}
        before={ratio(repeat_rate.before)}
        difference={repeat_rate.difference}
        note={t('repeatNote', {
          part: format.exact(repeat_rate.now.part),
          of: format.exact(repeat_rate.now.of),
        })}
      />
      <NumberWithChange
        label={t('share')}
        as="share"
        value={ratio(share_rate.now)}
        before={ratio(share_rate.before)}
        difference={share_rate.difference}
        note={t('shareNote', {
          part: format.exact(share_rate.now.part),
          of: format.exact(share_rate.now.of),
        })}
      />
    </dl>
  );
}
