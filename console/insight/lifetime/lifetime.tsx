import { useTranslation } from 'react-i18next';
import type { LifetimeReport } from '#schema/insight/lifetime';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { Tag } from '../../kit/tag.tsx';
import { WordNumber, WordSelect } from '../../kit/word.tsx';
import { allTime } from '../all-time.ts';
import { PeopleButton } from '../people-button.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

type Forecast = NonNullable<LifetimeReport['forecast']>;
type AtRiskCrowd = NonNullable<LifetimeReport['at_risk']>;
type Check = NonNullable<LifetimeReport['check']>;
const models = ['bg-nbd', 'mbg-nbd', 'pareto-nbd'] as const;

/** What customers will be worth, and how well that is foretold. */
export default function LifetimePage() {
  const { t } = useTranslation('insight');
  const { address } = useQuestion();
  const own = {
    months: address.months,
    margin: address.margin,
    model: address.model,
    currency: address.currency,
  };
  return (
    <ReportPage<LifetimeReport>
      name="lifetime"
      own={own}
      usual={allTime()}
      isEmpty={({ state }) => state === 'nothing'}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Controls report={result} />
          {!address.period && <p className="mb-6 text-s text-quiet">{t('reports.lifetime.everybody')}</p>}
          {result.forecast && <Expected report={result} forecast={result.forecast} />}
          {result.bands.length > 0 && (
            <Section title={t('reports.lifetime.bands')}>
              <LifetimePicture report={result} />
            </Section>
          )}
          {result.at_risk && <AtRisk report={result} atRisk={result.at_risk} />}
          {result.forecast && <HowWell report={result} />}
          {result.parameters.length > 0 && <Parameters report={result} />}
        </>
      )}
    </ReportPage>
  );
}

function Answer({ report }: { report: LifetimeReport }) {
  const { t } = useTranslation('insight');
  const joined = useSentences();
  const format = useFormat();
  const { forecast, currency, customers, repeaters } = report;
  if (report.state === 'too-few')
    return (
      <p>
        {t('reports.lifetime.tooFew', {
          customers: format.exact(customers),
          repeaters: format.exact(repeaters),
        })}
      </p>
    );
  if (!forecast) return <p>{t('reports.lifetime.unsure')}</p>;
  const round = (value: number | null) => (value === null ? '–' : format.exact(Math.round(value)));
  const money = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : format.money(value.toFixed(2), currency);
  const { alive, purchases, revenue, margin } = forecast;
  return (
    <p>
      {joined([
        t('reports.lifetime.answer', {
          customers: round(forecast.customers),
          alive: round(alive.value),
          low: round(alive.low),
          high: round(alive.high),
          months: report.months,
          purchases: round(purchases.value),
        }),
        revenue && margin
          ? t('reports.lifetime.worth', {
              revenue: money(revenue.value),
              margin: money(margin.value),
              low: money(margin.low),
              high: money(margin.high),
            })
          : '',
        report.held ? t('reports.lifetime.held') : '',
      ])}
    </p>
  );
}

/** How far ahead, at which margin, in which currency, by which model: all of it in the address. */
function Controls({ report }: { report: LifetimeReport }) {
  const { t } = useTranslation('insight');
  const { address, change } = useQuestion();
  return (
    <div className="mb-6 flex flex-wrap items-center gap-x-6 gap-y-2">
      <span className="flex flex-wrap items-center gap-2">
        {t('reports.lifetime.look')}
        <WordNumber
          label={t('reports.lifetime.look')}
          value={report.months}
          whole
          onChange={(months) => months && months >= 1 && months <= 60 && change({ months: String(months) })}
        />
        {t('reports.lifetime.months')}
      </span>
      <span className="flex flex-wrap items-center gap-2">
        {t('reports.lifetime.margin')}
        <WordNumber
          label={t('reports.lifetime.margin')}
          value={Math.round(report.margin_rate * 1000) / 10}
          onChange={(percent) =>
            percent !== null && percent >= 0 && percent <= 100 && change({ margin: String(percent / 100) })
          }
        />
        {t('reports.lifetime.ofRevenue')}
      </span>
      {report.currencies.length > 1 && (
        <span className="flex flex-wrap items-center gap-2">
          {t('reports.lifetime.in')}
          <WordSelect
            label={t('reports.lifetime.in')}
            value={report.currency}
            choices={report.currencies.map(({ currency }) => ({ value: currency, label: currency }))}
            onChange={(currency) => change({ currency })}
          />
        </span>
      )}
      <span className="flex flex-wrap items-center gap-2">
        {t('reports.lifetime.by')}
        <WordSelect
          label={t('reports.lifetime.by')}
          value={address.model ?? ''}
          choices={[
            { value: '', label: t('reports.lifetime.auto') },
            ...models.map((model) => ({ value: model, label: t(`reports.lifetime.models.${model}`) })),
          ]}
          onChange={(model) => change({ model: model === '' ? undefined : model })}
        />
      </span>
    </div>
  );
}

function Expected({ report, forecast }: { report: LifetimeReport; forecast: Forecast }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const count = (value: number) => format.exact(Math.round(value));
  const money = (value: number) => format.money(value.toFixed(2), report.currency);
  const figures = [
    { name: t('reports.lifetime.alive'), one: forecast.alive, shown: count },
    { name: t('reports.lifetime.purchases'), one: forecast.purchases, shown: count },
    ...(forecast.revenue
      ? [{ name: t('reports.lifetime.revenue'), one: forecast.revenue, shown: money }]
      : []),
    ...(forecast.margin
      ? [{ name: t('reports.lifetime.marginName'), one: forecast.margin, shown: money }]
      : []),
  ];
  return (
    <Section title={t('reports.lifetime.figures')}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-6 lg:grid-cols-4">
        {figures.map(({ name, one, shown }) => (
          <div key={name} className="min-w-0">
            <dt className="text-s text-quiet">{name}</dt>
            <dd>
              <p className="text-xl font-semibold tabular-nums">{shown(one.value)}</p>
              <p className="text-s text-quiet tabular-nums">
                {one.low === null || one.high === null
                  ? t('reports.lifetime.noRange')
                  : t('reports.lifetime.range', { low: shown(one.low), high: shown(one.high) })}
              </p>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** Customers by the probability that they still are. */
export function LifetimePicture({ report }: { report: LifetimeReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const sum = (from: number, to: number) =>
    format.exact(report.bands.slice(from, to).reduce((all, { customers }) => all + customers, 0));
  return (
    <Picture
      kind="bar"
      title={t('reports.lifetime.bandsNote')}
      summary={t('reports.lifetime.bandsSummary', {
        customers: format.exact(report.customers),
        many: sum(8, 10),
        few: sum(0, 2),
      })}
      by={t('reports.lifetime.probability')}
      categories={report.bands.map(({ from }) => `${Math.round(from * 100)}–${Math.round(from * 100) + 10}%`)}
      series={[
        { name: t('reports.lifetime.customers'), values: report.bands.map(({ customers }) => customers) },
      ]}
    />
  );
}

/** Who may be lost and is not yet, and a segment of them by what is worked out of everybody each night. */
function AtRisk({ report, atRisk }: { report: LifetimeReport; atRisk: AtRiskCrowd }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const limits = {
    from: format.percent(atRisk.from),
    below: format.percent(atRisk.below),
    orders: format.exact(atRisk.least_orders),
  };
  return (
    <Section
      title={t('reports.lifetime.atRisk')}
      note={t('reports.lifetime.atRiskNote', { ...limits, months: report.months })}
      actions={
        atRisk.customers > 0 && (
          <PeopleButton rule={atRisk.people} label={t('reports.lifetime.atRiskSegment')} isNamed />
        )
      }
    >
      <p className="max-w-[68ch]">
        {atRisk.customers === 0
          ? t('reports.lifetime.nobodyAtRisk')
          : t(atRisk.margin === null ? 'reports.lifetime.areAtRisk' : 'reports.lifetime.areAtRiskWorth', {
              count: atRisk.customers,
              customers: format.exact(atRisk.customers),
              share: format.percent(atRisk.customers / report.customers),
              months: report.months,
              purchases: format.exact(Math.round(atRisk.purchases)),
              margin: atRisk.margin === null ? '' : format.money(atRisk.margin.toFixed(2), report.currency),
            })}
      </p>
      {atRisk.customers > 0 && (
        <p className="mt-1 max-w-[68ch] text-s text-quiet">
          {t(atRisk.people ? 'reports.lifetime.byNight' : 'reports.lifetime.notByNight')}
        </p>
      )}
    </Section>
  );
}

function HowWell({ report }: { report: LifetimeReport }) {
  const { t } = useTranslation('insight');
  const { check } = report;
  if (!check)
    return (
      <Section title={t('reports.lifetime.check')}>
        <p className="max-w-[68ch] text-quiet">{t('reports.lifetime.noCheck')}</p>
      </Section>
    );
  return <HeldOut report={report} check={check} />;
}

function HeldOut({ report, check }: { report: LifetimeReport; check: Check }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const foretold = Math.round(check.models.find(({ model }) => model === report.model)?.foretold ?? 0);
  const gap = check.purchases - foretold;
  const known = check.weekly.filter((week) => !week.held_out).length;
  const two = (value: number) => format.exact(Math.round(value * 100) / 100);
  const [real, told] = [t('reports.lifetime.real'), t('reports.lifetime.foretold')];
  return (
    <Section
      title={t('reports.lifetime.check')}
      note={t('reports.lifetime.checkNote', {
        weeks: check.weeks,
        customers: format.exact(check.customers),
      })}
    >
      <p className="mb-4 max-w-[68ch]">
        {gap === 0 || foretold === 0
          ? t('reports.lifetime.exactly', { foretold: format.exact(foretold) })
          : t('reports.lifetime.checkAnswer', {
              foretold: format.exact(foretold),
              real: format.exact(check.purchases),
              gap: format.percent(Math.abs(gap) / foretold),
              way: t(gap > 0 ? 'reports.lifetime.more' : 'reports.lifetime.less'),
            })}
      </p>
      <div className="grid gap-8 lg:grid-cols-2">
        <Picture
          kind="line"
          title={t('reports.lifetime.weekly')}
          summary={t('reports.lifetime.weeklySummary', { week: known })}
          by={t('reports.lifetime.week')}
          categories={check.weekly.map(({ week }) => String(week))}
          series={[
            { name: real, values: check.weekly.map((week) => week.real) },
            { name: told, values: check.weekly.map((week) => Math.round(week.foretold * 10) / 10) },
          ]}
        />
        <Picture
          kind="bar"
          title={t('reports.lifetime.classes')}
          summary={t('reports.lifetime.classesSummary')}
          by={t('reports.lifetime.again')}
          categories={check.classes.map(({ x }) => (x === 7 ? t('reports.lifetime.againMost') : String(x)))}
          series={[
            { name: real, values: check.classes.map((one) => Math.round(one.real * 100) / 100) },
            { name: told, values: check.classes.map((one) => Math.round(one.foretold * 100) / 100) },
          ]}
        />
      </div>
      <h3 className="mt-6 mb-2 font-semibold">{t('reports.lifetime.modelsTitle')}</h3>
      <Rows
        label={t('reports.lifetime.modelsTitle')}
        head={[t('reports.lifetime.model'), t('reports.lifetime.error'), t('reports.lifetime.total')]}
        rows={check.models.map(({ model, error, foretold: all }) => ({
          key: model,
          cells: [
            <span key="name" className="flex flex-wrap items-center gap-2">
              {t(`reports.lifetime.models.${model}`)}
              {model === report.model && <Tag tone="good">{t('reports.lifetime.chosen')}</Tag>}
            </span>,
            two(error),
            `${format.exact(Math.round(all))} / ${format.exact(check.purchases)}`,
          ],
        }))}
      />
    </Section>
  );
}

function Parameters({ report }: { report: LifetimeReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const three = (value: number) => String(Number(value.toPrecision(4)));
  return (
    <Section
      title={t('reports.lifetime.parameters')}
      note={t('reports.lifetime.parametersNote', { customers: format.exact(report.customers) })}
    >
      <Rows
        label={t('reports.lifetime.parameters')}
        head={[t('reports.lifetime.parameter'), t('reports.lifetime.value'), t('reports.lifetime.interval')]}
        rows={[...report.parameters, ...report.spending].map(({ name, value, low, high }) => ({
          key: name,
          cells: [
            name,
            three(value),
            low === null || high === null
              ? t('reports.lifetime.noRange')
              : t('reports.lifetime.range', { low: three(low), high: three(high) }),
          ],
        }))}
      />
    </Section>
  );
}
