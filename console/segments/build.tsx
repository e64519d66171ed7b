import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Builder } from './build-form.tsx';
import { templateOf } from './templates.ts';

/** A new segment, from nothing or from a template. */
export default function NewSegment() {
  const { t } = useTranslation('segments');
  const { template: id } = useSearch({ from: '/inside/segments/new' });
  const template = templateOf(id);
  return (
    <Builder
      key={template?.id ?? ''}
      title={t('build.newTitle')}
      draft={`segment new ${template?.id ?? ''}`}
      start={{
        name: template ? t(`templates.${template.id}.name`) : '',
        description: template ? t(`templates.${template.id}.about`) : '',
        rule: template?.rule ?? { all: [] },
      }}
    />
  );
}
