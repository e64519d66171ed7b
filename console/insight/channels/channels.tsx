import { useTranslation } from 'react-i18next';
import type { ChannelsReport } from '#schema/insight/channels';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { fewPeople, ShareOf } from '../../kit/share-of.tsx';
import { ByTouch, useChannelName } from '../attribution/touch.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

const stages = ['search', 'attention', 'deal', 'use', 'share'] as const;
const mostShown = 7;

/** What each channel's people are worth, and how deep they go. */
export default function ChannelsPage() {
  const { t } = useTranslation('insight');
  const { address } = useQuestion('90d');
  return (
    <ReportPage<ChannelsReport>
      name="channels"
      usual="90d"
      own={{ by: address.by }}
      controls={<ByTouch />}
      isEmpty={({ people }) => people === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Section title={t('reports.channels.deep')} note={t('reports.channels.deepNote')}>
            <ChannelsPicture report={result} />
          </Section>
          <Section title={t('reports.channels.worth')} note={t('reports.channels.worthNote')}>
            <Worth report={result} />
          </Section>
        </>
      )}
    </ReportPage>
  );
}

function Answer({ report }: { report: ChannelsReport }) {
  const { t } = useTranslation('insight');
  const joined = useSentences();
  const format = useFormat();
  const nameOf = useChannelName();
  const enough = report.channels.filter(({ people }) => people >= fewPeople);
  const most = enough[0];
  const share = ({ bought }: ChannelsReport['channels'][number]) => bought.part / Math.max(1, bought.of);
  const deepest = [...enough].sort((a, b) => share(b) - share(a))[0];
  const sentences = [
    t('reports.channels.answer', { count: report.people, people: format.exact(report.people) }),
    most && t('reports.channels.most', { name: nameOf(most.name), people: format.exact(most.people) }),
    deepest &&
      t('reports.channels.deepest', {
        name: nameOf(deepest.name),
        share: format.percent(share(deepest)),
        low: format.percent(deepest.bought.low),
        high: format.percent(deepest.bought.high),
      }),
  ];
  return <p>{joined(sentences)}</p>;
}

export function ChannelsPicture({ report }: { report: ChannelsReport }) {
  const { t } = useTranslation('insight');
  const { t: home } = useTranslation('home');
  const nameOf = useChannelName();
  const shown = report.channels.slice(0, mostShown);
  const percent = (part: number, of: number) => (of > 0 ? Math.round((part / of) * 1000) / 10 : 0);
  return (
    <Picture
      title={t('reports.channels.deep')}
      summary={t('reports.channels.pictureSays')}
      by={t('reports.attribution.name')}
      kind="bar"
      categories={shown.map(({ name }) => nameOf(name))}
      series={stages.map((stage, i) => ({
        name: home(`stages.${stage}`),
        values: shown.map((one) => percent(one.stages[i] ?? 0, one.people)),
      }))}
      shown={(value) => `${value}%`}
    />
  );
}

function Worth({ report }: { report: ChannelsReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useChannelName();
  return (
    <Rows
      label={t('reports.channels.worth')}
      head={[
        t('reports.attribution.name'),
        t('reports.channels.people'),
        t('reports.channels.bought'),
        t('reports.channels.again'),
        t('reports.channels.shared'),
        t('reports.channels.each'),
        t('reports.channels.together'),
      ]}
      rows={report.channels.map((one) => ({
        key: one.name,
        cells: [
          nameOf(one.name),
          format.exact(one.people),
          <ShareOf key="bought" part={one.bought.part} of={one.bought.of} />,
          <ShareOf key="again" part={one.again.part} of={one.again.of} />,
          <ShareOf key="shared" part={one.shared.part} of={one.shared.of} />,
          <span key="each" className="grid">
            {Object.entries(one.revenue).map(([currency, { mean, low, high }]) => (
              <span key={currency}>
                {format.money(String(mean), currency)}
                {low !== null && high !== null && (
                  <span className="ml-2 text-s text-quiet">
                    {format.money(String(Math.max(0, low)), currency)}–{format.money(String(high), currency)}
                  </span>
                )}
              </span>
            ))}
          </span>,
          <span key="together" className="grid">
            {Object.entries(one.revenue).map(([currency, { sum }]) => (
              <span key={currency}>{format.money(sum, currency)}</span>
            ))}
          </span>,
        ],
      }))}
    />
  );
}
