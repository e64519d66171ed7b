import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { FileUp, Radio } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { askAnew } from '../api/ask-anew.ts';
import { useIsLive, useNews } from '../api/live.tsx';
import { useSession } from '../api/session.tsx';
import type { Pulse as Figures, Funnel as Path } from '../api/types.ts';
import { buttonClass } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Funnel } from '../kit/funnel.tsx';
import { Page, Section } from '../kit/page.tsx';
import { rangesOf } from '../kit/period.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { Happening } from './happening.tsx';
import { PulseFigures, PulseSentences } from './pulse.tsx';

/** New events make the figures old, but a report over millions is not asked for with every one of them. */
const leastMs = 10_000;
/** Older figures say so, and newer ones are asked for soon: they are being counted. */
const oldMs = 60_000;
const soonMs = 5_000;
const isOld = (asOf?: string) => asOf !== undefined && Date.now() - Date.parse(asOf) > oldMs;

/** The pulse: who was here, who bought, came again and told others; the path; what happens at this moment. */
export default function Home() {
  const { t, i18n } = useTranslation('home');
  const { api, slug, may, workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const { period = '30d' } = useSearch({ from: '/inside/' });
  const isLive = useIsLive();
  const options = {
    refetchInterval: ({ state }: { state: { data: { as_of?: string } | undefined } }) =>
      isOld(state.data?.as_of) ? soonMs : isLive ? 60_000 : 30_000,
    placeholderData: <T,>(last: T) => last,
  };
  const cache = useQueryClient();
  const askedAt = useRef(0);
  const ask = <T,>(path: string) => {
    const { from, to } = rangesOf(period, workspace.timeZone);
    return ({ signal }: { signal: AbortSignal }) => api.get<T>(path, { from, to, humans: true }, signal);
  };
  const pulse = useQuery({
    queryKey: [slug, 'pulse', period],
    queryFn: (context) => ask<Figures>('/api/pulse')(context),
    ...options,
  });
  const path = useQuery({
    queryKey: [slug, 'funnel', period],
    queryFn: (context) => ask<Path>('/api/funnel')(context),
    ...options,
  });
  useNews('events', () => {
    const isFirst = pulse.data?.has_events === false;
    if (!isFirst && performance.now() - askedAt.current < leastMs) return;
    askedAt.current = performance.now();
    askAnew(cache, [slug, 'pulse', period]);
    askAnew(cache, [slug, 'funnel', period]);
  });
  const { from, to } = rangesOf(period, workspace.timeZone);
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
  const isEmpty = pulse.data?.has_events === false;
  const error = pulse.error ?? path.error;
  const asOf = [pulse.data?.as_of, path.data?.as_of].filter((at) => isOld(at)).sort()[0];
  return (
    <Page
      title={t('title')}
      answer={pulse.data && !isEmpty ? <PulseSentences pulse={pulse.data} days={days} /> : undefined}
    >
      {error && (
        <ErrorState
          error={error}
          onRetry={() => {
            void pulse.refetch();
            void path.refetch();
          }}
        />
      )}
      {isEmpty ? (
        <EmptyState
          icon={Radio}
          title={t('emptyTitle')}
          why={t('emptyWhy')}
          action={
            <div className="flex flex-wrap gap-2">
              {may('sources:read') && (
                <Link to="/sources" className={buttonClass('main')}>
                  <Radio size={16} aria-hidden="true" />
                  {t('emptyDo')}
                </Link>
              )}
              {may('imports:write') && (
                <Link to="/imports" className={buttonClass('plain')}>
                  <FileUp size={16} aria-hidden="true" />
                  {t('emptyImport')}
                </Link>
              )}
            </div>
          }
        />
      ) : (
        <div className="grid grid-cols-1 gap-x-12 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div>
            <Section
              title={t('figures')}
              note={[t('figuresNote', { days }), asOf && t('asOf', { time: format.clock(asOf) })]
                .filter(Boolean)
                .join(i18n.language === 'zh' ? '' : ' ')}
            >
              {pulse.isPending ? <Skeleton lines={6} /> : pulse.data && <PulseFigures pulse={pulse.data} />}
              <Link
                to="/reports/$report"
                params={{ report: 'week' }}
                search={{ period: '7d' }}
                className="link mt-4 inline-block"
              >
                {t('week')}
              </Link>
              <details className="mt-4">
                <summary className="link cursor-pointer text-s">{t('how')}</summary>
                <p className="mt-2 max-w-[68ch] text-s text-quiet">{t('howText')}</p>
                <p className="mt-2 max-w-[68ch] text-s text-quiet">{t('howChance')}</p>
              </details>
            </Section>
            <Section title={t('path')} note={t('pathNote', { days })}>
              {path.isPending && <Skeleton lines={5} />}
              {path.data && (
                <Funnel
                  label={t('path')}
                  steps={path.data.stages.map(({ stage, reached, at_all }) => ({
                    reached,
                    atAll: at_all,
                    name: t(`stages.${stage}`),
                  }))}
                />
              )}
              <details className="mt-4">
                <summary className="link cursor-pointer text-s">{t('how')}</summary>
                <p className="mt-2 max-w-[68ch] text-s text-quiet">{t('howPath')}</p>
              </details>
            </Section>
          </div>
          <div>
            <Happening />
          </div>
        </div>
      )}
    </Page>
  );
}
