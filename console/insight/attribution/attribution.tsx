import { useTranslation } from 'react-i18next';
import type { AttributionReport, Model } from '#schema/insight/attribution';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { fewPeople } from '../../kit/share-of.tsx';
import { Choice } from '../choice.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';
import { ByTouch, useChannelName } from './touch.tsx';

const models: readonly Model[] = ['first', 'last', 'linear', 'position', 'decay', 'markov', 'shapley'];
const mostShown = 7;

/** Orders handed out to the touches on the way to them, by seven models side by side. */
export default function AttributionPage() {
  const { t } = useTranslation('insight');
  const { address, change } = useQuestion();
  const own = { by: address.by, window: address.window };
  return (
    <ReportPage<AttributionReport>
      name="attribution"
      own={own}
      controls={
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <ByTouch />
          <Choice
            label={t('reports.attribution.window')}
            value={address.window ?? '30'}
            usual="30"
            choices={['7', '30', '90'].map((days) => ({
              value: days,
              label: t('reports.attribution.days', { days }),
            }))}
            onChange={(window) => change({ window })}
          />
        </div>
      }
      isEmpty={({ orders, orders_without_touch, paths_without_order }) =>
        orders + orders_without_touch + paths_without_order === 0
      }
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Section title={t('reports.attribution.models')} note={t('reports.attribution.modelsNote')}>
            <AttributionPicture report={result} />
          </Section>
          <Section title={t('reports.attribution.exactly')} note={t('reports.attribution.exactlyNote')}>
            <Credits report={result} />
          </Section>
          <Section title={t('reports.attribution.crossing')} note={t('reports.attribution.crossingNote')}>
            <Crossing report={result} />
          </Section>
        </>
      )}
    </ReportPage>
  );
}

function Answer({ report }: { report: AttributionReport }) {
  const { t } = useTranslation('insight');
  const joined = useSentences();
  const format = useFormat();
  const nameOf = useChannelName();
  const { orders, orders_without_touch, names } = report;
  if (orders === 0) return <p>{t('reports.attribution.noOrders')}</p>;
  const most = (model: Model) =>
    names
      .map(({ name, models: own }) => ({ name, credit: own.find((one) => one.model === model)?.orders ?? 0 }))
      .sort((a, b) => b.credit - a.credit)[0];
  const [last, markov] = [most('last'), most('markov')];
  const sentences = [
    t('reports.attribution.answer', {
      count: orders,
      orders: format.exact(orders),
      without: format.exact(orders_without_touch),
    }),
    last &&
      t('reports.attribution.mostLast', {
        name: nameOf(last.name),
        share: format.percent(last.credit / orders),
      }),
    markov &&
      t('reports.attribution.mostMarkov', {
        name: nameOf(markov.name),
        share: format.percent(names.find(({ name }) => name === markov.name)?.removal ?? 0),
      }),
    orders < fewPeople && t('reports.attribution.few'),
  ];
  return <p>{joined(sentences)}</p>;
}

export function AttributionPicture({ report }: { report: AttributionReport }) {
  const { t } = useTranslation('insight');
  const nameOf = useChannelName();
  const shown = report.names.slice(0, mostShown);
  return (
    <Picture
      title={t('reports.attribution.title')}
      summary={t('reports.attribution.pictureSays', { shown: shown.length, all: report.names.length })}
      by={t('reports.attribution.name')}
      kind="bar"
      categories={shown.map(({ name }) => nameOf(name))}
      series={models.map((model) => ({
        name: t(`reports.attribution.model.${model}`),
        values: shown.map(({ models: own }) => own.find((one) => one.model === model)?.orders ?? 0),
      }))}
    />
  );
}

/** Every model's orders and money, with how sure the orders are. */
function Credits({ report }: { report: AttributionReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = useChannelName();
  const currencies = Object.keys(report.revenue);
  return (
    <Rows
      label={t('reports.attribution.exactly')}
      head={[
        t('reports.attribution.name'),
        t('reports.attribution.touched'),
        t('reports.attribution.removal'),
        ...models.map((model) => t(`reports.attribution.model.${model}`)),
      ]}
      rows={report.names.map(({ name, touched, removal, models: own }) => ({
        key: name,
        cells: [
          nameOf(name),
          <span key="touched" className={touched < fewPeople ? 'text-quiet italic' : undefined}>
            {format.exact(touched)}
            {touched < fewPeople && <sup aria-hidden="true">*</sup>}
          </span>,
          format.percent(removal),
          ...models.map((model) => {
            const one = own.find((found) => found.model === model);
            if (!one) return '–';
            return (
              <span key={model} className="grid">
                <span>{format.exact(one.orders)}</span>
                {one.low !== null && one.high !== null && (
                  <span className="text-s text-quiet">
                    {format.compact(Math.round(one.low))}–{format.compact(Math.round(one.high))}
                  </span>
                )}
                {currencies.map((currency) => (
                  <span key={currency} className="text-s text-quiet">
                    {format.money(one.revenue[currency] ?? '0', currency)}
                  </span>
                ))}
              </span>
            );
          }),
        ],
      }))}
    />
  );
}

const lookedAt = ['online', 'store', 'both', 'nowhere'] as const;

function Crossing({ report }: { report: AttributionReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  return (
    <Rows
      label={t('reports.attribution.crossing')}
      head={[
        t('reports.attribution.bought'),
        ...lookedAt.map((looked) => t(`reports.attribution.looked.${looked}`)),
      ]}
      rows={(['online', 'store'] as const).map((bought) => {
        const own = report.crossing.filter((one) => one.bought === bought);
        const all = own.reduce((sum, { orders }) => sum + orders, 0);
        return {
          key: bought,
          cells: [
            t(`reports.attribution.boughtAt.${bought}`),
            ...lookedAt.map((looked) => {
              const one = own.find((found) => found.looked === looked);
              return (
                <span key={looked} className="grid">
                  <span>
                    {format.exact(one?.orders ?? 0)}
                    {all > 0 && (
                      <span className="ml-2 text-s text-quiet">
                        {format.percent((one?.orders ?? 0) / all)}
                      </span>
                    )}
                  </span>
                  {format.sums(one?.revenue ?? {}).map((sum) => (
                    <span key={sum} className="text-s text-quiet">
                      {sum}
                    </span>
                  ))}
                </span>
              );
            }),
          ],
        };
      })}
    />
  );
}
