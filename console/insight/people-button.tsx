import { Link } from '@tanstack/react-router';
import { Shapes } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { buttonClass } from '../kit/button.tsx';

/** The people behind a figure: the segment builder with their rule filled in. Nothing where there is no rule. */
export function PeopleButton(props: { rule: object | null; label: string; isShort?: boolean }) {
  const { t } = useTranslation('insight');
  const { may } = useSession();
  if (!props.rule || !may('segments:write')) return null;
  return (
    <Link
      to="/segments/new"
      search={{ rule: JSON.stringify(props.rule) }}
      className={buttonClass('quiet')}
      aria-label={props.label}
      title={props.label}
    >
      <Shapes size={16} aria-hidden="true" />
      {!props.isShort && <span className="max-sm:sr-only">{t('people')}</span>}
    </Link>
  );
}
