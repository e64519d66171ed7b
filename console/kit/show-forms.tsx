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
import { useTell } from './toast.tsx';

const Days = Type.Object({ days: Type.Integer({ minimum: 1, maximum: 720 }) });

/** What forms are made of beyond plain fields: lists, mistakes by a schema, and a name typed before the irrevocable. */
export function ShowMistakes() {
  const { t } = useTranslation('kit');
  const tell = useTell();
  const mistakesOf = useMistakes();
  const [values, setValues] = useState(['Product Viewed', 'Order Completed', 'Content Shared']);
  const [days, setDays] = useState(0);
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
