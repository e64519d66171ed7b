import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAddress } from './address.ts';
import { Button } from './button.tsx';
import { Computed } from './computed.tsx';
import { type Filter, FilterBar } from './filter-bar.tsx';
import { useFormat } from './format.ts';
import { NumberWithChange } from './number-with-change.tsx';
import { Section } from './page.tsx';
import { Picture } from './picture.tsx';
import { Progress } from './progress.tsx';
import { RollingNumber } from './rolling-number.tsx';
import { Rows } from './rows.tsx';
import { Segmented } from './segmented.tsx';
import { ShareOf } from './share-of.tsx';
import { Steps } from './steps.tsx';
import { type Column, Table } from './table.tsx';
import { Tabs } from './tabs.tsx';
import { Tag } from './tag.tsx';
import { useTell } from './toast.tsx';

export function ShowWays() {
  const { t } = useTranslation('kit');
  const [step, setStep] = useState('mapping');
  const [side, setSide] = useState<'who' | 'what'>('who');
  const [density, setDensity] = useState<'roomy' | 'tight'>('roomy');
  const [address, change] = useAddress();
  const filters: Filter[] = [
    {
      name: 'kind',
      label: t('show.kind'),
      kind: 'choice',
      choices: [
        { value: 'web', label: t('show.web') },
        { value: 'till', label: t('show.till') },
      ],
    },
    { name: 'seen', label: t('show.seen'), kind: 'day' },
    { name: 'city', label: t('show.city'), kind: 'text' },
    {
      name: 'trait',
      label: t('show.trait'),
      kind: 'pair',
      first: t('show.trait'),
      second: t('show.traitValue'),
      known: ['city', 'plan'],
    },
  ];
  return (
    <>
      <Section title={t('show.way')}>
        <div className="grid max-w-2xl gap-6">
          <Steps
            label={t('show.way')}
            at={step}
            onBack={setStep}
            steps={[
              { id: 'file', title: t('show.stepFile') },
              { id: 'mapping', title: t('show.stepMapping') },
              { id: 'go', title: t('show.stepGo') },
            ]}
          />
          <Progress label={t('show.progress')} done={0.62} />
          <Progress label={t('show.waiting')} done={null} />
          <div className="flex">
            <Segmented
              label={t('show.density')}
              value={density}
              onChange={setDensity}
              choices={[
                { value: 'roomy', label: t('show.roomy') },
                { value: 'tight', label: t('show.tight') },
              ]}
            />
          </div>
          <Tabs
            label={t('show.way')}
            value={side}
            onChange={setSide}
            tabs={[
              { id: 'who', title: t('show.sideWho'), content: <p>{t('show.sideText')}</p> },
              { id: 'what', title: t('show.sideWhat'), content: <p>{t('show.otherText')}</p> },
            ]}
          />
        </div>
      </Section>
      <Section title={t('show.filters')} note={t('show.filtersNote')}>
        <FilterBar filters={filters} value={address} onChange={change} />
      </Section>
    </>
  );
}

export function ShowFigures() {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const [people, setPeople] = useState(1_284_098);
  const days = useMemo(
    () => [1, 2, 3, 4, 5, 6, 7].map((n) => format.day(`2026-11-0${n}T12:00:00Z`)),
    [format],
  );
  const series = useMemo(
    () => [
      { name: t('show.before'), values: [34, 31, 40, 38, 52, 61, 48], isBefore: true },
      { name: t('show.now'), values: [33, 39, 44, 47, 60, 74, 58] },
    ],
    [t],
  );
  const shops = useMemo(
    () =>
      Array.from({ length: 9 }, (_, n) => ({
        name: t('show.shop', { n: n + 1 }),
        values: days.map((_, day) => 20 + n * 11 + ((day * (n + 3) * 7) % 17)),
      })),
    [t, days],
  );
  const week = useMemo(() => ['1', '2'].map((n) => format.day(`2026-11-0${n}T12:00:00Z`)), [format]);
  return (
    <>
      <Section title={t('show.figures')}>
        <dl className="grid grid-cols-2 gap-6 sm:grid-cols-4">
          <NumberWithChange label={t('show.people')} value={1_284_031} before={1_190_220} />
          <NumberWithChange label={t('show.buyers')} value={2140} before={2390} />
          <NumberWithChange label={t('show.repeat')} as="share" value={0.271} before={0.27} sample={2140} />
          <NumberWithChange label={t('show.buyers')} value={7} before={5} />
        </dl>
        <div className="mt-4 flex flex-wrap items-center gap-4">
          <span className="text-xl font-semibold">
            <RollingNumber text={format.exact(people)} />
          </span>
          <Button onClick={() => setPeople(people + 1)}>{t('show.roll')}</Button>
        </div>
        <div className="mt-4 max-w-xl">
          <Rows
            label={t('show.figures')}
            head={[t('show.people'), t('show.buyers'), t('show.repeat')]}
            onPhone={2}
            rows={[1, 2].map((n) => ({
              key: String(n),
              cells: [
                t('show.shop', { n }),
                format.exact(1180 * n),
                <ShareOf key="share" part={9 * n} of={20 * n} />,
              ],
            }))}
          />
        </div>
        <div className="mt-4">
          <Computed
            definition={t('show.repeatDefinition')}
            query={'select countIf(orders > 1) / count()\nfrom buyers'}
          />
        </div>
      </Section>
      <Section title={t('show.pictures')}>
        <div className="grid gap-8">
          <Picture
            title={t('show.ordersTitle')}
            by={t('show.day')}
            kind="bar"
            categories={days}
            series={series}
            summary={t('show.summary')}
          />
          <Picture
            title={t('show.ordersTitle')}
            by={t('show.day')}
            kind="line"
            categories={days}
            series={series}
            summary={t('show.summary')}
          />
          <Picture
            title={t('show.manyTitle')}
            by={t('show.day')}
            kind="bar"
            categories={week}
            series={shops}
            summary={t('show.many')}
          />
          <Picture
            title={t('show.manyTitle')}
            by={t('show.day')}
            kind="line"
            categories={days}
            series={shops}
            summary={t('show.many')}
          />
        </div>
      </Section>
    </>
  );
}

interface Order {
  id: number;
  customer: string;
  isPaid: boolean;
  total: number;
}

const customers = ['Ann Birch', '周浩然', 'Mo', '赵雪', 'Ines Río', 'Kit Fern', 'Lee Ash'];

export function ShowTable() {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const tell = useTell();
  const [address, change] = useAddress();
  const rows = useMemo<Order[]>(
    () =>
      Array.from({ length: 100_000 }, (_, n) => ({
        id: n + 1,
        customer: customers[(n * 31) % customers.length] ?? '',
        isPaid: n % 3 !== 0,
        total: (n * 7919) % 20_011,
      })),
    [],
  );
  const columns: Column<Order>[] = [
    {
      id: 'id',
      title: t('show.order'),
      shown: 'always',
      sortable: true,
      value: (row) => row.id,
      cell: (row) => `R-${row.id}`,
    },
    {
      id: 'customer',
      title: t('show.customer'),
      width: '2fr',
      sortable: true,
      value: (row) => row.customer,
      cell: (row) => row.customer,
    },
    {
      id: 'status',
      title: t('show.status'),
      width: '96px',
      shown: 'asked',
      sortable: true,
      value: (row) => t(row.isPaid ? 'show.paid' : 'show.open'),
      cell: (row) => (
        <Tag tone={row.isPaid ? 'good' : 'gold'}>{t(row.isPaid ? 'show.paid' : 'show.open')}</Tag>
      ),
    },
    {
      id: 'total',
      title: 'GBP',
      sortable: true,
      align: 'end',
      value: (row) => row.total,
      cell: (row) => format.exact(row.total),
    },
  ];
  const { sort = '-total' } = address;
  return (
    <Section title={t('show.table')} note={t('show.tableNote')}>
      <div className="h-96">
        <Table
          label={t('show.table')}
          isBounded
          rows={rows}
          columns={columns}
          keyOf={(row) => String(row.id)}
          sort={{ by: sort.replace(/^-/, ''), down: sort.startsWith('-') }}
          onSort={({ by, down }) => change({ sort: `${down ? '-' : ''}${by}` })}
          sortsHere
          shown={address.columns?.split(',')}
          onShown={(ids) => change({ columns: ids?.join() })}
          filter={address.filter ?? ''}
          onFilter={(filter) => change({ filter })}
          exportAs="orders"
          actions={(chosen, done) => (
            <Button
              onClick={() => {
                const ids = chosen.slice(0, 5).map((row) => `R-${row.id}`);
                tell(t('show.toldChosen', { count: chosen.length, ids: ids.join(', ') }));
                done();
              }}
            >
              {t('show.tell')}
            </Button>
          )}
          empty={null}
        />
      </div>
    </Section>
  );
}
