import { useTranslation } from 'react-i18next';
import type { ContentReport } from '#schema/insight/content';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { ShareOf } from '../../kit/share-of.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

const mostShown = 8;

/** What was seen, kept and passed on, and whom invitations brought. */
export default function ContentPage() {
  const { t } = useTranslation('insight');
  const { address } = useQuestion('90d');
  return (
    <ReportPage<ContentReport>
      name="content"
      usual="90d"
      own={{ days: address.days }}
      isEmpty={({ seen, shared, kept, spread }) => seen + shared + kept + spread.invites === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Section title={t('reports.content.pieces')} note={t('reports.content.piecesNote')}>
            <ContentPicture report={result} />
            <Pieces report={result} />
          </Section>
          <Section
            title={t('reports.content.spread')}
            note={t('reports.content.spreadNote', { days: result.days })}
          >
            <Spread report={result} />
          </Section>
        </>
      )}
    </ReportPage>
  );
}

const rounded = (k: number) => Math.round(k * 1000) / 1000;

function Answer({ report }: { report: ContentReport }) {
  const { t } = useTranslation('insight');
  const joined = useSentences();
  const format = useFormat();
  const { share_rate, spread } = report;
  const sentences = [
    t('reports.content.answer', { count: report.seen, seen: format.exact(report.seen) }),
    share_rate.of > 0 &&
      t('reports.content.answerShared', {
        share: format.percent(share_rate.part / share_rate.of),
        low: format.percent(share_rate.low),
        high: format.percent(share_rate.high),
      }),
    spread.low !== null &&
      spread.high !== null &&
      t('reports.content.answerK', {
        k: format.exact(rounded(spread.k)),
        low: format.exact(rounded(spread.low)),
        high: format.exact(rounded(spread.high)),
      }),
  ];
  return <p>{joined(sentences)}</p>;
}

export function ContentPicture({ report }: { report: ContentReport }) {
  const { t } = useTranslation('insight');
  const shown = report.content.slice(0, mostShown);
  if (shown.length === 0) return null;
  return (
    <Picture
      title={t('reports.content.pieces')}
      summary={t('reports.content.pictureSays')}
      by={t('reports.content.piece')}
      kind="bar"
      categories={shown.map(({ title }) => title)}
      series={(['seen', 'kept', 'shared'] as const).map((did) => ({
        name: t(`reports.content.${did}`),
        values: shown.map((one) => one[did]),
      }))}
    />
  );
}

function Pieces({ report }: { report: ContentReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  return (
    <Rows
      label={t('reports.content.pieces')}
      head={[
        t('reports.content.piece'),
        t('reports.content.seen'),
        t('reports.content.kept'),
        t('reports.content.shared'),
        t('reports.content.rate'),
      ]}
      rows={report.content.slice(0, 100).map((one) => ({
        key: one.id,
        cells: [
          one.title,
          format.exact(one.seen),
          format.exact(one.kept),
          format.exact(one.shared),
          <ShareOf key="rate" part={one.share_rate.part} of={one.share_rate.of} />,
        ],
      }))}
    />
  );
}

function Spread({ report }: { report: ContentReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const whole = t('reports.content.all');
  const line = (label: string, one: ContentReport['spread'], isWhole: boolean) => ({
    key: label,
    cells: [
      <span key="week" className={isWhole ? undefined : 'text-quiet'}>
        {label}
        {!isWhole && ` (${t('reports.content.young')})`}
      </span>,
      format.exact(one.people),
      format.exact(one.invites),
      <ShareOf key="acceptance" part={one.acceptance.part} of={one.acceptance.of} />,
      format.exact(rounded(one.k)),
      one.low === null || one.high === null
        ? '–'
        : `${format.exact(rounded(one.low))}–${format.exact(rounded(one.high))}`,
    ],
  });
  return (
    <Rows
      label={t('reports.content.spread')}
      head={[
        t('reports.content.week'),
        t('reports.content.people'),
        t('reports.content.invites'),
        t('reports.content.accepted'),
        'K',
        t('reports.content.range'),
      ]}
      rows={[
        line(whole, report.spread, true),
        ...report.weeks
          .toReversed()
          .map((one) => line(format.day(`${one.week}T12:00:00Z`), one, one.is_whole)),
      ]}
    />
  );
}
