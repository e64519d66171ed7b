import { Link } from '@tanstack/react-router';
import { Shapes } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { buttonClass } from '../kit/button.tsx';

interface Shown {
  label: string;
  isShort?: boolean;
  isNamed?: boolean;
}

/**
 * The people behind a figure: the segment builder with their rule filled in. Nothing where there is no rule. `isNamed`:
 * the label stands on it.
 */
export function PeopleButton(props: Shown & { rule: object | null }) {
  // Asked only where there is a rule: guests of a board have no session.
  return props.rule && <Behind {...props} rule={props.rule} />;
}

function Behind(props: Shown & { rule: object }) {
  const { t } = useTranslation('insight');
  const { may } = useSession();
  if (!may('segments:write')) return null;
  return (
    <Link
      to="/segments/new"
      search={{ rule: JSON.stringify(props.rule) }}
      className={buttonClass(props.isNamed ? 'plain' : 'quiet')}
      aria-label={props.label}
      title={props.label}
    >
      <Shapes size={16} aria-hidden="true" />
      {props.isNamed && props.label}
      {!props.isShort && !props.isNamed && <span className="max-sm:sr-only">{t('people')}</span>}
    </Link>
  );
}
