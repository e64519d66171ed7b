import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source, SourceKind } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Input, Select, Switch } from '../kit/field.tsx';
import { PersonLink } from '../people/person-link.tsx';
import { channels } from './channels.ts';

interface Chosen {
  name?: string | undefined;
  source?: string | undefined;
  channel?: SourceKind | undefined;
  person?: string | undefined;
  bots?: 'yes' | undefined;
}

/** What the list of events shows, as the address holds it. */
export function EventFilters(props: {
  search: Chosen;
  onChange: (to: Partial<Chosen>) => void;
  names: readonly string[];
  sources: readonly Source[];
}) {
  const { t } = useTranslation('events');
  const { search, onChange } = props;
  const [typed, setTyped] = useState(search.name ?? '');
  useEffect(() => setTyped(search.name ?? ''), [search.name]);
  const applyName = () => {
    const name = typed.trim() === '' ? undefined : typed.trim();
    if (name !== search.name) onChange({ name });
  };
  return (
    <form
      className="mb-4 grid items-end gap-4 sm:grid-cols-2 lg:grid-cols-[2fr_1fr_1fr_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        applyName();
      }}
    >
      <Input
        label={t('filterName')}
        placeholder={t('filterNameHint')}
        list="event-names"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={applyName}
      />
      <datalist id="event-names">
        {props.names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Select
        label={t('source')}
        value={search.source ?? ''}
        onChange={(event) => onChange({ source: event.target.value || undefined })}
        choices={[
          { value: '', label: t('allSources') },
          ...props.sources.map((source) => ({ value: source.id, label: source.name })),
        ]}
      />
      <Select
        label={t('channel')}
        value={search.channel ?? ''}
        onChange={(event) => onChange({ channel: channels.find((one) => one === event.target.value) })}
        choices={[
          { value: '', label: t('allChannels') },
          ...channels.map((channel) => ({ value: channel, label: t(`channels.${channel}`) })),
        ]}
      />
      <Switch
        label={t('bots')}
        checked={search.bots === 'yes'}
        onChange={(checked) => onChange({ bots: checked ? 'yes' : undefined })}
      />
      {search.person && (
        <div className="col-span-full flex flex-wrap items-center gap-2">
          <span className="text-s text-quiet">{t('onlyOf')}</span>
          <PersonLink id={search.person} />
          <Button look="quiet" icon={X} onClick={() => onChange({ person: undefined })}>
            {t('ofAll')}
          </Button>
        </div>
      )}
    </form>
  );
}
