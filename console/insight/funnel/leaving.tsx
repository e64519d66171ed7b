import { useTranslation } from 'react-i18next';
import type { FunnelLeaving, FunnelReport, FunnelTimes } from '#schema/insight/funnel';
import { useFormat } from '../../kit/format.ts';
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
    <table className="w-full text-left tabular-nums">
      <thead className="text-s text-quiet">
        <tr className="border-line border-b">
          <th scope="col" className="py-1.5 pr-4 font-normal">
            <span className="sr-only">{t('reports.funnel.times')}</span>
          </th>
          <th scope="col" className="py-1.5 pl-4 text-right font-normal">
            {t('reports.funnel.wentOn')}
          </th>
          <th scope="col" className="py-1.5 pl-4 text-right font-normal">
            {t('reports.funnel.median')}
          </th>
          <th scope="col" className="py-1.5 pl-4 text-right font-normal max-sm:hidden">
            {t('reports.funnel.half')}
          </th>
        </tr>
      </thead>
      <tbody>
        {[...times.data.result.steps.entries()].map(([i, one]) => (
          <tr key={i} className="border-line border-b">
            <th scope="row" className="py-2 pr-4 font-normal">
              {t('reports.funnel.between', { from: nameOf(one.from), to: nameOf(one.to) })}
            </th>
            <td className="py-2 pl-4 text-right">{format.exact(one.people)}</td>
            <td className="py-2 pl-4 text-right whitespace-nowrap">
              {one.people > 0 ? duration(one.median) : '–'}
            </td>
            <td className="py-2 pl-4 text-right whitespace-nowrap text-quiet max-sm:hidden">
              {one.people > 0 ? `${duration(one.quartile_1)} – ${duration(one.quartile_3)}` : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
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
    <table className="w-full self-start text-left tabular-nums">
      <caption className="pb-1 text-left font-semibold">{title}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t('reports.funnel.event')}</th>
          <th scope="col">{t('reports.funnel.wentOn')}</th>
        </tr>
      </thead>
      <tbody>
        {names.map(({ name, people }) => (
          <tr key={name} className="border-line border-t">
            <th scope="row" className="py-1.5 pr-4 font-normal">
              {nameOf(name)}
            </th>
            <td className="py-1.5 text-right whitespace-nowrap">
              {format.exact(people)}
              <span className="ml-2 inline-block w-14 text-s text-quiet">
                <ShareOf part={people} of={of} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
