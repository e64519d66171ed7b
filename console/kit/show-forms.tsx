import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import Type from 'typebox';
import { Button } from './button.tsx';
import { Code } from './code.tsx';
import { TypeToConfirm } from './confirm.tsx';
import { Input } from './field.tsx';
import { ListField } from './list-field.tsx';
import { useMistakes } from './mistakes.ts';
import { Section } from './page.tsx';
import { Pick } from './pick.tsx';
import { Sparkline } from './sparkline.tsx';
import { useTell } from './toast.tsx';
import { WordInput, WordNumber, WordSelect } from './word.tsx';

const Days = Type.Object({ days: Type.Integer({ minimum: 1, maximum: 720 }) });

/** What forms are made of beyond plain fields: lists, mistakes by a schema, and a name typed before the irrevocable. */
export function ShowMistakes() {
  const { t } = useTranslation('kit');
  const tell = useTell();
  const mistakesOf = useMistakes();
  const [values, setValues] = useState(['Product Viewed', 'Order Completed', 'Content Shared']);
  const [days, setDays] = useState(0);
  const [chosen, setChosen] = useState<string[]>([]);
  const [text, setText] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title={t('show.forms')} note={t('show.formsNote')}>
      <div className="grid max-w-2xl gap-5">
        <ListField
          label={t('show.list')}
          hint={t('show.listHint')}
          values={values}
          refuse={(text) => (text.length > 40 ? t('mistake.maxLength', { count: 40 }) : undefined)}
          onChange={setValues}
        />
        <Input
          label={t('show.dayCount')}
          type="number"
          value={Number.isNaN(days) ? '' : days}
          error={mistakesOf(Days, { days }).get('/days')}
          onChange={(event) => setDays(event.target.valueAsNumber)}
        />
        <p className="flex flex-wrap items-center gap-2">
          <Pick
            label={t('show.list')}
            missing={t('show.choose')}
            several
            value={chosen}
            options={values.map((value) => ({ value, label: value }))}
            typed={(one) => ({ value: one, label: one })}
            onChange={setChosen}
          />
          <WordSelect
            label={t('show.list')}
            value={values[0] ?? ''}
            choices={values.map((value) => ({ value, label: value }))}
            onChange={(value) => setValues([value, ...values.filter((one) => one !== value)])}
          />
          <WordNumber label={t('show.dayCount')} whole value={days} onChange={(next) => setDays(next ?? 0)} />
          <WordInput label={t('show.choose')} value={text} onChange={setText} />
          <Sparkline values={[3, 4, 4, 7, 6, 9, 12]} label={t('show.dayCount')} />
        </p>
        <Code label={t('show.secret')} text="sk_0123456789abcdefghijklmnopqrstuvwxyz0123456789" wrap />
        <div>
          <Button look="danger" icon={Trash2} onClick={() => setAsking(true)}>
            {t('show.danger')}
          </Button>
        </div>
      </div>
      {isAsking && (
        <TypeToConfirm
          title={t('show.confirm')}
          note={t('show.confirmNote')}
          name="Leith"
          verb={t('show.danger')}
          icon={Trash2}
          busy={false}
          error={null}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            tell(t('show.danger'));
          }}
        />
      )}
    </Section>
  );
}
