import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Radio } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Overview } from '../api/types.ts';
import { useLiveEvents } from '../events/live.ts';
import { iconOf, useEventWords } from '../events/words-of.ts';
import { buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { NumberWithChange } from '../kit/number-with-change.tsx';
import { Page, Section } from '../kit/page.tsx';
import { DateRange, type Period, rangesOf } from '../kit/period.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { PersonLink } from '../people/person-link.tsx';

const Chart = lazy(async () => ({ default: (await import('../kit/chart.tsx')).Chart }));

/** The pulse: who was here, who bought, against the period before, and what happens at this moment. */
export default function Home() {
  const { t } = useTranslation('home');
  const { api, slug } = useSession();
  const navigate = useNavigate({ from: '/' });
  const { period = '30d' } = useSearch({ from: '/inside/' });
  const pulse = useQuery({
    queryKey: [slug, 'overview', period],
    queryFn: async ({ signal }) => {
      const { from, to, before } = rangesOf(period);
      const [now, then] = await Promise.all([
        api.get<Overview>('/api/overview', { from, to, humans: true }, signal),
        api.get<Overview>('/api/overview', { from: before, to: from, humans: true }, signal),
      ]);
      return { now, then };
    },
    staleTime: 30_000,
    refetchInterval: 60_000,
    placeholderData: (last) => last,
  });
  const days = Number.parseInt(period, 10);
  const isEmpty = pulse.data && pulse.data.now.events === 0 && pulse.data.then.events === 0;
  return (
    <Page
      title={t('title')}
      answer={pulse.data && !isEmpty ? <Answer {...pulse.data} days={days} /> : undefined}
      actions={
        <DateRange
          value={period}
          onChange={(chosen: Period) => void navigate({ search: (now) => ({ ...now, period: chosen }) })}
        />
      }
    >
      {pulse.error && <ErrorState error={pulse.error} onRetry={() => void pulse.refetch()} />}
      {isEmpty && (
        <EmptyState
          icon={Radio}
          title={t('emptyTitle')}
          why={t('emptyWhy')}
          action={
            <Link to="/sources" className={buttonClass('main')}>
              {t('emptyDo')}
            </Link>
          }
        />
      )}
      <div className="grid grid-cols-1 gap-x-12 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div>
          {pulse.isPending && <Skeleton lines={8} />}
          {pulse.data && !isEmpty && <Pulse {...pulse.data} days={days} />}
        </div>
        <div>
          <Live />
        </div>
      </div>
    </Page>
  );
}

interface Told {
  now: Overview;
  then: Overview;
  days: number;
}

function Answer({ now, then, days }: Told) {
  const { t } = useTranslation('home');
  const format = useFormat();
  const people = format.exact(now.people);
  if (now.people === 0) return t('quiet', { days });
  const moved = then.people > 0 ? now.people / then.people - 1 : null;
  const percent = format.percent(Math.abs(moved ?? 0));
  const way = Math.abs(moved ?? 0) < 0.005 ? 'same' : (moved ?? 0) > 0 ? 'more' : 'less';
  return (
    <p>
      {moved === null
        ? t('noBefore', { people, days })
        : t('answer', {
            count: now.people,
            people,
            days,
            change: t(`change.${way}`, { percent, days }),
          })}{' '}
      {t('bought', {
        buyers: format.exact(now.buyers),
        known: format.exact(now.known_people),
        orders: format.exact(now.paid_orders),
      })}
    </p>
  );
}

function Pulse({ now, then, days }: Told) {
  const { t } = useTranslation('home');
  const format = useFormat();
  const ratio = (a: number, b: number) => (b > 0 ? a / b : null);
  const sums = format.sums(now.revenue);
  const counts = ['people', 'known', 'buyers', 'orders'] as const;
  const figuresOf = (of: Overview) => [of.people, of.known_people, of.buyers, of.orders];
  return (
    <>
      <Section title={t('figures')} note={t('figuresNote', { days })}>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-6 sm:grid-cols-3">
          <NumberWithChange label={t('people')} value={now.people} before={then.people} />
          <NumberWithChange label={t('known')} value={now.known_people} before={then.known_people} />
          <NumberWithChange label={t('buyers')} value={now.buyers} before={then.buyers} />
          <NumberWithChange label={t('orders')} value={now.orders} before={then.orders} />
          <NumberWithChange
            label={t('share')}
            as="share"
            value={ratio(now.buyers, now.known_people)}
            before={ratio(then.buyers, then.known_people)}
            sample={now.known_people}
          />
          <NumberWithChange
            label={t('revenue')}
            value={null}
            before={null}
            shown={sums.length > 0 ? sums : ['–']}
          />
        </dl>
      </Section>
      <Section title={t('picture')}>
        <Suspense fallback={<div className="h-64" />}>
          <Chart
            kind="bar"
            summary={t('pictureSummary')}
            categories={counts.map((name) => t(name))}
            series={[
              { name: t('before', { days }), values: figuresOf(then), isBefore: true },
              { name: t('now', { days }), values: figuresOf(now) },
            ]}
          />
        </Suspense>
        <details className="mt-2">
          <summary className="link cursor-pointer text-s">{t('how')}</summary>
          <p className="mt-2 max-w-[68ch] text-s text-quiet">{t('howText')}</p>
        </details>
      </Section>
    </>
  );
}

function Live() {
  const { t } = useTranslation('home');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOf = useEventWords();
  const [isHeld, setHeld] = useState(false);
  const live = useLiveEvents({ filter: { humans: true }, limit: 14, isHeld });
  return (
    <Section
      title={t('live')}
      note={t('liveNote')}
      actions={
        isHeld ? (
          <Tag tone="gold">{t('held')}</Tag>
        ) : (
          <Link to="/events" className="link text-s">
            {t('allEvents')}
          </Link>
        )
      }
    >
      {live.error && <ErrorState error={live.error} onRetry={() => void live.refetch()} />}
      {live.isPending && <Skeleton lines={6} />}
      <ul onMouseEnter={() => setHeld(true)} onMouseLeave={() => setHeld(false)}>
        {live.data?.items.map((event) => {
          const { title, about, isGold } = wordsOf(event);
          const Icon = iconOf(event);
          return (
            <li
              key={event.message_id}
              className={`flex items-center gap-3 border-line border-b py-2 ${live.isFresh(event.message_id) ? 'slide-in' : ''}`}
            >
              <Icon
                size={16}
                aria-hidden="true"
                className={isGold ? 'shrink-0 text-gold' : 'shrink-0 text-quiet'}
              />
              <div className="min-w-0 grow">
                <p className="truncate">
                  <span className={isGold ? 'font-semibold' : ''}>{title}</span>
                  {about && <span className="text-quiet"> {about}</span>}
                </p>
                <p className="flex items-center gap-2 text-s text-quiet">
                  <time dateTime={event.time} title={workspace.timeZone}>
                    {format.clock(event.time)}
                  </time>
                  {event.person_id && <PersonLink id={event.person_id} />}
                </p>
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
