import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';

/** The segments that ask for something, each to be gone to. */
export function UsedBy({ segments }: { segments: readonly { id: string; name: string }[] }) {
  const { t } = useTranslation('segments');
  if (segments.length === 0) return <p className="text-s text-quiet">{t('computed.unused')}</p>;
  return (
    <p className="text-s text-quiet">
      {t('computed.usedBy')}{' '}
      {segments.map(({ id, name }, i) => (
        <Fragment key={id}>
          {i > 0 && t('one.say.comma')}
          <Link to="/segments/$id" params={{ id }} className="link [overflow-wrap:anywhere]">
            {name}
          </Link>
        </Fragment>
      ))}
    </p>
  );
}
