import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PathsReport } from '#schema/insight/paths';
import { type Draw, tooltipOf } from '../../kit/chart-option.ts';
import { Figure } from '../../kit/figure.tsx';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { WordSelect } from '../../kit/word.tsx';
import { EventWords } from '../../segments/build-events.tsx';
import { missingIn } from '../../segments/rule.ts';
import { useEventName } from '../event-name.ts';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

const usual = '"Order Completed"';

/** What people do before and after an event. */
export default function PathsPage() {
  const { t } = useTranslation('insight');
  const { address, change } = useQuestion();
  const { event = usual, depth, within, collapse, top } = address;
  const match: unknown = JSON.parse(event);
  const isUnfinished = match === null || missingIn(match).length > 0;
  const choices = (values: readonly (readonly [string, string])[]) =>
    values.map(([value, label]) => ({ value, label }));
  return (
    <ReportPage<PathsReport>
      name="paths"
      own={{ event, depth, within, collapse, top }}
      unfinished={isUnfinished ? <p className="text-gold-ink">{t('reports.paths.unfinished')}</p> : undefined}
      controls={
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <span className="flex flex-wrap items-center gap-2">
            {t('reports.paths.around')}
            <EventWords
              label={t('reports.paths.around')}
              match={match}
              onChange={(next) => change({ event: JSON.stringify(next) })}
            />
          </span>
          <span className="flex flex-wrap items-center gap-2">
            {t('reports.paths.depth')}
            <WordSelect
              label={t('reports.paths.depth')}
              value={depth ?? '3'}
              choices={choices(['1', '2', '3', '4', '5', '6'].map((n) => [n, n]))}
              onChange={(next) => change({ depth: next === '3' ? undefined : next })}
            />
          </span>
          <span className="flex flex-wrap items-center gap-2">
            {t('reports.paths.within')}
            <WordSelect
              label={t('reports.paths.within')}
              value={within ?? '1d'}
              choices={choices([
                ['1h', t('reports.paths.times.1h')],
                ['1d', t('reports.paths.times.1d')],
                ['7d', t('reports.paths.times.7d')],
                ['30d', t('reports.paths.times.30d')],
              ])}
              onChange={(next) => change({ within: next === '1d' ? undefined : next })}
            />
          </span>
          <span className="flex flex-wrap items-center gap-2">
            {t('reports.paths.top')}
            <WordSelect
              label={t('reports.paths.top')}
              value={top ?? '6'}
              choices={choices(['4', '6', '8', '12'].map((n) => [n, n]))}
              onChange={(next) => change({ top: next === '6' ? undefined : next })}
            />
          </span>
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-act"
              checked={collapse !== 'false'}
              onChange={(event) => change({ collapse: event.target.checked ? undefined : 'false' })}
            />
            {t('reports.paths.collapse')}
          </label>
        </div>
      }
      isEmpty={({ people }) => people === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <Section title={t('reports.paths.flow')}>
          <Flow report={result} />
        </Section>
      )}
    </ReportPage>
  );
}

function Answer({ report }: { report: PathsReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useEventName();
  const sentences = useSentences();
  const { people, after, before } = report;
  const most = ({ links }: PathsReport['after']) =>
    links
      .filter(({ level, to }) => level === 0 && to !== '' && to !== '...')
      .reduce<{ to: string; people: number } | null>(
        (best, one) => (best && best.people >= one.people ? best : one),
        null,
      );
  const [next, last] = [most(after), most(before)];
  const share = (n: number) => format.percent(n / people);
  return (
    <p>
      {sentences([
        t('reports.paths.answer', { count: people, people: format.exact(people) }),
        last && t('reports.paths.beforeMost', { name: nameOf(last.to), share: share(last.people) }),
        next && t('reports.paths.afterMost', { name: nameOf(next.to), share: share(next.people) }),
      ])}
    </p>
  );
}

/** The flow from left to right: what came before, the event, what came after. */
function Flow({ report }: { report: PathsReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useEventName();
  const anchor = t('reports.paths.theEvent');
  const told = (name: string) => (name === '*' ? anchor : nameOf(name));
  const sides = [
    ...report.before.links.map((link) => ({ ...link, side: -1 })),
    ...report.after.links.map((link) => ({ ...link, side: 1 })),
  ];
  const place = (side: number, level: number) => side * level;
  const said = JSON.stringify(
    sides.map(({ side, level, from, to, people }) => ({
      inner: [place(side, level), from, told(from)],
      outer: [place(side, level + 1), to, told(to)],
      side,
      people,
    })),
  );
  const draw = useMemo<Draw>(() => {
    type End = [place: number, name: string, label: string];
    const links = JSON.parse(said) as { inner: End; outer: End; side: number; people: number }[];
    const ends = new Map<string, End>();
    const idOf = (end: End) => `${end[0]} ${end[1]}`;
    for (const { inner, outer } of links) for (const end of [inner, outer]) ends.set(idOf(end), end);
    const names = [...new Set([...ends.values()].map(([, name]) => name))].filter(
      (name) => name !== '' && name !== '...',
    );
    const lowest = Math.min(0, ...[...ends.values()].map(([at]) => at));
    return (ink, room) => ({
      animation: false,
      textStyle: { fontFamily: room.fontFamily, color: ink.ink },
      tooltip: { ...tooltipOf(ink), trigger: 'item' },
      series: [
        {
          type: 'sankey',
          left: 4,
          right: room.isNarrow ? 84 : 140,
          top: 8,
          bottom: 8,
          nodeGap: 10,
          nodeWidth: 12,
          draggable: false,
          emphasis: { focus: 'adjacency' },
          label: { color: ink.ink, fontSize: 12, overflow: 'truncate', width: room.isNarrow ? 76 : 130 },
          // What has no room for its name says it when it is pointed at, and in the table.
          labelLayout: { hideOverlap: true },
          lineStyle: { color: ink.before, opacity: 0.3, curveness: 0.5 },
          data: [...ends].map(([id, [at, name, label]]) => ({
            name: id,
            depth: at - lowest,
            label: { formatter: label },
            tooltip: { formatter: (told: { value: number }) => `${label}: ${room.compact(told.value)}` },
            itemStyle: {
              color:
                name === '' || name === '...'
                  ? ink.before
                  : ink.series[names.indexOf(name) % ink.series.length],
            },
          })),
          links: links.map(({ inner, outer, side, people }) => ({
            source: idOf(side > 0 ? inner : outer),
            target: idOf(side > 0 ? outer : inner),
            value: people,
            tooltip: {
              formatter: `${side > 0 ? inner[2] : outer[2]} → ${side > 0 ? outer[2] : inner[2]}: ${room.compact(people)}`,
            },
          })),
        },
      ],
    });
  }, [said]);
  return (
    <Figure
      title={t('reports.paths.picture')}
      summary={t('reports.paths.pictureSays', { people: format.exact(report.people) })}
      draw={draw}
      isTall
      table={{
        head: [
          t('reports.paths.where'),
          t('reports.paths.from'),
          t('reports.paths.to'),
          t('reports.paths.people'),
          t('reports.paths.share'),
        ],
        rows: sides.map(({ side, level, from, to, people }) => [
          t(side > 0 ? 'reports.paths.afterN' : 'reports.paths.beforeN', { n: level + 1 }),
          side > 0 ? told(from) : told(to),
          side > 0 ? told(to) : told(from),
          people,
          people / report.people,
        ]),
        shown: (value, _, column) => (column === 3 ? format.percent(value) : format.exact(value)),
      }}
    />
  );
}
