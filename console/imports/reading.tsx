import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Guess, Presets } from '../api/types.ts';
import { Input, Select } from '../kit/field.tsx';
import { isLoose, type Loose } from './mapping-text.ts';
import { withField } from './records.ts';

const encodings = [
  'utf-8',
  'utf-16le',
  'gb18030',
  'big5',
  'windows-1252',
  'iso-8859-15',
  'shift_jis',
  'windows-1251',
];

/** How the file is to be read: signs, letters, and where its times are local. */
export function Reading(props: { mapping: Loose; guess: Guess; onChange: (next: Loose) => void }) {
  const { t } = useTranslation('imports');
  const { mapping, guess, onChange } = props;
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const file = isLoose(mapping.file) ? mapping.file : {};
  const inFile = (field: string, value: string) => {
    const next = withField(file, field, value);
    onChange(withField(mapping, 'file', Object.keys(next).length > 0 ? next : undefined));
  };
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const known = (list: readonly string[], value: string) =>
    value === '' || list.includes(value) ? list : [value, ...list];
  return (
    <div className="grid gap-4 pb-6 sm:grid-cols-2">
      <Input
        label={t('reading.zone')}
        hint={t('reading.zoneHint', { zone: guess.zone })}
        list="zones"
        placeholder={guess.zone}
        value={text(mapping.zone)}
        onChange={(event) => onChange(withField(mapping, 'zone', event.target.value.trim()))}
      />
      <datalist id="zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <Select
        label={t('reading.decimal')}
        value={text(mapping.decimal)}
        onChange={(event) => onChange(withField(mapping, 'decimal', event.target.value))}
        choices={[
          { value: '', label: t('reading.point') },
          { value: ',', label: t('reading.comma') },
        ]}
      />
      {guess.format === 'csv' && (
        <Select
          label={t('reading.delimiter')}
          value={text(file.delimiter)}
          onChange={(event) => inFile('delimiter', event.target.value)}
          choices={[
            { value: '', label: t('reading.found', { what: signOf(t, guess.delimiter ?? ',') }) },
            ...known([',', ';', '\t', '|'], text(file.delimiter)).map((sign) => ({
              value: sign,
              label: signOf(t, sign),
            })),
          ]}
        />
      )}
      <Select
        label={t('reading.encoding')}
        value={text(file.encoding)}
        onChange={(event) => inFile('encoding', event.target.value)}
        choices={[
          { value: '', label: t('reading.found', { what: guess.encoding.toUpperCase() }) },
          ...known(encodings, text(file.encoding)).map((name) => ({
            value: name,
            label: name.toUpperCase(),
          })),
        ]}
      />
    </div>
  );
}

type T = ReturnType<typeof useTranslation<'imports'>>['t'];

function signOf(t: T, sign: string): string {
  const names: Record<string, string> = {
    ',': t('sign.comma'),
    ';': t('sign.semicolon'),
    '\t': t('sign.tab'),
    '|': t('sign.bar'),
  };
  return names[sign] ?? sign;
}

/** What the mapping begins from: what was guessed, or one that Pando brings along. */
Reading.Start = function Start(props: {
  presets: Presets['items'];
  preset: string | undefined;
  hasGuess: boolean;
  isGuess: boolean;
  onChoose: (preset: string) => void;
}) {
  const { t } = useTranslation('imports');
  const { preset, isGuess } = props;
  const isOwn = !preset && !isGuess;
  return (
    <Select
      label={t('reading.start')}
      hint={t(preset ? 'reading.startPreset' : isOwn ? 'reading.startOwn' : 'reading.startGuess')}
      value={preset ?? (isGuess ? '' : 'own')}
      onChange={(event) => event.target.value !== 'own' && props.onChoose(event.target.value)}
      choices={[
        ...(isOwn ? [{ value: 'own', label: t('reading.own') }] : []),
        { value: '', label: t(props.hasGuess ? 'reading.guessed' : 'reading.nothing') },
        {
          label: t('reading.presets'),
          choices: props.presets.map(({ name, title }) => ({ value: name, label: title })),
        },
      ]}
    />
  );
};
