import { useTranslation } from 'react-i18next';
import type { FunnelReport } from '#schema/insight/funnel';
import { useFormat } from '../../kit/format.ts';
import { Funnel } from '../../kit/funnel.tsx';
import { Section } from '../../kit/page.tsx';
import { ShareOf } from '../../kit/share-of.tsx';
import { missingIn } from '../../segments/rule.ts';
import { useWordsOr } from '../../words/words-or.ts';
import { PeopleButton } from '../people-button.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';
import { FunnelControls, stepsOf } from './controls.tsx';
import { Leaving, Times } from './leaving.tsx';

/** How far people come: the path, or steps of one's own. */
export default function FunnelPage() {
  const { t } = useTranslation('insight');
  const { address, change } = useQuestion();
  const steps = stepsOf(address);
  const isUnfinished = steps !== null && missingIn(steps).length > 0;
  const nameOf = useStepName();
  // What is still to be chosen is not asked about.
  const without = address.without === 'null' ? undefined : address.without;
  const asked = { steps: steps ? address.steps : undefined, within: address.within, without };
  return (
    <ReportPage<FunnelReport>
      name="funnel"
      own={{ ...asked, by: address.by }}
      controls={<FunnelControls address={address} change={change} />}
      unfinished={
        isUnfinished ? <p className="text-gold-ink">{t('reports.funnel.unfinished')}</p> : undefined
      }
      isEmpty={({ steps: found }) => found.every((step) => step.at_all === 0)}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result, compared }) => (
        <>
          <Section title={t('reports.funnel.far')} note={t('reports.funnel.farNote')}>
            <FunnelPicture report={result} before={compared?.result} />
          </Section>
          {result.groups.length > 0 && (
            <Section title={t('reports.funnel.groups')} note={t('reports.funnel.groupsNote')}>
              <Groups report={result} />
            </Section>
          )}
          <Section title={t('reports.funnel.times')} note={t('reports.funnel.timesNote')}>
            <Times own={asked} nameOf={(name) => nameOf(result, name)} />
          </Section>
          <Section title={t('reports.funnel.leaving')} note={t('reports.funnel.leavingNote')}>
            <Leaving
              own={asked}
              report={result}
              nameOf={(name) => nameOf(result, name)}
              at={Number(address.at ?? 1)}
              onAt={(at) => change({ at: at === 1 ? undefined : String(at) })}
            />
          </Section>
        </>
      )}
    </ReportPage>
  );
}

/** A step by the name that people know it by. */
function useStepName(): (report: Pick<FunnelReport, 'is_path'>, name: string) => string {
  const stage = useWordsOr('home');
  const event = useWordsOr('events');
  return ({ is_path }, name) => (is_path ? stage(`stages.${name}`, name) : event(`names.${name}`, name));
}

function Answer({ report }: { report: FunnelReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useStepName();
  const sentences = useSentences();
  const { steps } = report;
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return null;
  const words = {
    first: nameOf(report, first.name),
    last: nameOf(report, last.name),
    began: format.exact(first.reached),
    ended: format.exact(last.reached),
    share: first.reached > 0 ? format.percent(last.reached / first.reached) : '–',
  };
  if (first.reached === 0) return <p>{t('reports.funnel.nobodyBegan', words)}</p>;
  const losses = steps.slice(1).map((step, i) => (steps[i]?.reached ?? 0) - step.reached);
  const most = losses.indexOf(Math.max(...losses));
  return (
    <p>
      {sentences([
        t('reports.funnel.answer', { ...words, count: first.reached }),
        (losses[most] ?? 0) > 0 &&
          t('reports.funnel.most', {
            from: nameOf(report, steps[most]?.name ?? ''),
            to: nameOf(report, steps[most + 1]?.name ?? ''),
            people: format.exact(losses[most] ?? 0),
          }),
      ])}
    </p>
  );
}

export function FunnelPicture({
  report,
  before,
}: {
  report: FunnelReport;
  before: FunnelReport | undefined;
}) {
  const { t } = useTranslation('insight');
  const nameOf = useStepName();
  return (
    <Funnel
      label={t('reports.funnel.far')}
      steps={report.steps.map((step, i) => {
        const name = nameOf(report, step.name);
        return {
          name,
          reached: step.reached,
          atAll: step.at_all,
          before: before?.steps[i]?.reached,
          actions: <PeopleButton rule={step.people} label={t('reports.funnel.peopleOf', { name })} />,
        };
      })}
    />
  );
}

/** The same by the first event's channel or property: counts, and the share of those who began. */
function Groups({ report }: { report: FunnelReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useStepName();
  const channel = useWordsOr('events');
  const labelOf = ({ value, label }: FunnelReport['groups'][number]) =>
    value === '' ? t('none') : report.by === 'channel' ? channel(`channels.${value}`, label) : label;
  return (
    <section
      aria-label={t('reports.funnel.groups')}
      ref={(element) => {
        if (element) element.tabIndex = 0;
      }}
      className="relative overflow-x-auto"
    >
      <table className="w-full text-left tabular-nums">
        <thead className="text-s text-quiet">
          <tr className="border-line border-b">
            <th scope="col" className="py-1.5 pr-4 font-normal whitespace-nowrap">
              {t('reports.funnel.group')}
            </th>
            {[...report.steps.entries()].map(([i, { name }]) => (
              <th
                key={`${i} ${name}`}
                scope="col"
                className="py-1.5 pl-4 text-right font-normal whitespace-nowrap"
              >
                {nameOf(report, name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.groups.map((group) => (
            <tr key={group.value} className="border-line border-b">
              <th scope="row" className="py-2 pr-4 font-normal whitespace-nowrap">
                {labelOf(group)}
              </th>
              {[...group.reached.entries()].map(([i, reached]) => (
                <td key={i} className="py-2 pl-4 text-right whitespace-nowrap">
                  {format.exact(reached)}
                  {i > 0 && (
                    <span className="ml-2 inline-block w-14 text-s text-quiet">
                      <ShareOf part={reached} of={group.reached[0] ?? 0} />
                    </span>
                  )}
                  <PeopleButton
                    rule={group.people[i] ?? null}
                    isShort
                    label={t('reports.funnel.peopleOf', {
                      name: `${labelOf(group)}, ${nameOf(report, report.steps[i]?.name ?? '')}`,
                    })}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
