import { Calculator } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Code } from './code.tsx';

/** How a number came about: the definition in words and, where there is one, the query that counted it. */
export function Computed(props: { definition: ReactNode; query?: string }) {
  const { t } = useTranslation('kit');
  return (
    <details className="text-s">
      <summary className="inline-flex cursor-pointer items-center gap-1.5 rounded-md text-quiet hover:text-ink">
        <Calculator size={14} aria-hidden="true" />
        {t('computed')}
      </summary>
      <div className="mt-2 grid gap-2 border-line border-l-2 pl-3">
        <div className="max-w-[68ch]">{props.definition}</div>
        {props.query && <Code label={t('computedQuery')} text={props.query} />}
      </div>
    </details>
  );
}
