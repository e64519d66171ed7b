import { Coffee, Footprints, Save, ShoppingBag, Sprout, Trash2 } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { DropZone } from './drop-zone.tsx';
import { Input, Select, Switch } from './field.tsx';
import { useFormat } from './format.ts';
import { Funnel } from './funnel.tsx';
import { HoldBar, useHold } from './hold.tsx';
import { Menu } from './menu.tsx';
import { NumberWithChange } from './number-with-change.tsx';
import { Page, Section } from './page.tsx';
import { DateRange, type Period } from './period.tsx';
import { PeriodMenu } from './period-menu.tsx';
import { PersonChip } from './person-chip.tsx';
import { Progress } from './progress.tsx';
import { ShowForms } from './show-forms.tsx';
import { EmptyState, ErrorState, Skeleton } from './states.tsx';
import { type Sort, Table } from './table.tsx';
import { Tag } from './tag.tsx';
import { Timeline } from './timeline.tsx';
import { useTell } from './toast.tsx';

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));
const swatches = [
  'bg-paper',
  'bg-raised',
  'bg-sunken',
  'bg-ink',
  'bg-quiet',
  'bg-gold',
  'bg-good',
  'bg-wrong',
  'bg-info',
];
const people = ['Ann Birch', '周浩然', 'Mo', '赵雪', 'Ines Río', 'Kit Fern', 'Lee Ash'].map(
  (name, index) => ({
    id: `019aa0b1-0000-7000-8000-00000000000${index + 1}`,
    name,
  }),
);

/** Every part that pages are made of, on one page. */
export default function Show() {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const tell = useTell();
  const [isOpen, setOpen] = useState(false);
  const [isLive, setLive] = useState(true);
  const hold = useHold();
  const [period, setPeriod] = useState<Period>('30d');
  const [sort, setSort] = useState<Sort>({ by: 'total', down: true });
  const rows = useMemo(() => {
    const list = Array.from({ length: 100_000 }, (_, n) => ({
      id: `R-${n + 1}`,
      total: (n * 7919) % 20_011,
    }));
    const by =
      sort.by === 'total'
        ? (row: (typeof list)[number]) => row.total
        : (row: (typeof list)[number]) => Number(row.id.slice(2));
    return list.sort((a, b) => (by(a) - by(b)) * (sort.down ? -1 : 1));
  }, [sort]);
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
  return (
    <Page
      title={t('show.title')}
      answer={t('show.answer')}
      actions={
        <>
          <PeriodMenu value={period} onChange={setPeriod} />
          <DateRange value={period} onChange={setPeriod} />
        </>
      }
    >
      <Section title={t('show.type')} note={t('show.typeText')}>
        <p className="text-xxl font-semibold">28 Pando 苔与壶</p>
        <p className="text-xl">23 Pando 苔与壶</p>
        <p className="text-l">19 Pando 苔与壶</p>
        <p>15 Pando 苔与壶</p>
        <p className="text-s">13 Pando 苔与壶 0123456789</p>
      </Section>
      <Section title={t('show.colours')}>
        <div className="flex flex-wrap gap-2">
          {swatches.map((name) => (
            <span key={name} title={name} className={`size-12 rounded-md border border-line ${name}`} />
          ))}
        </div>
        <div className="mt-4 flex flex-wrap gap-x-4 gap-y-2">
          {people.map((person) => (
            <PersonChip key={person.id} {...person} />
          ))}
        </div>
        <div className="mt-4 flex flex-wrap gap-2" title={t('show.tags')}>
          <Tag tone="good">{t('show.good')}</Tag>
          <Tag tone="wrong">{t('show.wrong')}</Tag>
          <Tag tone="gold">{t('show.gold')}</Tag>
          <Tag tone="info">{t('show.info')}</Tag>
        </div>
      </Section>
      <Section title={t('show.buttons')}>
        <div className="flex flex-wrap gap-2">
          <Button look="main" icon={Save}>
            {t('show.main')}
          </Button>
          <Button>{t('show.plain')}</Button>
          <Button look="quiet">{t('show.quiet')}</Button>
          <Button look="danger" icon={Trash2}>
            {t('show.danger')}
          </Button>
          <Button look="main" icon={Save} busy>
            {t('show.busy')}
          </Button>
        </div>
      </Section>
      <Section title={t('show.form')}>
        <div className="grid max-w-2xl gap-4 sm:grid-cols-2">
          <Input label={t('show.name')} hint={t('show.nameHint')} defaultValue="Leith" />
          <Input label={t('show.name')} error={t('show.nameError')} />
          <Select
            label={t('show.kind')}
            choices={[
              { value: 'web', label: t('show.web') },
              { value: 'till', label: t('show.till') },
            ]}
          />
          <Switch label={t('show.live')} note={t('show.liveNote')} checked={isLive} onChange={setLive} />
        </div>
        <div className="mt-6 grid max-w-2xl gap-6">
          <DropZone label={t('show.drop')} hint={t('show.dropHint')} onFile={(file) => tell(file.name)} />
          <Progress label={t('show.progress')} done={0.62} />
        </div>
      </Section>
      <ShowForms />
      <Section title={t('show.over')}>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setOpen(true)}>{t('show.dialog')}</Button>
          <Menu
            trigger={<Button>{t('show.menu')}</Button>}
            items={[
              { label: t('show.plain'), onChoose: () => tell(t('show.plain')) },
              { label: t('show.main'), chosen: true, onChoose: () => tell(t('show.main')) },
            ]}
          />
          <Button onClick={() => tell(t('show.toastText'), { undo: () => tell(t('show.undone')) })}>
            {t('show.toast')}
          </Button>
        </div>
        <Dialog
          open={isOpen}
          onClose={() => setOpen(false)}
          title={t('show.dialog')}
          note={t('show.dialogNote')}
        >
          <Input label={t('show.name')} />
        </Dialog>
      </Section>
      <Section title={t('show.figures')}>
        <dl className="grid grid-cols-2 gap-6 sm:grid-cols-4">
          <NumberWithChange
            label={t('show.people')}
            value={1_284_031}
            before={1_190_220}
            difference="not-chance"
          />
          <NumberWithChange label={t('show.buyers')} value={2140} before={2190} difference="may-be-chance" />
          <NumberWithChange label={t('show.repeat')} as="share" value={0.271} before={0.27} sample={2140} />
          <NumberWithChange label={t('show.buyers')} value={7} before={5} />
        </dl>
      </Section>
      <Section
        title={t('show.funnel')}
        actions={<HoldBar hold={hold} isLive waiting={hold.isHeld ? 3 : 0} />}
      >
        <div className="max-w-2xl" {...hold.rest}>
          <Funnel
            label={t('show.funnel')}
            steps={[
              { name: t('show.funnelSteps.looked'), reached: 12_408, atAll: 12_408 },
              { name: t('show.funnelSteps.bought'), reached: 2140, atAll: 2711 },
              { name: t('show.funnelSteps.shared'), reached: 96, atAll: 310 },
            ]}
          />
        </div>
      </Section>
      <Section title={t('show.pictures')} note={t('show.summary')}>
        <Suspense fallback={<Skeleton />}>
          <Chart kind="bar" categories={days} series={series} summary={t('show.summary')} />
          <Chart kind="line" categories={days} series={series} summary={t('show.summary')} />
        </Suspense>
      </Section>
      <Section title={t('show.table')} note={t('show.tableNote')}>
        <div className="h-80 overflow-hidden">
          <Table
            label={t('show.table')}
            rows={rows}
            keyOf={(row) => row.id}
            sort={sort}
            onSort={setSort}
            empty={null}
            columns={[
              { id: 'id', title: t('show.order'), sortable: true, cell: (row) => row.id },
              {
                id: 'total',
                title: 'GBP',
                sortable: true,
                align: 'end',
                cell: (row) => format.exact(row.total),
              },
            ]}
          />
        </div>
      </Section>
      <Section title={t('show.timeline')}>
        <Timeline
          moments={[
            {
              id: '1',
              day: days[6] ?? '',
              time: '14:02',
              zone: 'UTC',
              icon: ShoppingBag,
              isGold: true,
              title: t('show.bought'),
            },
            {
              id: '2',
              day: days[6] ?? '',
              time: '13:40',
              zone: 'UTC',
              icon: Footprints,
              title: t('show.visited'),
            },
            {
              id: '3',
              day: days[5] ?? '',
              time: '09:15',
              zone: 'UTC',
              icon: Coffee,
              title: t('show.visited'),
            },
          ]}
        />
      </Section>
      <Section title={t('show.states')}>
        <EmptyState icon={Sprout} title={t('show.emptyTitle')} why={t('show.emptyWhy')} />
        <Skeleton />
        <ErrorState error={new Problem(0, {})} onRetry={() => tell(t('retry'))} />
      </Section>
    </Page>
  );
}
