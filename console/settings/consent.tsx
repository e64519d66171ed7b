import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import Type from 'typebox';
import { PeopleSettings } from '#schema/people';
import { Button, IconButton } from '../kit/button.tsx';
import { Input, Switch } from '../kit/field.tsx';
import { useMistakes } from '../kit/mistakes.ts';
import { Section } from '../kit/page.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { SettingsForm } from './form.tsx';
import { SettingsPage } from './settings-page.tsx';

const ConsentPart = Type.Pick(PeopleSettings, ['consent']);
type Consent = PeopleSettings['consent'];

/** What people are asked for, what holds until they answer, and which text they were shown. */
export default function ConsentSettings() {
  const { t } = useTranslation('settings');
  return (
    <SettingsPage title={t('consent.title')} answer={t('consent.answer')}>
      <SettingsForm name="consent" section="people" schema={ConsentPart}>
        {({ value: { consent }, change, mistakes }) => (
          <>
            <Section title={t('consent.purposes')} note={t('consent.purposesNote')}>
              <Purposes consent={consent} onChange={(next) => change({ consent: next })} />
              {mistakes.get('/consent/purposes') && (
                <p role="alert" className="text-s text-wrong">
                  {mistakes.get('/consent/purposes')}
                </p>
              )}
            </Section>
            <Section title={t('consent.text')}>
              <Input
                label={t('consent.textVersion')}
                hint={t('consent.textVersionHint')}
                value={consent.textVersion}
                maxLength={100}
                error={mistakes.get('/consent/textVersion')}
                onChange={(event) => change({ consent: { ...consent, textVersion: event.target.value } })}
              />
            </Section>
          </>
        )}
      </SettingsForm>
    </SettingsPage>
  );
}

function Purposes({ consent, onChange }: { consent: Consent; onChange: (next: Consent) => void }) {
  const { t } = useTranslation('settings');
  const { t: kit } = useTranslation('kit');
  const wordsOr = useWordsOr('settings');
  const mistakesOf = useMistakes();
  const [typed, setTyped] = useState('');
  const name = typed.trim().replaceAll(/\s+/g, '_');
  const wrong = name !== '' && mistakesOf(PurposeName, name).size > 0;
  const isThere = consent.purposes.includes(name);
  const error = wrong ? t('consent.badName') : isThere ? t('consent.isThere') : undefined;

  function add() {
    if (name === '' || error) return;
    // Whoever was never asked has not agreed.
    onChange({
      ...consent,
      purposes: [...consent.purposes, name],
      defaults: { ...consent.defaults, [name]: false },
    });
    setTyped('');
  }
  return (
    <>
      <ul className="divide-y divide-line">
        {consent.purposes.map((purpose) => (
          <li key={purpose} className="flex items-start gap-2 py-1">
            <div className="min-w-0 grow">
              <Switch
                label={wordsOr(`consent.known.${purpose}`, purpose)}
                note={t(consent.defaults[purpose] ? 'consent.assumed' : 'consent.notAssumed')}
                checked={consent.defaults[purpose] ?? false}
                onChange={(granted) =>
                  onChange({ ...consent, defaults: { ...consent.defaults, [purpose]: granted } })
                }
              />
            </div>
            <IconButton
              icon={X}
              className="mt-0.5 disabled:invisible"
              label={kit('takeOut', { name: wordsOr(`consent.known.${purpose}`, purpose) })}
              onClick={() => {
                const { [purpose]: _gone, ...defaults } = consent.defaults;
                onChange({
                  ...consent,
                  purposes: consent.purposes.filter((one) => one !== purpose),
                  defaults,
                });
              }}
            />
          </li>
        ))}
      </ul>
      <div className="mt-3 flex items-start gap-2">
        <div className="grow">
          <Input
            label={t('consent.add')}
            hint={t('consent.addHint')}
            value={typed}
            error={error}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
              event.preventDefault();
              add();
            }}
          />
        </div>
        <Button icon={Plus} className="mt-6" disabled={name === '' || Boolean(error)} onClick={add}>
          {kit('add')}
        </Button>
      </div>
    </>
  );
}

const PurposeName = ConsentPart.properties.consent.properties.purposes.items;
