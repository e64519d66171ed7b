import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { PersonValue } from '#schema/insight/value';
import { useSession } from '../../api/session.tsx';
import { Computed } from '../../kit/computed.tsx';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Rows } from '../../kit/rows.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';

const layers = ['functional', 'emotional', 'social'] as const;
const moneyOf = {
  functional: 'value.boughtMargin',
  emotional: 'value.expectedMargin',
  social: 'value.broughtMargin',
} as const;
const degrees = ['value.degrees.first', 'value.degrees.second', 'value.degrees.third'] as const;
const [likely, hardly] = [0.7, 0.3];

/** What one person is worth: three layers, whether they are still a customer, and whom they brought. */
export function ValueOfPerson({ id }: { id: string }) {
  const { t } = useTranslation('insight');
  const { api, slug } = useSession();
  const value = useQuery({
    queryKey: [slug, 'person', id, 'value'],
    queryFn: ({ signal }) => api.get<PersonValue>(`/api/people/${id}/value`, {}, signal),
    staleTime: 60_000,
  });
  return (
    <Section title={t('value.title')} note={value.data && t('value.note', { currency: value.data.currency })}>
      {value.error && <ErrorState error={value.error} onRetry={() => void value.refetch()} />}
      {value.isPending && <Skeleton lines={5} />}
      {value.data && <Value value={value.data} />}
    </Section>
  );
}

function Value({ value }: { value: PersonValue }) {
  const { t } = useTranslation('insight');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const { currency } = value;
  return (
    <div className="grid gap-6">
      {value.of_night && (
        <p className="text-s text-quiet">{t('value.ofNight', { time: format.moment(value.to) })}</p>
      )}
      {!value.active && <p className="text-quiet">{t('value.inactive')}</p>}
      <dl className="grid gap-6 sm:grid-cols-3">
        {layers.map((name) => {
          const { score, money, parts } = value[name];
          const shown = format.exact(Math.round(score));
          return (
            <div key={name} className="min-w-0">
              <dt className="text-s text-quiet">{t(`value.${name}`)}</dt>
              <dd>
                <p className="text-xl font-semibold tabular-nums">
                  {money === null ? '–' : format.money(money, currency)}
                </p>
                <p className="text-s text-quiet">{t(money === null ? 'value.noMoney' : moneyOf[name])}</p>
                <div aria-hidden="true" className="mt-2 h-1.5 rounded-full bg-sunken">
                  <div className="h-full rounded-full bg-good" style={{ width: `${score}%` }} />
                </div>
                <p className="mt-1 text-s tabular-nums">{t('value.score', { score: shown })}</p>
                <details className="mt-1 text-s">
                  <summary className="cursor-pointer text-quiet hover:text-ink">{t('value.madeOf')}</summary>
                  <Rows
                    label={t(`value.${name}`)}
                    head={['', '', t('value.rank')]}
                    rows={parts.map(({ part, value: amount, rank }) => ({
                      key: part,
                      cells: [
                        t(`reports.value-layers.parts.${part as 'money'}`),
                        format.exact(Math.round(amount * 100) / 100),
                        format.exact(Math.round(rank)),
                      ],
                    }))}
                  />
                </details>
              </dd>
            </div>
          );
        })}
      </dl>
      <div className="grid gap-6 sm:grid-cols-2">
        <div>
          <h3 className="mb-1 font-semibold">{t('value.still')}</h3>
          <Still value={value} />
        </div>
        <div>
          <h3 className="mb-1 font-semibold">{t('value.brought')}</h3>
          <Brought value={value} />
        </div>
      </div>
      <Computed definition={t('value.how')} />
    </div>
  );
}

function Still({ value }: { value: PersonValue }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const { lifetime, currency } = value;
  if (!lifetime) return <p className="text-quiet">{t('value.notCustomer', { currency })}</p>;
  const { still_customer: still, expected_orders: orders } = lifetime;
  const one = (n: number | null) => (n === null ? '–' : format.exact(Math.round(n * 10) / 10));
  const word = still >= likely ? 'stillYes' : still >= hardly ? 'stillMaybe' : 'stillNo';
  const day = (iso: string) => format.day(`${iso}T12:00:00Z`);
  return (
    <div className="grid gap-1">
      <p>{t(`value.${word}`, { share: format.percent(still) })}</p>
      <p>{t('value.bought', { count: lifetime.purchases, day: day(lifetime.last) })}</p>
      <p>
        {t('value.expected', {
          months: lifetime.months,
          orders: one(orders.value),
          low: one(orders.low),
          high: one(orders.high),
        })}
      </p>
      <p className="text-quiet">
        {lifetime.next ? t('value.next', { day: day(lifetime.next) }) : t('value.noNext')}
      </p>
    </div>
  );
}

function Brought({ value }: { value: PersonValue }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  if (value.degrees.every(({ people }) => people === 0))
    return <p className="text-quiet">{t('value.broughtNobody')}</p>;
  return (
    <Rows
      label={t('value.brought')}
      head={[t('value.degree'), t('value.people'), t('value.revenue')]}
      rows={value.degrees.map(({ degree, people, revenue }) => ({
        key: String(degree),
        cells: [
          `${degree} · ${t(degrees[degree - 1] ?? degrees[0])}`,
          format.exact(people),
          format.money(revenue, value.currency),
        ],
      }))}
    />
  );
}
