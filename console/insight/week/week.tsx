import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { WeekReport } from '#schema/insight/week';
import { useSession } from '../../api/session.tsx';
import { type Format, useFormat } from '../../kit/format.ts';
import { type Difference, NumberWithChange } from '../../kit/number-with-change.tsx';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { PersonLink } from '../../people/person-link.tsx';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

/** The week told: what changed, what it is worth, what may be chance, whom to look at. */
export default function WeekPage() {
  const { t } = useTranslation('insight');
  return (
    <ReportPage<WeekReport>
      name="week"
      usual="7d"
      isEmpty={({ days, silent, rising }) => days.length + silent.length + rising.length === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Section title={t('reports.week.changed')} note={t('reports.week.changedNote')}>
            <WeekFigures report={result} />
          </Section>
          <Section title={t('reports.week.days')}>
            <WeekPicture report={result} />
          </Section>
          <Section title={t('reports.week.worth')} note={t('reports.week.worthNote')}>
            <Worth report={result} />
          </Section>
          <Section title={t('reports.week.look')} note={t('reports.week.lookNote')}>
            <People report={result} />
          </Section>
        </>
      )}
    </ReportPage>
  );
}

const ratio = ({ part, of }: { part: number; of: number }) => (of > 0 ? part / of : null);

/** What changed more than chance would have it; no sentence without its figures. */
function Answer({ report }: { report: WeekReport }) {
  const { t } = useTranslation('insight');
  const joined = useSentences();
  const format = useFormat();
  const changed = changesOf(report, format).filter(({ difference }) => difference === 'not-chance');
  const { people } = report;
  const first = t('reports.week.were', {
    count: people.now,
    now: format.exact(people.now),
    before: format.exact(people.before),
  });
  const rest =
    changed.length === 0
      ? [t(report.people.difference === 'too-few' ? 'reports.week.tooFew' : 'reports.week.allChance')]
      : changed.map(({ name, now, before }) =>
          t('reports.week.moved', { name: t(`reports.week.${name}`), now, before }),
        );
  return <p>{joined([first, ...rest])}</p>;
}

interface Change {
  name: 'people' | 'newcomers' | 'orders' | 'buyers' | 'sharers' | 'revenue';
  now: string;
  before: string;
  difference: Difference;
}

function changesOf(report: WeekReport, format: Format): Change[] {
  const share = (of: { part: number; of: number }) => {
    const value = ratio(of);
    return value === null ? '–' : format.percent(value);
  };
  const count = (name: 'people' | 'newcomers' | 'orders'): Change => ({
    name,
    now: format.exact(report[name].now),
    before: format.exact(report[name].before),
    difference: report[name].difference,
  });
  const rate = (name: 'buyers' | 'sharers'): Change => ({
    name,
    now: share(report[name].now),
    before: share(report[name].before),
    difference: report[name].difference,
  });
  return [
    count('people'),
    count('newcomers'),
    rate('buyers'),
    count('orders'),
    ...report.money.map(({ currency, now, before, difference }) => ({
      name: 'revenue' as const,
      now: format.money(now, currency),
      before: format.money(before, currency),
      difference,
    })),
    rate('sharers'),
  ];
}

export function WeekFigures({ report }: { report: WeekReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-6 sm:grid-cols-3 lg:grid-cols-4">
      {(['people', 'newcomers', 'orders'] as const).map((name) => (
        <NumberWithChange
          key={name}
          label={t(`reports.week.${name}`)}
          value={report[name].now}
          before={report[name].before}
          difference={report[name].difference}
        />
      ))}
      {report.money.map(({ currency, now, before, difference }) => (
        <NumberWithChange
          key={currency}
          label={`${t('reports.week.revenue')} (${currency})`}
          value={Number(now)}
          before={Number(before)}
          shown={format.money(now, currency)}
          difference={difference}
        />
      ))}
      {(['buyers', 'sharers'] as const).map((name) => (
        <NumberWithChange
          key={name}
          label={t(`reports.week.${name}`)}
          as="share"
          value={ratio(report[name].now)}
          before={ratio(report[name].before)}
          difference={report[name].difference}
          note={t('reports.week.ofPeople', {
            part: format.exact(report[name].now.part),
            of: format.exact(report[name].now.of),
          })}
        />
      ))}
    </dl>
  );
}

/** People by day against the day of the period before that stands at the same place. */
export function WeekPicture({ report }: { report: WeekReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const now = report.days.filter(({ is_before }) => !is_before);
  const before = report.days.filter(({ is_before }) => is_before);
  const at = (days: typeof now, i: number) => days.at(i - now.length)?.people ?? 0;
  return (
    <Picture
      title={t('reports.week.people')}
      summary={t('reports.week.pictureSays')}
      by={t('reports.week.day')}
      kind="bar"
      categories={now.map(({ day }) => format.day(`${day}T12:00:00Z`))}
      series={[
        { name: t('reports.week.before'), values: now.map((_, i) => at(before, i)), isBefore: true },
        { name: t('reports.week.now'), values: now.map(({ people }) => people) },
      ]}
    />
  );
}

/** What the change of revenue is made of, to the unit. */
function Worth({ report }: { report: WeekReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const parts = report.money.flatMap(({ currency, parts: own }) =>
    (own ?? []).map((part) => ({ ...part, currency })),
  );
  if (parts.length === 0) return <p className="text-quiet">{t('reports.week.noWorth')}</p>;
  const signed = (amount: string, currency: string) =>
    `${Number(amount) > 0 ? '+' : ''}${format.money(amount, currency)}`;
  return (
    <Rows
      label={t('reports.week.worth')}
      texts={2}
      head={[
        t('reports.week.currency'),
        t('reports.week.what'),
        t('reports.week.comesTo'),
        t('reports.week.chance'),
      ]}
      rows={[
        ...parts.map(({ currency, factor, worth, difference }) => ({
          key: `${currency} ${factor}`,
          cells: [
            currency,
            t(`reports.week.factor.${factor}`),
            signed(worth, currency),
            t(`reports.week.verdict.${difference}`),
          ],
        })),
        ...report.money
          .filter(({ parts: own }) => own)
          .map(({ currency, now, before, difference }) => ({
            key: `${currency} all`,
            cells: [
              currency,
              <strong key="all">{t('reports.week.factor.all')}</strong>,
              <strong key="sum">{signed(String(Number(now) - Number(before)), currency)}</strong>,
              t(`reports.week.verdict.${difference}`),
            ],
          })),
      ]}
    />
  );
}

function People({ report }: { report: WeekReport }) {
  const { t } = useTranslation('insight');
  const { may } = useSession();
  const format = useFormat();
  const { silent, rising } = report;
  const person = (id: string | null) => (id && may('people:read') ? <PersonLink id={id} /> : '–');
  const list = (title: string, none: string, lines: [key: string, who: ReactNode, says: string][]) => (
    <div>
      <h3 className="mb-2 font-semibold">{title}</h3>
      {lines.length === 0 && <p className="text-quiet">{none}</p>}
      <ul className="grid gap-3">
        {lines.map(([key, who, says]) => (
          <li key={key} className="grid gap-0.5">
            {who}
            <span className="text-s text-quiet">{says}</span>
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <div className="grid gap-8 md:grid-cols-2">
      <div>
        {list(
          t('reports.week.silent'),
          t('reports.week.nobodySilent'),
          silent.map((one) => [
            `${one.person_id} ${one.currency}`,
            person(one.person_id),
            t('reports.week.silentSays', {
              spent: format.money(one.spent, one.currency),
              orders: format.exact(one.orders),
              usual: format.exact(Math.round(one.usual_days)),
              silent: format.exact(Math.round(one.silent_days)),
              chance: format.percent(one.chance),
            }),
          ]),
        )}
        {may('segments:write') && (
          <Link to="/segments/new" className="link mt-3 inline-block text-s">
            {t('reports.week.makeSegment')}
          </Link>
        )}
      </div>
      {list(
        t('reports.week.rising'),
        t('reports.week.nobodyRising'),
        rising.map((one) => [
          String(one.person_id),
          person(one.person_id),
          t('reports.week.risingSays', {
            shares: format.exact(one.shares),
            before: format.exact(one.before),
            chance: format.percent(one.chance),
          }),
        ]),
      )}
    </div>
  );
}
