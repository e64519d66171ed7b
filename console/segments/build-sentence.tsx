import type { ReactElement } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { shapeOf } from './computed-measure.ts';
import type { Json } from './rule.ts';
import type { Kind } from './rule-kinds.ts';

export interface ConditionProps {
  condition: Json;
  onChange: (condition: Json) => void;
}

/** The words of one condition or computed trait, in the order of the reader's language. */
export function Sentence(props: {
  kind: Kind | ReturnType<typeof shapeOf>;
  words: Record<string, ReactElement>;
}) {
  const { t } = useTranslation('segments');
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <Trans t={t} i18nKey={`build.says.${props.kind}`} components={props.words} />
    </div>
  );
}
