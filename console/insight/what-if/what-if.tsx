import { RotateCcw, Wand2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WhatIfReport } from '#schema/insight/what-if';
import { Button } from '../../kit/button.tsx';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { WordNumber } from '../../kit/word.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';

const names = [
  'visitors',
  'conversion',
  'basket',
  'repurchase',
  'conversion_times',
  'basket_times',
  'repurchase_times',
  'contacts',
] as const;

/** A traditional shop against one with a community. */
export default function WhatIfPage() {
  const { address, change } = useQuestion();
  const { t } = useTranslation('insight');
  const own = Object.fromEntries([...names, 'currency', 'measured'].map((name) => [name, address[name]]));
  const clear = Object.fromEntries(names.map((name) => [name, undefined]));
  return (
    <ReportPage<WhatIfReport>
      name="what-if"
      own={own}
      controls={
        <div className="flex flex-wrap gap-2">
          <Button look="main" icon={Wand2} onClick={() => change({ ...clear, measured: 'true' })}>
            {t('reports.what-if.fill')}
          </Button>
          <Button icon={RotateCcw} onClick={() => change({ ...clear, measured: undefined })}>
            {t('reports.what-if.defaults')}
          </Button>
        </div>
      }
      isEmpty={() => false}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          {address.measured && !result.measured.used && (
            <p className="mb-4 text-gold-ink">{t('reports.what-if.noOwn')}</p>
          )}
          <Inputs report={result} />
          <SideBySide report={result} />
          <Reach report={result} />
        </>
      )}
    </ReportPage>
  );
}

const isRange = ({ low, high }: { low: number; high: number }) => high - low > 1e-6 * Math.abs(high);

function useMoney(report: WhatIfReport) {
  const format = useFormat();
  return (value: number) => format.money(value.toFixed(2), report.currency);
}

function Answer({ report }: { report: WhatIfReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const money = useMoney(report);
  const { traditional_revenue: shop, community_revenue: community } = report;
  const words = { traditional: money(shop.value), community: money(community.value) };
  if (isRange(shop))
    return (
      <p>
        {t('reports.what-if.answerRange', {
          ...words,
          low: money(shop.low),
          high: money(shop.high),
          communityLow: money(community.low),
          communityHigh: money(community.high),
        })}
      </p>
    );
  const times = shop.value > 0 ? Math.round((community.value / shop.value) * 10) / 10 : 0;
  return <p>{t('reports.what-if.answer', { ...words, times: format.exact(times) })}</p>;
}

/** Every number can be typed over; it then stands in the address. */
function Inputs({ report }: { report: WhatIfReport }) {
  const { t } = useTranslation('insight');
  const { change } = useQuestion();
  const format = useFormat();
  const money = useMoney(report);
  const { shop, community, with_community: after, ranges, measured } = report;
  const field = (name: (typeof names)[number], label: string, value: number, scale = 1) => (
    <WordNumber
      label={label}
      value={Math.round(value * scale * 100) / 100}
      onChange={(next) =>
        next !== null && next >= 0 && change({ [name]: String(Math.round((next / scale) * 1e6) / 1e6) })
      }
    />
  );
  const percent = (value: number) => format.percent(value);
  const range = (of: { low: number; high: number }, shown: (value: number) => string) =>
    isRange(of) ? t('reports.what-if.range', { low: shown(of.low), high: shown(of.high) }) : '';
  const row = (
    name: 'conversion' | 'basket' | 'repurchase',
    scale: number,
    shown: (value: number) => string,
  ) => {
    const label = t(`reports.what-if.${name}`);
    return {
      key: name,
      cells: [
        label,
        <span key="in" className="inline-flex flex-col items-end gap-0.5">
          {field(name, label, shop[name], scale)}
          <span className="text-s text-quiet">{range(ranges[name], shown)}</span>
        </span>,
        <span key="times" className="inline-flex items-center gap-1.5">
          × {field(`${name}_times`, `${label}: ${t('reports.what-if.times')}`, community[`${name}_times`])}
        </span>,
        shown(after[name]),
      ],
    };
  };
  const result = (of: WhatIfReport['community_revenue']) => (
    <span className="inline-flex flex-col items-end">
      <span className="font-semibold">{money(of.value)}</span>
      <span className="text-s text-quiet">{range(of, money)}</span>
    </span>
  );
  return (
    <Section
      title={t('reports.what-if.inputs')}
      note={
        measured.visitors > 0
          ? t('reports.what-if.measuredNote', {
              visitors: format.exact(measured.visitors),
              buyers: format.exact(measured.buyers),
              repeaters: format.exact(measured.repeaters),
              orders: format.exact(measured.orders),
              currency: report.currency,
              invited: format.exact(measured.invited.people),
              invitedBuyers: format.exact(measured.invited.buyers),
            })
          : undefined
      }
    >
      <Rows
        label={t('reports.what-if.inputs')}
        head={[
          t('reports.what-if.factor'),
          t('reports.what-if.shop'),
          t('reports.what-if.times'),
          t('reports.what-if.withCommunity'),
        ]}
        rows={[
          {
            key: 'visitors',
            cells: [
              t('reports.what-if.visitors'),
              field('visitors', t('reports.what-if.visitors'), shop.visitors),
              '',
              format.exact(after.visitors),
            ],
          },
          row('conversion', 100, percent),
          row('basket', 1, money),
          row('repurchase', 100, percent),
          {
            key: 'result',
            cells: [
              t('reports.what-if.result'),
              result(report.traditional_revenue),
              '',
              result(report.community_revenue),
            ],
          },
        ]}
      />
    </Section>
  );
}

function SideBySide({ report }: { report: WhatIfReport }) {
  const { t } = useTranslation('insight');
  const money = useMoney(report);
  const values = [report.traditional_revenue.value, report.community_revenue.value];
  return (
    <Section title={t('reports.what-if.result')}>
      <Picture
        kind="bar"
        title={t('reports.what-if.picture')}
        summary={t('reports.what-if.pictureSummary', {
          traditional: money(values[0] ?? 0),
          community: money(values[1] ?? 0),
        })}
        by={t('reports.what-if.factor')}
        categories={[t('reports.what-if.shop'), t('reports.what-if.withCommunity')]}
        series={[{ name: t('reports.what-if.result'), values }]}
        shown={money}
      />
    </Section>
  );
}

function Reach({ report }: { report: WhatIfReport }) {
  const { t } = useTranslation('insight');
  const { change } = useQuestion();
  const format = useFormat();
  const contacts = report.community.contacts;
  const degrees = ['first', 'second', 'third'] as const;
  return (
    <Section
      title={t('reports.what-if.reach')}
      note={t('reports.what-if.reachNote', {
        contacts: format.exact(contacts),
        total: format.exact(report.reach_total),
      })}
      actions={
        <span className="flex items-center gap-2 text-s">
          {t('reports.what-if.contacts')}
          <WordNumber
            label={t('reports.what-if.contacts')}
            value={contacts}
            whole
            onChange={(value) => value !== null && value <= 1000 && change({ contacts: String(value) })}
          />
          {t('reports.what-if.people')}
        </span>
      }
    >
      <Rows
        label={t('reports.what-if.reach')}
        head={[t('reports.what-if.degree'), t('reports.value-layers.people')]}
        rows={degrees.map((degree, i) => ({
          key: degree,
          cells: [t(`reports.what-if.${degree}`), format.exact(report.reach[i] ?? 0)],
        }))}
      />
    </Section>
  );
}
