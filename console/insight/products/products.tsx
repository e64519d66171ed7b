import { useTranslation } from 'react-i18next';
import type { ProductsReport } from '#schema/insight/products';
import { useFormat } from '../../kit/format.ts';
import { Section } from '../../kit/page.tsx';
import { Picture } from '../../kit/picture.tsx';
import { Rows } from '../../kit/rows.tsx';
import { ShareOf } from '../../kit/share-of.tsx';
import { Choice } from '../choice.tsx';
import { useQuestion } from '../question.ts';
import { ReportPage } from '../report-page.tsx';
import { useSentences } from '../sentences.ts';

const mostInPicture = 8;

/** What is bought together, again, next, and brought back. */
export default function ProductsPage() {
  const { t } = useTranslation('insight');
  const { address, change } = useQuestion('90d');
  return (
    <ReportPage<ProductsReport>
      name="products"
      usual="90d"
      own={{ by: address.by, sort: address.sort }}
      controls={
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <Choice
            label={t('reports.products.by')}
            value={address.by ?? 'product'}
            usual="product"
            choices={[
              { value: 'product', label: t('reports.products.product') },
              { value: 'category', label: t('reports.products.category') },
            ]}
            onChange={(by) => change({ by })}
          />
          <Choice
            label={t('reports.products.sort')}
            value={address.sort ?? 'lift'}
            usual="lift"
            choices={[
              { value: 'lift', label: t('reports.products.byLift') },
              { value: 'orders', label: t('reports.products.byOrders') },
            ]}
            onChange={(sort) => change({ sort })}
          />
        </div>
      }
      isEmpty={({ baskets }) => baskets === 0}
      answer={({ result }) => <Answer report={result} />}
    >
      {({ result }) => (
        <>
          <Section
            title={t('reports.products.together')}
            note={t('reports.products.togetherNote', { least: result.least })}
          >
            {result.pairs.length === 0 ? (
              <p className="text-quiet">{t('reports.products.noPairs', { least: result.least })}</p>
            ) : (
              <>
                <ProductsPicture report={result} />
                <Pairs report={result} />
              </>
            )}
          </Section>
          <Section title={t('reports.products.again')} note={t('reports.products.againNote')}>
            <Products report={result} />
          </Section>
          {result.ladder.length > 0 && (
            <Section title={t('reports.products.ladder')} note={t('reports.products.ladderNote')}>
              <Ladder report={result} />
            </Section>
          )}
        </>
      )}
    </ReportPage>
  );
}

/** Products by their id, as people know them. */
function namesOf({ products }: ProductsReport): (id: string) => string {
  const names = new Map(products.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

function Answer({ report }: { report: ProductsReport }) {
  const { t } = useTranslation('insight');
  const joined = useSentences();
  const format = useFormat();
  const nameOf = namesOf(report);
  const sure = report.pairs.find(({ chance, lift }) => chance === 'not-chance' && lift > 1);
  const sentences = [
    t('reports.products.answer', { count: report.baskets, orders: format.exact(report.baskets) }),
    sure
      ? t('reports.products.answerPair', {
          a: nameOf(sure.a),
          b: nameOf(sure.b),
          share: format.percent(sure.confidence),
          lift: format.exact(Math.round(sure.lift * 10) / 10),
        })
      : t('reports.products.answerNone'),
  ];
  return <p>{joined(sentences)}</p>;
}

export function ProductsPicture({ report }: { report: ProductsReport }) {
  const { t } = useTranslation('insight');
  const nameOf = namesOf(report);
  const shown = report.pairs.slice(0, mostInPicture);
  return (
    <Picture
      title={t('reports.products.together')}
      summary={t('reports.products.pictureSays')}
      by={t('reports.products.pair')}
      kind="bar"
      categories={shown.map(({ a, b }) => `${nameOf(a)} + ${nameOf(b)}`)}
      series={[
        { name: t('reports.products.lift'), values: shown.map(({ lift }) => Math.round(lift * 100) / 100) },
      ]}
    />
  );
}

function Pairs({ report }: { report: ProductsReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = namesOf(report);
  return (
    <Rows
      label={t('reports.products.together')}
      texts={2}
      head={[
        t('reports.products.who'),
        t('reports.products.with'),
        t('reports.products.orders'),
        t('reports.products.confidence'),
        t('reports.products.back'),
        t('reports.products.lift'),
        t('reports.products.chance'),
      ]}
      rows={report.pairs.slice(0, 50).map((pair) => ({
        key: `${pair.a} ${pair.b}`,
        cells: [
          nameOf(pair.a),
          nameOf(pair.b),
          format.exact(pair.orders),
          format.percent(pair.confidence),
          format.percent(pair.confidence_back),
          format.exact(Math.round(pair.lift * 100) / 100),
          t(`reports.products.verdict.${pair.chance}`),
        ],
      }))}
    />
  );
}

function Products({ report }: { report: ProductsReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  return (
    <Rows
      label={t('reports.products.again')}
      head={[
        t(`reports.products.${report.by}`),
        t('reports.products.orders'),
        t('reports.products.buyers'),
        t('reports.products.repeat'),
        t('reports.products.returned'),
      ]}
      rows={report.products.slice(0, 50).map(({ id, name, orders, buyers, repeat, returned }) => ({
        key: id,
        cells: [
          name,
          format.exact(orders),
          format.exact(buyers),
          <ShareOf key="repeat" part={repeat.part} of={repeat.of} />,
          <ShareOf key="returned" part={returned.part} of={returned.of} />,
        ],
      }))}
    />
  );
}

function Ladder({ report }: { report: ProductsReport }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const nameOf = namesOf(report);
  return (
    <Rows
      label={t('reports.products.ladder')}
      isLastText
      head={[
        t('reports.products.first'),
        t('reports.products.people'),
        t('reports.products.second'),
        t('reports.products.next'),
      ]}
      rows={report.ladder.map(({ first, people, again, next }) => ({
        key: first,
        cells: [
          nameOf(first),
          format.exact(people),
          <ShareOf key="again" part={again} of={people} />,
          next
            .slice(0, 3)
            .map((one) => `${nameOf(one.second)} (${format.exact(one.people)})`)
            .join(', ') || '–',
        ],
      }))}
    />
  );
}
