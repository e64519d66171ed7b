import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Builder } from './build-form.tsx';
import { isObject, type Json } from './rule.ts';
import { templateOf } from './templates.ts';

/** A new segment, from nothing, from a template, or with the rule that a report gives. */
export default function NewSegment() {
  const { t } = useTranslation('segments');
  const { template: id, rule } = useSearch({ from: '/inside/segments/new' });
  const template = templateOf(id);
  const given = rule === undefined ? null : ruleOf(rule);
  const from = template?.id ?? (given ? rule : '');
  return (
    <Builder
      key={from}
      title={t('build.newTitle')}
      draft={`segment new ${from}`}
      start={{
        name: template ? t(`templates.${template.id}.name`) : '',
        description: template ? t(`templates.${template.id}.about`) : '',
        rule: template?.rule ?? given ?? { all: [] },
      }}
    />
  );
}

/** A rule that came in the address; what is none is left out. */
function ruleOf(text: string): Json | null {
  try {
    const rule: unknown = JSON.parse(text);
    return isObject(rule) ? rule : null;
  } catch {
    return null;
  }
}
