import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { PathSettings, type Stage, stages } from '#schema/collect';
import { useSession } from '../api/session.tsx';
import type { Event, Page as ListPage } from '../api/types.ts';
import { ListField } from '../kit/list-field.tsx';
import { SettingsForm } from './form.tsx';
import { SettingsPage } from './settings-page.tsx';

/** Which event belongs to which stage of search, attention, deal, use and share. */
export default function PathPage() {
  const { t } = useTranslation('settings');
  const { api, slug, may } = useSession();
  // What arrived lately is what somebody will want to place.
  const lately = useQuery({
    queryKey: [slug, 'events', 'names'],
    queryFn: ({ signal }) => api.get<ListPage<Event>>('/api/events', { limit: 200 }, signal),
    enabled: may('events:read'),
  });
  const names = new Set(
    (lately.data?.items ?? []).filter(({ type }) => type === 'track').map((e) => e.event),
  );
  return (
    <SettingsPage title={t('path.title')} answer={t('path.answer')}>
      <SettingsForm name="path" section="path" schema={PathSettings}>
        {({ value, change, mistakes }) => {
          const placeOf = (name: string) => stages.find((stage) => value[stage].includes(name));
          const offers = [...names].filter((name) => !placeOf(name)).sort();
          return stages.map((stage: Stage) => (
            <ListField
              key={stage}
              label={t(`path.stages.${stage}`)}
              hint={t(`path.hints.${stage}`)}
              placeholder={t('path.placeholder')}
              values={value[stage]}
              offers={offers}
              error={mistakes.get(`/${stage}`)}
              disabled={!may('settings:write')}
              refuse={(name) => {
                const place = placeOf(name);
                if (place) return t('path.elsewhere', { name, stage: t(`path.stages.${place}`) });
                return name.length > 200 ? t('path.tooLong') : undefined;
              }}
              onChange={(list) => change({ [stage]: list })}
            />
          ));
        }}
      </SettingsForm>
    </SettingsPage>
  );
}
