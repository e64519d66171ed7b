import { useTranslation } from 'react-i18next';
import type { StickinessReport } from '#schema/insight/stickiness';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { useDuration } from '../duration.ts';
import { Numbers } from '../numbers.tsx';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

/** How often people are there, and how long they stay. */
export default function StickinessPage() {
  const { t } = useTranslation('insight');
  return (
    <ReportPage<StickinessReport>
      name="stickiness"
      isEmpty={({ days, visits }) => days.length === 0 && visits.count === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result, compared }) => (
        <>
          <Section title={t('reports.stickiness.inShort')}>
            <Short report={result} before={compared?.result} />
          </Section>
          {result.days.length > 0 && (
            <Section title={t('reports.stickiness.often')}>
              <StickinessPicture report={result} />
            </Section>
          )}
        </>
      )}
    </ReportPage>
  );
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);

function Answer({ report }: { report: StickinessReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const duration = useDuration();
  const sentences = useSentences();
  const { days, stickiness, visits } = report;
  const daily = Math.round(mean(days.map((day) => day.daily)));
  return (
    <p>
      {sentences([
        days.length > 0 && t('reports.stickiness.answer', { count: daily, people: format.exact(daily) }),
        stickiness !== null && t('reports.stickiness.sticky', { share: format.percent(stickiness) }),
        visits.count > 0 && t('reports.stickiness.visit', { time: duration(visits.median) }),
      ])}
    </p>
  );
}

function Short({ report, before }: { report: StickinessReport; before: StickinessReport | undefined }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const duration = useDuration();
  const was = (value: string | undefined) => (value === undefined ? undefined : t('compared', { value }));
  const share = (value: number | null) => (value === null ? '–' : format.percent(value));
  const daily = ({ days }: StickinessReport) =>
    format.compact(Math.round(mean(days.map((day) => day.daily))));
  const stay = ({ count, median }: StickinessReport['stores']) => (count > 0 ? duration(median) : '–');
  const between = ({ count, quartile_1, quartile_3 }: StickinessReport['stores']) =>
    count > 0
      ? t('reports.stickiness.quartiles', { low: duration(quartile_1), high: duration(quartile_3) })
      : undefined;
  const { visits, stores } = report;
  return (
    <Numbers
      items={[
        { label: t('reports.stickiness.daily'), value: daily(report), note: was(before && daily(before)) },
        {
          label: t('reports.stickiness.stickiness'),
          value: share(report.stickiness),
          note: was(before && share(before.stickiness)) ?? t('reports.stickiness.stickinessNote'),
        },
        {
          label: t('reports.stickiness.visits'),
          value: format.compact(visits.count),
          note:
            was(before && format.compact(before.visits.count)) ??
            (visits.count > 0
              ? t('reports.stickiness.single', { share: format.percent(visits.single / visits.count) })
              : undefined),
        },
        {
          label: t('reports.stickiness.length'),
          value: stay(visits),
          note: was(before && stay(before.visits)) ?? between(visits),
        },
        {
          label: t('reports.stickiness.stores'),
          value: stay(stores),
          note:
            was(before && stay(before.stores)) ??
            (stores.count > 0
              ? `${t('reports.stickiness.storesNote', { count: stores.count, n: format.exact(stores.count) })} ${between(stores) ?? ''}`
              : t('reports.stickiness.noStores')),
        },
      ]}
    />
  );
}

export function StickinessPicture({ report }: { report: StickinessReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat('UTC');
  const { days } = report;
  const last = days.at(-1);
  return (
    <Picture
      kind="line"
      title={t('reports.stickiness.picture')}
      summary={t('reports.stickiness.pictureSays', {
        day: last ? format.day(last.day) : '–',
        daily: format.exact(last?.daily ?? 0),
        weekly: format.exact(last?.weekly ?? 0),
        monthly: format.exact(last?.monthly ?? 0),
      })}
      by={t('reports.stickiness.day')}
      categories={days.map(({ day }) => format.day(day))}
      series={(['monthly', 'weekly', 'daily'] as const).map((name) => ({
        name: t(`reports.stickiness.series.${name}`),
        values: days.map((day) => day[name]),
      }))}
    />
  );
}
