import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepurchaseReport } from '#schema/insight/repurchase';
import { type Draw, tooltipOf } from '../../kit/chart-option.ts';
import { Figure } from '../../kit/figure.tsx';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { ShareOf } from '../../kit/share-of.tsx';
import { useDuration } from '../duration.ts';
import { Numbers } from '../numbers.tsx';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

const dayS = 86_400;

/** Who buys again and when. */
export default function RepurchasePage() {
  const { t } = useTranslation('insight');
  return (
    <ReportPage<RepurchaseReport>
      name="repurchase"
      usual="365d"
      isEmpty={({ buyers, beginners }) => buyers + beginners === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result, compared }) => (
        <>
          <Section title={t('reports.repurchase.inShort')}>
            <Short report={result} before={compared?.result} />
          </Section>
          {result.curve.length > 1 && (
            <Section title={t('reports.repurchase.second')}>
              <RepurchasePicture report={result} before={compared?.result} />
            </Section>
          )}
          {result.gaps.count > 0 && (
            <Section title={t('reports.repurchase.between')}>
              <Spread report={result} before={compared?.result} />
            </Section>
          )}
        </>
      )}
    </ReportPage>
  );
}

function Answer({ report }: { report: RepurchaseReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const sentences = useSentences();
  const { buyers, repeaters, beginners, median_days: median } = report;
  return (
    <p>
      {sentences([
        t('reports.repurchase.answer', {
          count: buyers,
          buyers: format.exact(buyers),
          share: buyers > 0 ? format.percent(repeaters / buyers) : '–',
        }),
        beginners > 0 &&
          (median === null
            ? t('reports.repurchase.noMedian')
            : t('reports.repurchase.median', { count: median, days: format.exact(median) })),
      ])}
    </p>
  );
}

function Short({ report, before }: { report: RepurchaseReport; before: RepurchaseReport | undefined }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const duration = useDuration();
  const { gaps } = report;
  const days = (value: number | null) => (value === null ? '–' : duration(value * dayS));
  const was = (value: string) => t('compared', { value });
  const rate = ({ repeaters, buyers }: RepurchaseReport) =>
    buyers > 0 ? format.percent(repeaters / buyers) : '–';
  return (
    <Numbers
      items={[
        {
          label: t('reports.repurchase.rate'),
          value: <ShareOf part={report.repeaters} of={report.buyers} />,
          note: before
            ? was(rate(before))
            : t('partOf', { part: format.exact(report.repeaters), of: format.exact(report.buyers) }),
        },
        {
          label: t('reports.repurchase.beginners'),
          value: format.compact(report.beginners),
          note: before
            ? was(format.compact(before.beginners))
            : t('reports.repurchase.again', { again: format.exact(report.again) }),
        },
        {
          label: t('reports.repurchase.medianGap'),
          value: days(gaps.median),
          note: before
            ? was(days(before.gaps.median))
            : t('reports.repurchase.quartiles', { low: days(gaps.quartile_1), high: days(gaps.quartile_3) }),
        },
        {
          label: t('reports.repurchase.gaps'),
          value: format.compact(gaps.count),
          note: before ? was(format.compact(before.gaps.count)) : undefined,
        },
      ]}
    />
  );
}

/** Steps down, with the band between the dotted lines; the compared one in grey. */
export function RepurchasePicture({
  report,
  before,
}: {
  report: RepurchaseReport;
  before: RepurchaseReport | undefined;
}) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const said = JSON.stringify([report.curve, before?.curve ?? []]);
  const [name, bandName, beforeName, daysName] = [
    t('reports.repurchase.notYet'),
    t('reports.repurchase.band'),
    t('reports.repurchase.before'),
    t('reports.repurchase.days'),
  ];
  const draw = useMemo<Draw>(() => {
    const [curve, other] = JSON.parse(said) as RepurchaseReport['curve'][];
    const points = (of: RepurchaseReport['curve'], value: 'survival' | 'low' | 'high') =>
      of.map((point) => [point.day, Math.round(point[value] * 1000) / 10]);
    return (ink, room) => {
      const line = { type: 'line', step: 'end', symbol: 'none', animation: !room.isStill };
      const edge = { ...line, name: bandName, lineStyle: { width: 1, type: 'dotted', color: ink.series[0] } };
      return {
        animationDuration: 200,
        textStyle: { fontFamily: room.fontFamily, color: ink.ink },
        grid: { left: 8, right: 16, top: 24, bottom: 24, containLabel: true },
        tooltip: { ...tooltipOf(ink), trigger: 'axis' },
        xAxis: {
          type: 'value',
          name: daysName,
          nameLocation: 'middle',
          nameGap: 26,
          nameTextStyle: { color: ink.quiet },
          axisLine: { lineStyle: { color: ink.line } },
          splitLine: { show: false },
          axisLabel: { color: ink.quiet },
        },
        yAxis: {
          type: 'value',
          min: 0,
          max: 100,
          splitLine: { lineStyle: { color: ink.line } },
          axisLabel: { color: ink.quiet, formatter: '{value}%' },
        },
        series: [
          { ...edge, data: points(curve ?? [], 'low') },
          { ...edge, data: points(curve ?? [], 'high') },
          ...(other && other.length > 0
            ? [
                {
                  ...line,
                  name: beforeName,
                  data: points(other, 'survival'),
                  lineStyle: { width: 2, type: 'dashed', color: ink.before },
                },
              ]
            : []),
          {
            ...line,
            name,
            data: points(curve ?? [], 'survival'),
            lineStyle: { width: 2, color: ink.series[0] },
          },
        ],
      };
    };
  }, [said, name, bandName, beforeName, daysName]);
  const last = report.curve.at(-1);
  return (
    <Figure
      title={t('reports.repurchase.curve')}
      summary={t('reports.repurchase.curveSays', {
        share: last ? format.percent(1 - last.survival) : '–',
        day: format.exact(last?.day ?? 0),
        low: last ? format.percent(1 - last.high) : '–',
        high: last ? format.percent(1 - last.low) : '–',
      })}
      draw={draw}
      table={{
        head: [
          daysName,
          name,
          t('reports.repurchase.low'),
          t('reports.repurchase.high'),
          t('reports.repurchase.atRisk'),
        ],
        rows: report.curve.map((point) => [
          String(point.day),
          point.survival,
          point.low,
          point.high,
          point.at_risk,
        ]),
        shown: (value, _, column) => (column < 3 ? format.percent(value) : format.exact(value)),
      }}
    />
  );
}

function Spread({ report, before }: { report: RepurchaseReport; before: RepurchaseReport | undefined }) {
  const { t } = useTranslation('insight');
  const duration = useDuration();
  const { gaps, spread } = report;
  const days = (value: number | null) => (value === null ? '–' : duration(value * dayS));
  return (
    <Picture
      kind="bar"
      title={t('reports.repurchase.spread')}
      summary={t('reports.repurchase.spreadSays', {
        median: days(gaps.median),
        low: days(gaps.quartile_1),
        high: days(gaps.quartile_3),
      })}
      by={t('reports.repurchase.days')}
      categories={spread.map(({ from, to }, i) =>
        i === spread.length - 1 ? `${from}+` : to - from === 1 ? String(from) : `${from}–${to - 1}`,
      )}
      series={[
        ...(before
          ? [
              {
                name: t('reports.repurchase.before'),
                values: before.spread.map(({ count }) => count),
                isBefore: true,
              },
            ]
          : []),
        { name: t('reports.repurchase.gaps'), values: spread.map(({ count }) => count) },
      ]}
    />
  );
}
