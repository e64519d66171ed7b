import { clsx } from 'clsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Guess } from '../api/types.ts';
import { Input, Select, Switch } from '../kit/field.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { ColumnsForm } from './columns-form.tsx';
import type { Loose } from './mapping-text.ts';
import {
  currencyOf,
  formatOf,
  recordsOf,
  titleOf,
  withAnonymous,
  withCurrency,
  withField,
  withFormat,
  withRecord,
} from './records.ts';
import { RulesForm } from './rules-form.tsx';

const formats = [
  'iso',
  'dd/MM/yyyy',
  'dd/MM/yyyy HH:mm',
  'MM/dd/yyyy',
  'MM/dd/yyyy HH:mm',
  'M/d/yyyy H:mm',
  'dd.MM.yyyy',
  'dd.MM.yyyy HH:mm',
  'yyyyMMdd',
  'unix',
  'unix-ms',
];
const currencies = [
  'GBP',
  'EUR',
  'USD',
  'CNY',
  'HKD',
  'JPY',
  'CHF',
  'SEK',
  'PLN',
  'AUD',
  'CAD',
  'SGD',
  'INR',
  'BRL',
];

/** What rows become, record by record: most files have one, some have returns or people beside it. */
export function RecordsForm(props: { mapping: Loose; guess: Guess; onChange: (next: Loose) => void }) {
  const { t } = useTranslation('imports');
  const eventName = useEventName();
  const { mapping, guess, onChange } = props;
  const [wanted, setWanted] = useState(0);
  const records = recordsOf(mapping);
  const index = Math.min(wanted, records.length - 1);
  const record = records[index];
  if (!record) return <p className="max-w-[60ch] text-quiet">{t('record.asIs')}</p>;
  return (
    <>
      {records.length > 1 && (
        <fieldset aria-label={t('record.which')} className="mb-4 flex flex-wrap gap-1">
          {[...records.entries()].map(([i, one]) => (
            <button
              // Records have no names of their own; their order is theirs.
              key={i}
              type="button"
              aria-pressed={i === index}
              onClick={() => setWanted(i)}
              className={clsx(
                'min-h-9 rounded-md px-3',
                i === index
                  ? 'bg-good-wash font-semibold text-good'
                  : 'text-quiet hover:bg-sunken hover:text-ink',
              )}
            >
              {eventName(titleOf(one))}
            </button>
          ))}
        </fieldset>
      )}
      <RecordForm
        record={record}
        guess={guess}
        onChange={(next) => onChange(withRecord(mapping, index, next))}
      />
      <ColumnsForm
        record={record}
        guess={guess}
        onChange={(next) => onChange(withRecord(mapping, index, next))}
      />
      <RulesForm mapping={mapping} index={index} guess={guess} onChange={onChange} />
    </>
  );
}

/** What a record is about, in the reader's language where it is one of the known events. */
function useEventName(): (name: string) => string {
  const wordsOr = useWordsOr('events');
  const kinds = useWordsOr('imports');
  return (name) => kinds(`record.kinds.${name}`, wordsOr(`names.${name}`, name));
}

function RecordForm({
  record,
  guess,
  onChange,
}: {
  record: Loose;
  guess: Guess;
  onChange: (next: Loose) => void;
}) {
  const { t, i18n } = useTranslation('imports');
  const isPerson = record.record === 'identify';
  const currency = currencyOf(record);
  const names = new Intl.DisplayNames(i18n.language, { type: 'currency' });
  const format = formatOf(record);
  const listed = currency && !currencies.includes(currency) ? [currency, ...currencies] : currencies;
  const timeColumns = record.time !== undefined;
  return (
    <div className="grid gap-4 pb-6 sm:grid-cols-2">
      <Select
        label={t('record.kind')}
        value={String(record.record ?? 'track')}
        onChange={(event) => onChange(asKind(record, event.target.value))}
        choices={(['track', 'identify', 'page', 'screen'] as const).map((kind) => ({
          value: kind,
          label: t(`record.kinds.${kind}`),
        }))}
      />
      {record.record === 'track' && (
        <Input
          label={t('record.event')}
          hint={t('record.eventHint')}
          list="event-names"
          value={typeof record.event === 'string' ? record.event : ''}
          onChange={(event) => onChange(withField(record, 'event', event.target.value))}
        />
      )}
      <datalist id="event-names">
        {[
          'Order Completed',
          'Order Refunded',
          'Product Viewed',
          'Product Added',
          'Store Entered',
          'Membership Joined',
        ].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {timeColumns && (
        <>
          <Input
            label={t('record.format')}
            hint={t('record.formatHint')}
            list="time-formats"
            placeholder={t('record.formatAuto')}
            value={format}
            onChange={(event) => onChange(withFormat(record, event.target.value))}
          />
          <datalist id="time-formats">
            {formats.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      )}
      {record.record === 'track' && (
        <Select
          label={t('record.currency')}
          value={currency ?? 'column'}
          onChange={(event) =>
            event.target.value !== 'column' && onChange(withCurrency(record, event.target.value))
          }
          choices={[
            ...(currency === null ? [{ value: 'column', label: t('record.currencyColumn') }] : []),
            { value: '', label: t('record.currencyOwn', { currency: guess.currency }) },
            ...listed.map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` })),
          ]}
        />
      )}
      {!isPerson && (
        <div className="sm:col-span-2">
          <Switch
            label={t('record.anonymous')}
            note={t('record.anonymousNote')}
            checked={record.anonymous !== undefined}
            onChange={(isOn) => onChange(withAnonymous(record, isOn))}
          />
        </div>
      )}
    </div>
  );
}

/** A person has traits, an event has properties: what is said of the one goes over to the other. */
function asKind(record: Loose, kind: string): Loose {
  const { properties, traits, products, event, ...rest } = record;
  const said = properties ?? traits;
  if (kind === 'identify') {
    const { anonymous: _, ...person } = rest;
    return { ...person, record: kind, ...(said ? { traits: said } : {}) };
  }
  return {
    ...rest,
    record: kind,
    ...(kind === 'track' ? { event: event ?? 'Order Completed' } : {}),
    ...(said ? { properties: said } : {}),
    ...(products ? { products } : {}),
  };
}
