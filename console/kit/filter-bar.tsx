import { ListFilterPlus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Address } from './address.ts';
import { Button } from './button.tsx';
import { type Choice, Input, Select } from './field.tsx';
import { useFormat } from './format.ts';
import { Menu } from './menu.tsx';
import { Popover } from './popover.tsx';

/** One thing that a list can be narrowed by. Its value is a text, under its name in the address bar. */
export type Filter = { name: string; label: string } & (
  | { kind: 'choice'; choices: readonly Choice[] }
  | { kind: 'text'; hint?: string }
  /** A day, like 2026-10-01. */
  | { kind: 'day' }
  /** Something and what it is, as `name:value`; any value where it ends without one. */
  | { kind: 'pair'; first: string; second: string; known?: readonly string[] }
);

/** The filters of a page: those that hold as chips to change or take off, and a way to add one. */
export function FilterBar(props: {
  filters: readonly Filter[];
  value: Address;
  onChange: (change: Address) => void;
}) {
  const { t } = useTranslation('kit');
  const [editing, setEditing] = useState<string | null>(null);
  const { filters, value, onChange } = props;
  const held = filters.filter(({ name }) => value[name]);
  const free = filters.filter(({ name }) => !value[name] && name !== editing);
  const open = filters.filter(({ name }) => value[name] || name === editing);
  return (
    <fieldset className="flex flex-wrap items-center gap-2">
      <legend className="sr-only">{t('filter.title')}</legend>
      {open.map((filter) => (
        <Chip
          key={filter.name}
          filter={filter}
          value={value[filter.name] ?? ''}
          isOpen={editing === filter.name}
          onOpen={(isOpen) => setEditing(isOpen ? filter.name : null)}
          onChange={(text) => {
            onChange({ [filter.name]: text === '' ? undefined : text });
            setEditing(null);
          }}
        />
      ))}
      {free.length > 0 && (
        <Menu
          trigger={<Button icon={ListFilterPlus}>{t('filter.add')}</Button>}
          items={free.map(({ name, label }) => ({
            label,
            onChoose: () => setEditing(name),
          }))}
        />
      )}
      {held.length > 1 && (
        <Button
          look="quiet"
          onClick={() => onChange(Object.fromEntries(filters.map(({ name }) => [name, undefined])))}
        >
          {t('filter.clear')}
        </Button>
      )}
    </fieldset>
  );
}

function Chip(props: {
  filter: Filter;
  value: string;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onChange: (text: string) => void;
}) {
  const { t } = useTranslation('kit');
  const { filter, value, onChange } = props;
  const words = useWordsFor(filter, value);
  return (
    <span className="inline-flex max-w-full items-center rounded-md border border-good bg-good-wash text-good">
      <Popover
        open={props.isOpen}
        onOpen={props.onOpen}
        label={filter.label}
        trigger={
          <button type="button" className="min-h-8 truncate rounded-md py-1 pr-1 pl-3 text-left">
            <span>{filter.label}</span>
            {words !== '' && <span className="font-semibold"> {words}</span>}
          </button>
        }
      >
        <Form key={value} filter={filter} value={value} onChange={onChange} />
      </Popover>
      <button
        type="button"
        aria-label={t('filter.remove', { name: filter.label })}
        title={t('filter.remove', { name: filter.label })}
        className="flex size-8 shrink-0 items-center justify-center rounded-md hover:text-ink"
        onClick={() => {
          props.onOpen(false);
          onChange('');
        }}
      >
        <X size={15} aria-hidden="true" />
      </button>
    </span>
  );
}

function useWordsFor(filter: Filter, value: string): string {
  const format = useFormat('UTC');
  if (value === '') return '';
  if (filter.kind === 'choice') return filter.choices.find((one) => one.value === value)?.label ?? value;
  if (filter.kind === 'day') return Number.isNaN(Date.parse(value)) ? value : format.day(value);
  if (filter.kind === 'text') return value;
  const [first, second] = parted(value);
  return second === '' ? first : `${first}: ${second}`;
}

function parted(value: string): [string, string] {
  const at = value.indexOf(':');
  return at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)];
}

function Form(props: { filter: Filter; value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation('kit');
  const { filter } = props;
  const [text, setText] = useState(
    props.value || (filter.kind === 'choice' ? (filter.choices[0]?.value ?? '') : ''),
  );
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        props.onChange(text.trim());
      }}
    >
      {filter.kind === 'choice' && (
        <Select
          label={filter.label}
          choices={filter.choices}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {(filter.kind === 'text' || filter.kind === 'day') && (
        <Input
          label={filter.label}
          type={filter.kind === 'day' ? 'date' : 'text'}
          hint={filter.kind === 'text' ? filter.hint : undefined}
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {filter.kind === 'pair' && <Pair filter={filter} text={text} onText={setText} />}
      <Button look="main" type="submit" disabled={text.trim() === ''}>
        {t('filter.apply')}
      </Button>
    </form>
  );
}

function Pair(props: {
  filter: Extract<Filter, { kind: 'pair' }>;
  text: string;
  onText: (text: string) => void;
}) {
  const { first, second, known = [] } = props.filter;
  const list = useId();
  const [name, value] = parted(props.text);
  const put = (one: string, other: string) =>
    props.onText(one === '' ? '' : other === '' ? one : `${one}:${other}`);
  return (
    <>
      <Input
        label={first}
        required
        list={list}
        value={name}
        onChange={(event) => put(event.target.value.replaceAll(':', ''), value)}
      />
      <datalist id={list}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <Input label={second} value={value} onChange={(event) => put(name, event.target.value)} />
    </>
  );
}
