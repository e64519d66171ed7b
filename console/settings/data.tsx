import { Eraser } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import Type from 'typebox';
import { CollectSettings } from '#schema/collect';
import { PeopleSettings } from '#schema/people';
import { useSession } from '../api/session.tsx';
import { TypeToConfirm } from '../kit/confirm.tsx';
import { Input, Select } from '../kit/field.tsx';
import { ListField } from '../kit/list-field.tsx';
import { Section } from '../kit/page.tsx';
import { SettingsForm } from './form.tsx';
import { SettingsPage } from './settings-page.tsx';

const Retention = Type.Pick(CollectSettings, ['retentionDays']);
const Contract = Type.Pick(CollectSettings, ['contractEvents']);
const Rate = Type.Pick(CollectSettings, ['requestsPerSecond']);
const Erasure = Type.Pick(PeopleSettings, ['erasureHours']);
const proposedDays = 730;

/** How long what happened is kept, how quickly it is forgotten, and how much may come in. */
export default function DataSettings() {
  const { t } = useTranslation('settings');
  const { workspace, may } = useSession();
  const [asked, setAsked] = useState<{ days: number; save: () => void } | null>(null);
  return (
    <SettingsPage title={t('data.title')} answer={t('data.answer')}>
      <Section title={t('data.retention')} note={t('data.retentionNote')}>
        <SettingsForm
          name="retention"
          section="collect"
          schema={Retention}
          ask={({ value, saved, save }) => {
            const days = value.retentionDays;
            // Keeping longer is safe; what a shorter time removes does not come back.
            if (days === null || (saved.retentionDays !== null && days >= saved.retentionDays)) return false;
            setAsked({ days, save });
            return true;
          }}
        >
          {({ value: { retentionDays }, change, mistakes }) => (
            <div className="grid items-start gap-4 sm:grid-cols-2">
              <Select
                label={t('data.keep')}
                value={retentionDays === null ? 'ever' : 'days'}
                choices={[
                  { value: 'ever', label: t('data.forEver') },
                  { value: 'days', label: t('data.forDays') },
                ]}
                onChange={(event) =>
                  change({ retentionDays: event.target.value === 'ever' ? null : proposedDays })
                }
              />
              {retentionDays !== null && (
                <Input
                  type="number"
                  inputMode="numeric"
                  min={1}
                  label={t('data.days')}
                  value={Number.isNaN(retentionDays) ? '' : retentionDays}
                  error={mistakes.get('/retentionDays')}
                  onChange={(event) => change({ retentionDays: event.target.valueAsNumber })}
                />
              )}
            </div>
          )}
        </SettingsForm>
      </Section>
      <Section title={t('data.erasure')} note={t('data.erasureNote')}>
        <SettingsForm name="erasure" section="people" schema={Erasure}>
          {({ value: { erasureHours }, change, mistakes }) => (
            <Input
              type="number"
              inputMode="numeric"
              min={1}
              max={720}
              label={t('data.hours')}
              value={Number.isNaN(erasureHours) ? '' : erasureHours}
              error={mistakes.get('/erasureHours')}
              onChange={(event) => change({ erasureHours: event.target.valueAsNumber })}
            />
          )}
        </SettingsForm>
      </Section>
      <Section title={t('data.contract')} note={t('data.contractNote')}>
        <SettingsForm name="contract" section="collect" schema={Contract}>
          {({ value, change, mistakes }) => (
            <ListField
              label={t('data.events')}
              placeholder={t('path.placeholder')}
              values={value.contractEvents}
              error={mistakes.get('/contractEvents')}
              disabled={!may('settings:write')}
              onChange={(contractEvents) => change({ contractEvents })}
            />
          )}
        </SettingsForm>
      </Section>
      <Section title={t('data.rate')} note={t('data.rateNote')}>
        <SettingsForm name="rate" section="collect" schema={Rate}>
          {({ value: { requestsPerSecond }, change, mistakes }) => (
            <Input
              type="number"
              inputMode="numeric"
              min={1}
              label={t('data.perSecond')}
              value={Number.isNaN(requestsPerSecond) ? '' : requestsPerSecond}
              error={mistakes.get('/requestsPerSecond')}
              onChange={(event) => change({ requestsPerSecond: event.target.valueAsNumber })}
            />
          )}
        </SettingsForm>
      </Section>
      {asked && (
        <TypeToConfirm
          title={t('data.shorten', { count: asked.days })}
          note={t('data.shortenNote', { count: asked.days })}
          name={workspace.name}
          verb={t('data.shortenDo')}
          icon={Eraser}
          busy={false}
          error={null}
          onClose={() => setAsked(null)}
          onConfirm={() => {
            asked.save();
            setAsked(null);
          }}
        />
      )}
    </SettingsPage>
  );
}
