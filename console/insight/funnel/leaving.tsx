import { useTranslation } from 'react-i18next';
import type { FunnelLeaving, FunnelReport, FunnelTimes } from '#schema/insight/funnel';
import { useFormat } from '../../kit/format.ts';
import { Rows } from '../../kit/rows.tsx';
import { ShareOf } from '../../kit/share-of.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { WordSelect } from '../../kit/word.tsx';
import { useDuration } from '../duration.ts';
import { useEventName } from '../event-name.ts';
import { PeopleButton } from '../people-button.tsx';
import { type Own, useReport } from '../question.ts';

/** How long people take from one step to the next. */
export function Times({ own, nameOf }: { own: Own; nameOf: (name: string) => string }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const duration = useDuration();
  const times = useReport<FunnelTimes>('funnel-times', { own });
  if (times.error) return <ErrorState error={times.error} onRetry={() => void times.refetch()} />;
  if (!times.data) return <Skeleton lines={4} />;
  return (
    <Rows
      label={t('reports.funnel.times')}
      onPhone={3}
      head={[
        <span key="step" className="sr-only">
          {t('reports.funnel.times')}
        </span>,
        t('reports.funnel.wentOn'),
        t('reports.funnel.median'),
        t('reports.funnel.half'),
      ]}
      rows={[...times.data.result.steps.entries()].map(([i, one]) => ({
        key: String(i),
        cells: [
          t('reports.funnel.between', { from: nameOf(one.from), to: nameOf(one.to) }),
          format.exact(one.people),
          one.people > 0 ? duration(one.median) : '–',
          <span key="half" className="text-quiet">
            {one.people > 0 ? `${duration(one.quartile_1)} – ${duration(one.quartile_3)}` : '–'}
          </span>,
        ],
      }))}
    />
  );
}

/** What those did next, and last, who stopped after a step. */
export function Leaving(props: {
  own: Own;
  report: FunnelReport;
  nameOf: (name: string) => string;
  at: number;
  onAt: (at: number) => void;
}) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const { report, nameOf } = props;
  const at = Math.min(Math.max(1, props.at), report.steps.length - 1);
  const leaving = useReport<FunnelLeaving>('funnel-leaving', { own: { ...props.own, at: String(at) } });
  const found = leaving.data?.result;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-2">
        {t('reports.funnel.leftAt')}
        <WordSelect
          label={t('reports.funnel.leftAt')}
          value={String(at)}
          choices={[...report.steps.slice(0, -1).entries()].map(([i, { name }]) => ({
            value: String(i + 1),
            label: nameOf(name),
          }))}
          onChange={(next) => props.onAt(Number(next))}
        />
        {found && (
          <span className="font-semibold">
            {t('reports.funnel.left', { count: found.people, n: format.exact(found.people) })}
          </span>
        )}
        <PeopleButton rule={report.steps[at - 1]?.left ?? null} label={t('reports.funnel.leftAs')} />
      </div>
      {leaving.error && <ErrorState error={leaving.error} onRetry={() => void leaving.refetch()} />}
      {leaving.isPending && <Skeleton lines={4} />}
      {found && found.people === 0 && <p className="text-quiet">{t('reports.funnel.nobodyLeft')}</p>}
      {found && found.people > 0 && (
        <div className="grid gap-x-12 gap-y-6 md:grid-cols-2">
          <Names title={t('reports.funnel.next')} names={found.next} of={found.people} />
          <Names title={t('reports.funnel.last')} names={found.last} of={found.people} />
        </div>
      )}
    </div>
  );
}

function Names({ title, names, of }: { title: string; names: FunnelLeaving['next']; of: number }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useEventName();
  return (
    <Rows
      label={title}
      caption={title}
      isHeadHidden
      head={[t('reports.funnel.event'), t('reports.funnel.wentOn')]}
      rows={names.map(({ name, people }) => ({
        key: name,
        cells: [
          nameOf(name),
          <span key="people">
            {format.exact(people)}
            <span className="ml-2 inline-block w-14 text-s text-quiet">
              <ShareOf part={people} of={of} />
            </span>
          </span>,
        ],
      }))}
    />
  );
}
