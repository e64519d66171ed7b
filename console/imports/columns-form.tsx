import { useTranslation } from 'react-i18next';
import type { Guess } from '../api/types.ts';
import { type Choice, type Choices, Input, Select } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { useWordsOr } from '../words/words-or.ts';
import type { Loose } from './mapping-text.ts';
import {
  columnsOf,
  fieldName,
  identifierKinds,
  orderFields,
  part,
  productFields,
  type Role,
  roleOf,
  type Use,
  usesOf,
  withRole,
} from './roles.ts';

type Column = Guess['columns'][number];

/** Every column of the file: what it seems to hold, and what it becomes. */
export function ColumnsForm(props: { record: Loose; guess: Guess; onChange: (next: Loose) => void }) {
  const { t } = useTranslation('imports');
  const { record, guess, onChange } = props;
  if (guess.columns.length === 0) return null;
  return (
    <section aria-label={t('columns.title')} className="pb-6">
      <h3 className="font-semibold">{t('columns.title')}</h3>
      <ul className="mt-2">
        {guess.columns.map((column) => (
          <ColumnLine key={column.name} column={column} record={record} onChange={onChange} />
        ))}
      </ul>
    </section>
  );
}

function ColumnLine({
  column,
  record,
  onChange,
}: {
  column: Column;
  record: Loose;
  onChange: (next: Loose) => void;
}) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const looks = useLooks();
  const wordsOf = useUseWords();
  const uses = usesOf(record, column.name);
  const role = roleOf(uses);
  const facts = {
    name: column.name,
    kind: column.kind,
    timeFormat: column.time_format,
    examples: column.examples,
  };
  const [as = '', field = ''] = role.split(/:(.*)/s);
  const isNamed =
    (as === 'property' && !(orderFields as readonly string[]).includes(field)) || as === 'trait';
  // What it is for besides: an amount is a product's price, and counts for the total.
  const others = uses.filter((use) => roleOf([use]) !== role);
  return (
    <li className="grid grid-cols-1 gap-x-4 gap-y-2 border-line border-b py-3 sm:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium break-all">{column.name}</span>
          <span className="text-s text-quiet">{looks(column)}</span>
          {column.filled < 0.995 && (
            <span className="text-s text-quiet">
              {t('columns.filled', { percent: format.percent(column.filled) })}
            </span>
          )}
        </p>
        <p className="truncate text-s text-quiet" title={column.examples.join(' · ')}>
          {column.examples.join(' · ')}
        </p>
      </div>
      <div className="grid min-w-0 content-start gap-2">
        <Select
          label={t('columns.becomes', { column: column.name })}
          hideLabel
          value={isNamed ? as : role}
          onChange={(event) => onChange(withRole(record, facts, roleFor(event.target.value, column.name)))}
          choices={useChoices(record, as, role)}
        />
        {isNamed && (
          <Input
            label={t('columns.field', { column: column.name })}
            hideLabel
            value={field}
            onChange={(event) =>
              onChange(renamed(record, as === 'trait' ? 'traits' : 'properties', field, event.target.value))
            }
          />
        )}
        {others.length > 0 && (
          <p className="text-s text-quiet">{t('columns.also', { uses: others.map(wordsOf).join(', ') })}</p>
        )}
      </div>
    </li>
  );
}

function roleFor(chosen: string, column: string): Role {
  return chosen === 'property' || chosen === 'trait' ? `${chosen}:${fieldName(column)}` : chosen;
}

/** The same value under another name, at the same place. */
function renamed(record: Loose, name: string, from: string, to: string): Loose {
  const fields = part(record, name);
  if (to in fields) return record;
  return {
    ...record,
    [name]: Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key === from ? to : key, value]),
    ),
  };
}

/** What a column seems to hold, in the reader's language. */
function useLooks(): (column: Column) => string {
  const { t } = useTranslation('imports');
  return ({ role, kind }) => (role === 'other' ? t(`kind.${kind}`) : t(`looks.${role}`));
}

function useUseWords(): (use: Use) => string {
  const wordsOr = useWordsOr('imports');
  return ({ as, field }) => {
    const whole = as === 'time' || as === 'order' || as === 'event' ? as : `${as}.${field}`;
    return wordsOr(`uses.${whole}`, field);
  };
}

function useChoices(record: Loose, as: string, role: Role): (Choice | Choices)[] {
  const { t } = useTranslation('imports');
  const wordsOf = useUseWords();
  const { t: people } = useTranslation('people');
  const isPerson = record.record === 'identify';
  const own = Object.keys(part(record, 'identifiers')).filter(
    (kind) => !(identifierKinds as readonly string[]).includes(kind),
  );
  const kinds = [
    ...identifierKinds.map((kind) => ({ value: `identifier:${kind}`, label: people(`one.kinds.${kind}`) })),
    ...own.map((kind) => ({ value: `identifier:${kind}`, label: kind })),
  ];
  const orders: Choice[] = [
    { value: 'order', label: t('uses.order') },
    ...orderFields.map((field) => ({ value: `property:${field}`, label: t(`uses.property.${field}`) })),
    { value: 'sum:total', label: t('uses.sum.total') },
  ];
  const inUse = Object.keys(part(record, 'products'));
  const fields = [...new Set<string>([...productFields, ...inUse])];
  const choices: (Choice | Choices)[] = [
    { value: '', label: t('columns.unused') },
    { value: 'time', label: t('uses.time') },
    { label: t('columns.who'), choices: kinds },
    ...(isPerson
      ? [{ value: 'trait', label: t('columns.trait') }]
      : [
          { label: t('columns.order'), choices: orders },
          {
            label: t('columns.product'),
            choices: fields.map((field) => ({
              value: `product:${field}`,
              label: wordsOf({ as: 'product', field }),
            })),
          },
          { value: 'event', label: t('uses.event') },
          { value: 'property', label: t('columns.property') },
        ]),
  ];
  const all = choices.flatMap((one) => ('choices' in one ? one.choices : [one]));
  // What only the text can say is shown, and may be changed into something simpler.
  if (!all.some((one) => one.value === role || one.value === as)) {
    choices.push({ value: role, label: columnsOf(role.split(':')[1] ?? role).join('') });
  }
  return choices;
}
