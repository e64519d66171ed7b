import { useTranslation } from 'react-i18next';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { Picture } from '../kit/picture.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import type { Programme } from '../points/use-points.ts';
import { type Report, useReport } from './use-ledger.ts';

/** What the brand owes by where it comes from, what becomes of points, and how that went over time. */
export function Owed({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const report = useReport(programme.id);
  return (
    <Section title={t('owed.title')} note={t('owed.note')}>
      {report.error && <ErrorState error={report.error} onRetry={() => void report.refetch()} />}
      {report.isPending && !report.error && <Skeleton lines={6} />}
      {report.data && (
        <div className="grid grid-cols-1 gap-x-10 gap-y-8 lg:grid-cols-2">
          <Liability report={report.data} />
          <Breakage report={report.data} />
          <Days report={report.data} />
          <Standing report={report.data} />
        </div>
      )}
    </Section>
  );
}

function Liability({ report }: { report: Report }) {
  const { t } = useTranslation('ledger');
  const { t: points } = useTranslation('points');
  const format = useFormat();
  const there = report.liability
    .filter(({ outstanding }) => outstanding > 0)
    .sort((a, b) => b.outstanding - a.outstanding);
  const [most] = there;
  if (!most) return <Nothing title={t('owed.byOrigin')} why={t('owed.none')} />;
  return (
    <Picture
      title={t('owed.byOrigin')}
      summary={t('owed.byOriginSummary', {
        points: format.exact(there.reduce((sum, { outstanding }) => sum + outstanding, 0)),
        origin: points(`origin.${most.origin}`),
      })}
      kind="bar"
      by={t('owed.origin')}
      categories={there.map(({ origin }) => points(`origin.${origin}`))}
      series={[{ name: t('owed.points'), values: there.map(({ outstanding }) => outstanding) }]}
    />
  );
}

function Breakage({ report }: { report: Report }) {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  const curve = report.breakage;
  const last = curve.at(-1);
  if (!last || last.spent + last.lost === 0)
    return <Nothing title={t('owed.curve')} why={t('owed.curveNone')} />;
  // Nothing had ended when a point was a moment old: where both lines begin.
  const weeks = [{ week: -1, spent: 0, lost: 0 }, ...curve];
  const percent = (share: number) => Math.round(share * 1000) / 10;
  return (
    <div className="min-w-0">
      <Picture
        title={t('owed.curve')}
        summary={t('owed.curveSummary', {
          spent: format.percent(last.spent),
          lost: format.percent(last.lost),
          count: curve.length,
        })}
        kind="line"
        by={t('owed.age')}
        categories={weeks.map(({ week }) => t('owed.week', { week: week + 1 }))}
        series={[
          { name: `${t('owed.spent')} %`, values: weeks.map(({ spent }) => percent(spent)) },
          { name: `${t('owed.lost')} %`, values: weeks.map(({ lost }) => percent(lost)) },
        ]}
      />
      <p className="text-s text-quiet">{t('owed.curveNote')}</p>
    </div>
  );
}

function Days({ report }: { report: Report }) {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  const { days } = report;
  const sum = (of: (day: Report['days'][number]) => number) =>
    format.exact(days.reduce((total, day) => total + of(day), 0));
  const lines = [
    { name: t('owed.issued'), values: days.map(({ issued }) => issued) },
    { name: t('owed.spent'), values: days.map(({ spent }) => spent) },
    { name: t('owed.expired'), values: days.map(({ expired }) => expired) },
    { name: t('owed.back'), values: days.map(({ takenBack }) => takenBack) },
  ].filter(({ values }, i) => i === 0 || values.some((value) => value !== 0));
  return (
    <Picture
      title={t('owed.days')}
      summary={t('owed.daysSummary', {
        issued: sum(({ issued }) => issued),
        spent: sum(({ spent }) => spent),
        expired: sum(({ expired }) => expired),
        back: sum(({ takenBack }) => takenBack),
      })}
      kind="line"
      by={t('owed.day')}
      categories={days.map(({ day }) => format.day(`${day}T12:00:00Z`))}
      series={lines}
    />
  );
}

function Standing({ report }: { report: Report }) {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  const { days, now } = report;
  return (
    <Picture
      title={t('owed.standing')}
      summary={t('owed.standingSummary', {
        now: format.exact(now.outstanding),
        most: format.exact(Math.max(now.outstanding, ...days.map(({ outstanding }) => outstanding))),
      })}
      kind="line"
      by={t('owed.day')}
      categories={days.map(({ day }) => format.day(`${day}T12:00:00Z`))}
      series={[{ name: t('owed.outstanding'), values: days.map(({ outstanding }) => outstanding) }]}
    />
  );
}

function Nothing({ title, why }: { title: string; why: string }) {
  return (
    <div>
      <p className="font-semibold">{title}</p>
      <p className="max-w-[68ch] text-s text-quiet">{why}</p>
    </div>
  );
}
