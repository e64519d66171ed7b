import { useTranslation } from 'react-i18next';
import type { LayersReport } from '#schema/insight/value';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { ShareOf } from '../../kit/share-of.tsx';
import { WordNumber } from '../../kit/word.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';

/** From the foot of the pyramid to its top. */
const ranks = ['none', 'functional', 'emotional', 'social'] as const;
type Standing = (typeof ranks)[number];

/** The pyramid of customers over functional, emotional and social value. */
export default function ValueLayersPage() {
  const { address } = useQuestion();
  return (
    <ReportPage<LayersReport>
      name="value-layers"
      own={{ moved: address.moved, currency: address.currency }}
      usual="365d"
      isEmpty={({ people }) => people === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Pyramid report={result} />
          <Moved report={result} />
          {result.layers.map((layer) => (
            <Layer key={layer.layer} layer={layer} />
          ))}
        </>
      )}
    </ReportPage>
  );
}

const countOf = (report: LayersReport, name: Standing) =>
  report.standings.find(({ standing }) => standing === name)?.people ?? 0;

function Answer({ report }: { report: LayersReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const n = (name: Standing) => format.exact(countOf(report, name));
  return (
    <p>
      {t('reports.value-layers.answer', {
        count: report.people,
        people: format.exact(report.people),
        social: n('social'),
        emotional: n('emotional'),
        functional: n('functional'),
      })}
    </p>
  );
}

function Pyramid({ report }: { report: LayersReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  return (
    <Section
      title={t('reports.value-layers.pyramid')}
      note={`${t('reports.value-layers.pyramidNote')} ${t('reports.value-layers.currency', {
        currency: report.currency,
        margin: format.percent(report.margin_rate),
      })}`}
    >
      <PyramidPicture report={report} />
    </Section>
  );
}

/** Bars around a middle line, the fewest at the top; their names and numbers stand beside them. */
export function PyramidPicture({ report }: { report: LayersReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const most = Math.max(1, ...report.standings.map(({ people }) => people));
  const rows = [...report.standings].reverse();
  return (
    <>
      <div aria-hidden="true" className="mb-4 grid gap-1.5">
        {rows.map(({ standing, people }, i) => (
          <div key={standing} className="grid grid-cols-[7rem_minmax(0,1fr)_4.5rem] items-center gap-3">
            <span className="truncate text-s">{t(`reports.value-layers.standings.${standing}`)}</span>
            <span className="flex h-9 justify-center">
              <span
                className="h-full min-w-0.5 rounded-sm"
                style={{
                  width: `${(100 * people) / most}%`,
                  backgroundColor: standing === 'none' ? 'var(--before)' : `var(--series-${i + 1})`,
                }}
              />
            </span>
            <span className="text-right tabular-nums">{format.compact(people)}</span>
          </div>
        ))}
      </div>
      <Rows
        label={t('reports.value-layers.pyramid')}
        head={['standing', 'people', 'share', 'margin', 'brought'].map((name) =>
          t(`reports.value-layers.${name as 'standing'}`),
        )}
        rows={rows.map(({ standing, people, margin, brought }) => ({
          key: standing,
          cells: [
            t(`reports.value-layers.standings.${standing}`),
            format.exact(people),
            <ShareOf key="share" part={people} of={report.people} />,
            format.money(margin, report.currency),
            format.money(brought, report.currency),
          ],
        }))}
      />
    </>
  );
}

function Moved({ report }: { report: LayersReport }) {
  const { t } = useTranslation('insight');
  const { change } = useQuestion();
  const format = useFormat();
  const { days, moves } = report.moved;
  const count = (from: string, to: string) =>
    moves.filter((move) => move.from === from && move.to === to).reduce((all, { people }) => all + people, 0);
  const sum = (of: (from: number, to: number) => boolean) =>
    format.exact(
      moves
        .filter(({ from, to }) => from !== 'new' && to !== 'gone')
        .filter(({ from, to }) => of(ranks.indexOf(from as Standing), ranks.indexOf(to as Standing)))
        .reduce((all, { people }) => all + people, 0),
    );
  const all = (side: 'from' | 'to', name: string) =>
    format.exact(moves.filter((move) => move[side] === name).reduce((n, { people }) => n + people, 0));
  const [rows, columns] = [['new', ...ranks] as const, [...ranks, 'gone'] as const];
  return (
    <Section
      title={t('reports.value-layers.moved')}
      note={t('reports.value-layers.movedNote', { days })}
      actions={
        <span className="flex items-center gap-2 text-s">
          <WordNumber
            label={t('reports.value-layers.before')}
            value={days}
            whole
            onChange={(value) => value && value <= 366 && change({ moved: String(value) })}
          />
          {t('reports.value-layers.before')}
        </span>
      }
    >
      <p className="mb-3 max-w-[68ch]">
        {t('reports.value-layers.movedAnswer', {
          up: sum((from, to) => to > from),
          down: sum((from, to) => to < from),
          same: sum((from, to) => to === from),
          new: all('from', 'new'),
          gone: all('to', 'gone'),
        })}
      </p>
      <Rows
        label={t('reports.value-layers.moved')}
        head={[
          t('reports.value-layers.was'),
          ...columns.map((name) => t(`reports.value-layers.standings.${name}`)),
        ]}
        rows={rows.map((from) => ({
          key: from,
          cells: [
            t(`reports.value-layers.standings.${from}`),
            ...columns.map((to) => {
              if (from === 'new' && to === 'gone') return '';
              const people = count(from, to);
              return format.exact(people);
            }),
          ],
        }))}
      />
    </Section>
  );
}

function Layer({ layer }: { layer: LayersReport['layers'][number] }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const one = (value: number) => format.exact(Math.round(value * 10) / 10);
  const name = t(`reports.value-layers.layers.${layer.layer}`);
  return (
    <Section title={name} note={t(`reports.value-layers.layerNotes.${layer.layer}`)}>
      <div className="grid gap-8 lg:grid-cols-2">
        <Picture
          kind="bar"
          title={t('reports.value-layers.scores')}
          summary={t('reports.value-layers.scoresSummary', {
            people: format.exact(layer.people),
            mean: one(layer.mean),
          })}
          by={t('reports.value-layers.score')}
          categories={layer.scores.map((_, i) => (i === 0 ? '0' : `${i * 10 - 9}–${i * 10}`))}
          series={[{ name: t('reports.value-layers.people'), values: layer.scores }]}
        />
        <div>
          <h3 className="mb-2 font-semibold">{t('reports.value-layers.made')}</h3>
          <Rows
            label={`${name}: ${t('reports.value-layers.made')}`}
            head={['part', 'weight', 'having', 'mean'].map((head) =>
              t(`reports.value-layers.${head as 'part'}`),
            )}
            rows={layer.parts.map(({ part, weight, people, mean }) => ({
              key: part,
              cells: [
                t(`reports.value-layers.parts.${part as 'money'}`),
                format.percent(weight),
                format.exact(people),
                one(mean),
              ],
            }))}
          />
        </div>
      </div>
    </Section>
  );
}
