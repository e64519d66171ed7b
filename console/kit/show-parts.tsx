import { Coffee, Footprints, Save, ShoppingBag, Sprout, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { Button } from './button.tsx';
import { Code } from './code.tsx';
import { TypeToConfirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { DropZone } from './drop-zone.tsx';
import { Input, Select, Switch, TextArea } from './field.tsx';
import { useFormat } from './format.ts';
import { Menu } from './menu.tsx';
import { Section } from './page.tsx';
import { PersonChip } from './person-chip.tsx';
import { SecretOnce } from './secret-once.tsx';
import { EmptyState, ErrorState, Skeleton } from './states.tsx';
import { Tag } from './tag.tsx';
import { Timeline } from './timeline.tsx';
import { useTell } from './toast.tsx';

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
const people = ['Ann Birch', '浩然 周', 'Mo', '雪 赵', 'Ines Río', 'Kit Fern', 'Lee Ash'].map(
  (name, index) => ({
    id: `019aa0b1-0000-7000-8000-00000000000${index + 1}`,
    name,
  }),
);

export function ShowGround() {
  const { t } = useTranslation('kit');
  return (
    <>
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
    </>
  );
}

export function ShowForms() {
  const { t } = useTranslation('kit');
  const tell = useTell();
  const [isLive, setLive] = useState(true);
  const [open, setOpen] = useState<'dialog' | 'erase' | null>(null);
  return (
    <>
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
          <TextArea label={t('show.note')} rows={2} className="resize-y" />
        </div>
        <div className="mt-6 max-w-2xl">
          <DropZone label={t('show.drop')} hint={t('show.dropHint')} onFile={(file) => tell(file.name)} />
        </div>
      </Section>
      <Section title={t('show.over')}>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setOpen('dialog')}>{t('show.dialog')}</Button>
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
          <Button look="danger" onClick={() => setOpen('erase')}>
            {t('show.erase')}
          </Button>
        </div>
        <Dialog
          open={open === 'dialog'}
          onClose={() => setOpen(null)}
          title={t('show.dialog')}
          note={t('show.dialogNote')}
        >
          <Input label={t('show.name')} />
        </Dialog>
        {open === 'erase' && (
          <TypeToConfirm
            title={t('show.erase')}
            note={t('show.eraseNote')}
            name="Leith"
            verb={t('show.danger')}
            busy={false}
            error={null}
            onClose={() => setOpen(null)}
            onConfirm={() => {
              setOpen(null);
              tell(t('show.danger'));
            }}
            icon={Trash2}
          />
        )}
      </Section>
    </>
  );
}

export function ShowStates() {
  const { t } = useTranslation('kit');
  const [isSecret, setSecret] = useState(false);
  const tell = useTell();
  const format = useFormat();
  const day = (n: number) => format.day(`2026-11-0${n}T12:00:00Z`);
  const moments = [
    { id: '1', day: day(7), time: '14:02', icon: ShoppingBag, isGold: true, title: t('show.bought') },
    { id: '2', day: day(7), time: '13:40', icon: Footprints, title: t('show.visited') },
    { id: '3', day: day(6), time: '09:15', icon: Coffee, title: t('show.visited') },
  ];
  return (
    <>
      <Section title={t('show.timeline')}>
        <Timeline moments={moments.map((moment) => ({ ...moment, zone: 'UTC' }))} />
      </Section>
      <Section title={t('show.code')}>
        <Code label={t('show.code')} text={'curl -u WRITE_KEY: https://pando.example/v1/track'} />
        <Button className="mt-3" onClick={() => setSecret(true)}>
          {t('show.secretOnce')}
        </Button>
        {isSecret && (
          <SecretOnce
            title={t('show.secretOnce')}
            note={t('show.secretNote')}
            label={t('show.secretOnce')}
            secret="whsec_c2hvd24gb25jZQ=="
            example={{ label: t('show.code'), text: 'curl -H "Authorization: Bearer ..."' }}
            onClose={() => setSecret(false)}
          />
        )}
      </Section>
      <Section title={t('show.states')}>
        <EmptyState icon={Sprout} title={t('show.emptyTitle')} why={t('show.emptyWhy')} />
        <Skeleton />
        <ErrorState error={new Problem(0, {})} onRetry={() => tell(t('retry'))} />
      </Section>
    </>
  );
}
