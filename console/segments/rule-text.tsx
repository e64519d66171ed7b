import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextArea } from '../kit/field.tsx';
import { isObject, type Json, type Wrongs } from './rule.ts';

/** The rule as JSON. What can be read changes the form at once; what cannot stays here, with the reason. */
export function RuleText(props: { rule: Json; wrongs: Wrongs; onChange: (rule: Json) => void }) {
  const { t } = useTranslation('segments');
  const now = JSON.stringify(props.rule, null, 2);
  const [typed, setTyped] = useState<{ text: string; means: string | null; error?: string } | null>(null);
  // What is being typed stays as it was typed, until the rule changes elsewhere.
  const isOwn = typed !== null && (typed.means === null || typed.means === now);
  const text = isOwn ? typed.text : now;
  const wrong = [...props.wrongs].map(([at, why]) => `${at === '' ? '/' : at}: ${why}`).join('\n');

  function change(next: string) {
    try {
      const read: unknown = JSON.parse(next);
      if (!isObject(read)) throw new SyntaxError(t('build.json.noObject'));
      setTyped({ text: next, means: JSON.stringify(read, null, 2) });
      props.onChange(read);
    } catch (error) {
      setTyped({ text: next, means: null, error: error instanceof Error ? error.message : '' });
    }
  }

  return (
    <TextArea
      label={t('build.json.label')}
      hint={t('build.json.hint')}
      error={(isOwn && typed.error) || wrong || undefined}
      className="min-h-80 font-mono text-s leading-5"
      spellCheck={false}
      autoComplete="off"
      value={text}
      onChange={(event) => change(event.target.value)}
    />
  );
}
