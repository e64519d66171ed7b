import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../kit/button.tsx';
import { Pick } from '../kit/pick.tsx';
import {
  type SeenField,
  useChannelOptions,
  useEventOptions,
  useFields,
  useSourceOptions,
} from './build-seen.ts';
import { TestWords } from './build-test.tsx';
import { isAnyEvent, isObject, type Json, matchOf, matchRule, oneOrMany, texts, tidy } from './rule.ts';
import { firstTest, testJson, valueFor } from './rule-test.ts';

interface Events {
  match: unknown;
  onChange: (match: unknown) => void;
}

/** Which events: by name, several of them, of a type, or any. */
export function EventWords({ match, onChange, label }: Events & { label: string }) {
  const { t } = useTranslation('segments');
  const options = useEventOptions();
  const parts = matchOf(match);
  const isAny = isAnyEvent(match);
  const value = isAny
    ? ['any']
    : [...parts.names.map((name) => `event:${name}`), ...parts.types.map((type) => `type:${type}`)];
  return (
    <Pick
      label={label}
      missing={t('build.event.missing')}
      several
      value={value}
      options={options}
      typed={(text) => ({ value: `event:${text}`, label: text })}
      labelOf={(one) => one.slice(one.indexOf(':') + 1)}
      onChange={(next) => {
        // Names, types, and any event exclude each other: what was chosen last holds.
        const last = next.find((one) => !value.includes(one)) ?? next[0] ?? '';
        if (last === 'any') return onChange(matchRule({ ...parts, names: [], types: [] }, true));
        const kind = last.slice(0, last.indexOf(':') + 1);
        const same = next.filter((one) => kind !== '' && one.startsWith(kind));
        const chosen = same.map((one) => one.slice(kind.length));
        const [names, types] = kind === 'type:' ? [[], chosen] : [chosen, []];
        onChange(matchRule({ ...parts, names, types }));
      }}
    />
  );
}

/** The property as the rule has it: a name, or names from the outside to the inside. */
const pathJson = (path: readonly string[]) => (path.length === 1 ? path[0] : path);
const keyOf = (field: SeenField['field']) => JSON.stringify(field);

function fieldOf(filter: Json): SeenField['field'] | null {
  if (typeof filter.column === 'string') return { column: filter.column };
  const path = texts(filter.property);
  return path.length === 0 ? null : { property: path };
}

/** What else has to be true of an event: its filters, one a line. */
export function Wheres({ match, onChange }: Events) {
  const { t } = useTranslation('segments');
  const parts = matchOf(match);
  const fields = useFields(parts);
  const { where } = parts;
  const isAny = isAnyEvent(match);
  const set = (next: readonly Json[]) => onChange(matchRule({ ...parts, where: [...next] }, isAny));
  const replace = (i: number, next: Json | null) => set(where.toSpliced(i, 1, ...(next ? [next] : [])));
  const through = (name: 'channel' | 'source', value: unknown) =>
    onChange(matchRule({ ...parts, rest: tidy({ ...parts.rest, [name]: value }) }, isAny));
  const channels = useChannelOptions();
  const sources = useSourceOptions();
  const isChosen = isAny || parts.names.length + parts.types.length > 0;
  return (
    <div className="grid justify-items-start gap-2 sm:pl-6">
      {[...where.entries()].map(([i, filter]) => (
        // A filter is known by its place.
        <div key={i} className="flex flex-wrap items-center gap-2">
          <span className="text-quiet">{t(i === 0 ? 'build.where.first' : 'build.where.more')}</span>
          <FilterWords filter={filter} fields={fields} onChange={(next) => replace(i, next)} />
          <IconButton icon={X} label={t('build.where.drop')} onClick={() => replace(i, null)} />
        </div>
      ))}
      {(['channel', 'source'] as const)
        .filter((name) => name in parts.rest)
        .map((name) => (
          <div key={name} className="flex flex-wrap items-center gap-2">
            <span className="text-quiet">{t(`build.where.${name}`)}</span>
            <Pick
              label={t(`build.${name}.title`)}
              missing={t(`build.${name}.missing`)}
              several
              value={texts(parts.rest[name])}
              options={name === 'channel' ? channels : sources}
              onChange={(next) => through(name, oneOrMany(next))}
            />
            <IconButton icon={X} label={t('build.where.drop')} onClick={() => through(name, undefined)} />
          </div>
        ))}
      {isChosen && (
        <div className="-ml-3 flex flex-wrap">
          <Button look="quiet" icon={Plus} onClick={() => set([...where, { property: null, equals: null }])}>
            {t(where.length === 0 ? 'build.where.add' : 'build.where.another')}
          </Button>
          {!('channel' in parts.rest) && (
            <Button look="quiet" icon={Plus} onClick={() => through('channel', null)}>
              {t('build.where.addChannel')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function FilterWords(props: {
  filter: Json;
  fields: readonly SeenField[];
  onChange: (filter: Json) => void;
}) {
  const { t } = useTranslation('segments');
  const { filter, fields, onChange } = props;
  if (!Array.isArray(filter.products)) {
    return (
      <FieldWords
        filter={filter}
        fields={fields}
        onChange={(next, isProduct) => onChange(isProduct ? { products: [next] } : next)}
      />
    );
  }
  const products = filter.products.filter(isObject);
  const inside = fields.filter(({ field }) => 'product' in field);
  const set = (next: readonly Json[]) =>
    onChange(next.length === 0 ? { property: null, equals: null } : { products: next });
  return (
    <>
      <span>{t('build.where.product')}</span>
      {[...products.entries()].map(([i, one]) => (
        // A test of a product is known by its place.
        <span key={i} className="inline-flex flex-wrap items-center gap-2">
          {i > 0 && <span className="text-quiet">{t('build.where.more')}</span>}
          <FieldWords
            filter={one}
            isProduct
            fields={i === 0 ? fields : inside}
            // The first of them may become a test of the event itself.
            onChange={(next, isProduct) =>
              isProduct ? set(products.map((other, j) => (j === i ? next : other))) : onChange(next)
            }
          />
          {i > 0 && (
            <IconButton
              icon={X}
              label={t('build.where.drop')}
              onClick={() => set(products.filter((_, j) => j !== i))}
            />
          )}
        </span>
      ))}
      <Button look="quiet" icon={Plus} onClick={() => set([...products, { property: null, equals: null }])}>
        {t('build.where.sameProduct')}
      </Button>
    </>
  );
}

/** "[total] [is more than] [50]" */
function FieldWords(props: {
  filter: Json;
  fields: readonly SeenField[];
  isProduct?: boolean;
  onChange: (filter: Json, isProduct: boolean) => void;
}) {
  const { t } = useTranslation('segments');
  const { filter, fields, isProduct = false, onChange } = props;
  const own = fieldOf(filter);
  const now = own && isProduct && 'property' in own ? { product: own.property } : own;
  const known = fields.find(({ field }) => now !== null && keyOf(field) === keyOf(now));
  const labelOf = (field: SeenField['field']) =>
    'column' in field
      ? t(`build.columns.${field.column as 'total'}`)
      : ('product' in field ? field.product : field.property).join(' › ');
  return (
    <>
      <Pick
        label={t('build.where.property')}
        missing={t('build.where.missing')}
        value={now === null ? [] : [keyOf(now)]}
        options={fields.map(({ field, label }) => ({
          value: keyOf(field),
          label,
          group: t('product' in field ? 'build.where.ofProducts' : 'build.where.ofEvent'),
        }))}
        typed={(text) => ({
          value: keyOf(isProduct ? { product: [text] } : { property: [text] }),
          label: text,
        })}
        labelOf={(key) => labelOf(JSON.parse(key) as SeenField['field'])}
        onChange={([key]) => {
          if (key === undefined) return;
          const field = JSON.parse(key) as SeenField['field'];
          const test = firstTest(fields.find((one) => keyOf(one.field) === key)?.types ?? []);
          const begun = testJson(test, valueFor(test, null));
          if ('column' in field) onChange({ column: field.column, ...begun }, false);
          else if ('property' in field) onChange({ property: pathJson(field.property), ...begun }, false);
          else onChange({ property: pathJson(field.product), ...begun }, true);
        }}
      />
      <TestWords
        json={filter}
        beside={['property', 'column']}
        types={known?.types ?? []}
        values={known?.values ?? []}
        timeless
        onChange={(test) =>
          onChange(
            {
              ...('column' in filter ? { column: filter.column } : { property: filter.property ?? null }),
              ...test,
            },
            isProduct,
          )
        }
      />
    </>
  );
}
