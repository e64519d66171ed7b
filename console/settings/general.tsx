import { Navigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSettings, WorkspaceProfile } from '#schema/identity';
import { useSession } from '../api/session.tsx';
import { Input, Select } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { languages } from '../words/start.ts';
import { SettingsForm } from './form.tsx';
import { SettingsPage } from './settings-page.tsx';
import { countryChoices, currencyChoices, timeZoneChoices } from './world.ts';

/** What the brand is called, where its days begin, and what it counts its money in. */
export default function General() {
  const { t, i18n } = useTranslation('settings');
  const { may } = useSession();
  const zones = useMemo(() => timeZoneChoices(i18n.language), [i18n.language]);
  const countries = useMemo(() => countryChoices(i18n.language), [i18n.language]);
  const currencies = useMemo(() => currencyChoices(i18n.language), [i18n.language]);
  // Everybody has an account, not everybody may see the settings of the brand.
  if (!may('settings:read')) return <Navigate to="/settings/account" replace />;
  return (
    <SettingsPage title={t('places.general')} answer={t('general.answer')}>
      <Section title={t('general.brand')}>
        <SettingsForm name="general" section="workspace" schema={WorkspaceProfile}>
          {({ value, change, mistakes }) => (
            <>
              <Input
                label={t('general.name')}
                hint={t('general.nameHint')}
                value={value.name}
                maxLength={80}
                error={mistakes.get('/name')}
                onChange={(event) => change({ name: event.target.value })}
              />
              <Select
                label={t('general.timeZone')}
                hint={<Now timeZone={value.timeZone} />}
                value={value.timeZone}
                choices={withCurrent(zones, value.timeZone)}
                error={mistakes.get('/timeZone')}
                onChange={(event) => change({ timeZone: event.target.value })}
              />
              <Select
                label={t('general.country')}
                hint={t('general.countryHint')}
                value={value.country}
                choices={withCurrent(countries, value.country)}
                error={mistakes.get('/country')}
                onChange={(event) => change({ country: event.target.value })}
              />
              <Select
                label={t('general.currency')}
                hint={t('general.currencyHint')}
                value={value.currency}
                choices={withCurrent(currencies, value.currency)}
                error={mistakes.get('/currency')}
                onChange={(event) => change({ currency: event.target.value })}
              />
            </>
          )}
        </SettingsForm>
      </Section>
      <Section title={t('general.languages')}>
        <SettingsForm name="languages" section="languages" schema={LanguageSettings}>
          {({ value, change }) => (
            <Select
              label={t('general.language')}
              hint={t('general.languageHint')}
              value={value.console}
              choices={[
                { value: 'reader', label: t('general.reader') },
                ...languages.map(({ code, name }) => ({ value: code, label: name })),
              ]}
              onChange={(event) => change({ console: event.target.value as LanguageSettings['console'] })}
            />
          )}
        </SettingsForm>
      </Section>
    </SettingsPage>
  );
}

/** What the server has may be a name that this browser does not list. */
function withCurrent(choices: readonly { value: string; label: string }[], current: string) {
  const isListed = choices.some(({ value }) => value === current);
  return isListed ? choices : [{ value: current, label: current }, ...choices];
}

function Now({ timeZone }: { timeZone: string }) {
  const { t } = useTranslation('settings');
  const format = useFormat(timeZone);
  return <>{t('general.now', { moment: format.moment(new Date().toISOString()) })}</>;
}
