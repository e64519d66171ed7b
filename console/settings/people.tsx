import { useTranslation } from 'react-i18next';
import Type from 'typebox';
import { builtInLimits, otherLimit, PeopleSettings } from '#schema/people';
import { useSession } from '../api/session.tsx';
import { Input } from '../kit/field.tsx';
import { ListField } from '../kit/list-field.tsx';
import { Section } from '../kit/page.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { SettingsForm } from './form.tsx';
import { OwnKinds } from './own-kinds.tsx';
import { SettingsPage } from './settings-page.tsx';
import { SharedIdentifiers } from './shared.tsx';

const Kinds = Type.Pick(PeopleSettings, ['ownKinds']);
const Limits = Type.Pick(PeopleSettings, ['limits']);
const Blocked = Type.Pick(PeopleSettings, ['blocked']);

/** By what people are recognised, and what must not join them. */
export default function PeopleRules() {
  const { t } = useTranslation('settings');
  const { may } = useSession();
  return (
    <SettingsPage title={t('people.title')} answer={t('people.answer')}>
      <Section title={t('people.blocked')} note={t('people.blockedNote')}>
        <SettingsForm name="blocked" section="people" schema={Blocked}>
          {({ value, change, mistakes }) => (
            <ListField
              label={t('people.blockedLabel')}
              hint={t('people.blockedHint')}
              placeholder="email:info@shop.example"
              values={value.blocked}
              error={mistakes.get('/blocked')}
              disabled={!may('settings:write')}
              refuse={(text) =>
                /^(?:\*|[a-z][a-z0-9_]*):./.test(text) ? undefined : t('people.blockedShape')
              }
              onChange={(blocked) => change({ blocked })}
            />
          )}
        </SettingsForm>
      </Section>
      {may('people:read') && <SharedIdentifiers />}
      <Section title={t('people.limits')} note={t('people.limitsNote')}>
        <SettingsForm name="limits" section="people" schema={Limits}>
          {({ value, change, mistakes }) => (
            <LimitFields
              limits={value.limits}
              mistakes={mistakes}
              onChange={(limits) => change({ limits })}
            />
          )}
        </SettingsForm>
      </Section>
      <Section title={t('people.ownKinds')} note={t('people.ownKindsNote')}>
        <SettingsForm name="ownKinds" section="people" schema={Kinds}>
          {({ value, change }) => (
            <OwnKinds kinds={value.ownKinds} onChange={(ownKinds) => change({ ownKinds })} />
          )}
        </SettingsForm>
      </Section>
    </SettingsPage>
  );
}

function LimitFields(props: {
  limits: PeopleSettings['limits'];
  mistakes: ReadonlyMap<string, string>;
  onChange: (limits: PeopleSettings['limits']) => void;
}) {
  const { t } = useTranslation('settings');
  const wordsOr = useWordsOr('people');
  const { limits } = props;
  const kinds = [...new Set([...Object.keys(builtInLimits), ...Object.keys(limits)])];
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {kinds.map((kind) => {
        const usual = builtInLimits[kind] ?? otherLimit;
        return (
          <Input
            key={kind}
            type="number"
            inputMode="numeric"
            min={1}
            max={10_000}
            label={wordsOr(`one.kinds.${kind}`, kind)}
            hint={t('people.usual', { count: usual })}
            placeholder={String(usual)}
            value={Number.isInteger(limits[kind]) ? limits[kind] : ''}
            error={props.mistakes.get(`/limits/${kind}`)}
            onChange={(event) => {
              const { [kind]: _before, ...others } = limits;
              // Left empty, the usual limit holds.
              const { value } = event.target;
              props.onChange(value === '' ? others : { ...others, [kind]: Number(value) });
            }}
          />
        );
      })}
    </div>
  );
}
