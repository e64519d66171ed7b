import { useTranslation } from 'react-i18next';
import type { CohortsReport } from '#schema/insight/cohorts';
import { useSession } from '../../api/session.tsx';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Segmented } from '../../kit/segmented.tsx';
import { missingIn } from '../../segments/rule.ts';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';
import { CohortsControls, kindOf } from './controls.tsx';
import { CohortTable } from './table.tsx';

/** Who comes back: people by when they began, and how many of them were there again. */
export default function CohortsPage() {
  const { t } = useTranslation('insight');
  const { address, change } = useQuestion('365d');
  const { begin, back, unit, returns } = address;
  const isUnfinished = [begin, back].some(
    (text) => text !== undefined && kindOf(text) === 'own' && missingIn(JSON.parse(text)).length > 0,
  );
  const as = address.as === 'counts' ? 'counts' : 'shares';
  return (
    <ReportPage<CohortsReport>
      name="cohorts"
      usual="365d"
      own={{ begin, back, unit, returns }}
      controls={<CohortsControls address={address} change={change} />}
      unfinished={
        isUnfinished ? <p className="text-gold-ink">{t('reports.cohorts.unfinished')}</p> : undefined
      }
      isEmpty={({ cohorts }) => cohorts.length === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result, compared }) => (
        <>
          <Section
            title={t('reports.cohorts.table')}
            note={t(`reports.cohorts.note.${result.unit}`)}
            actions={
              <Segmented
                label={t('reports.cohorts.as')}
                value={as}
                choices={[
                  { value: 'shares', label: t('reports.cohorts.shares') },
                  { value: 'counts', label: t('reports.cohorts.counts') },
                ]}
                onChange={(next) => change({ as: next === 'shares' ? undefined : next })}
              />
            }
          >
            <CohortTable report={result} as={as} />
          </Section>
          <Section title={t('reports.cohorts.together')}>
            <Together report={result} compared={compared?.result} />
          </Section>
        </>
      )}
    </ReportPage>
  );
}

/** Of all cohorts that had so many whole units, which share came back in it. */
function togetherOf({ cohorts }: CohortsReport): { part: number; of: number }[] {
  const longest = Math.max(0, ...cohorts.map(({ counts }) => counts.length));
  return Array.from({ length: longest }, (_, age) => {
    const old = cohorts.filter(({ counts, is_whole }) => age < counts.length - (is_whole ? 0 : 1));
    return {
      part: old.reduce((sum, { counts }) => sum + (counts[age] ?? 0), 0),
      of: old.reduce((sum, { counts }) => sum + (counts[0] ?? 0), 0),
    };
  }).filter(({ of }) => of > 0);
}

function Answer({ report }: { report: CohortsReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const sentences = useSentences();
  const [, next] = togetherOf(report);
  const began = report.cohorts.reduce((sum, { counts }) => sum + (counts[0] ?? 0), 0);
  return (
    <p>
      {sentences([
        t('reports.cohorts.answer', { count: began, people: format.exact(began) }),
        next &&
          t(`reports.cohorts.back.${report.unit}`, {
            share: format.percent(next.part / next.of),
            part: format.exact(next.part),
            of: format.exact(next.of),
          }),
      ])}
    </p>
  );
}

function Together(props: { report: CohortsReport; compared: CohortsReport | undefined }) {
  const { t } = useTranslation('insight');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const { report, compared } = props;
  const now = togetherOf(report).slice(1);
  const before = compared ? togetherOf(compared).slice(1) : [];
  if (now.length < 2) return <p className="text-quiet">{t('reports.cohorts.tooYoung')}</p>;
  const percent = ({ part, of }: { part: number; of: number }) => Math.round((1000 * part) / of) / 10;
  const [first, last] = [now[0], now.at(-1)];
  return (
    <Picture
      kind="line"
      title={t('reports.cohorts.curve')}
      summary={t(`reports.cohorts.curveSays.${report.unit}`, {
        first: first ? format.percent(first.part / first.of) : '–',
        last: last ? format.percent(last.part / last.of) : '–',
        n: now.length,
      })}
      by={t(`reports.cohorts.age.${report.unit}`)}
      categories={now.map((_, i) => String(i + 1))}
      series={[
        { name: t('reports.cohorts.inPercent'), values: now.map(percent) },
        ...(before.length > 0
          ? [
              {
                name: t('reports.cohorts.compared'),
                values: before.slice(0, now.length).map(percent),
                isBefore: true,
              },
            ]
          : []),
      ]}
    />
  );
}
