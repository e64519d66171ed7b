import { Link } from '@tanstack/react-router';
import { Signpost } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '../kit/button.tsx';
import { Page } from '../kit/page.tsx';
import { EmptyState } from '../kit/states.tsx';

/** For addresses that lead nowhere. */
export function Lost() {
  const { t } = useTranslation('frame');
  return (
    <Page title={t('lost.title')}>
      <EmptyState
        icon={Signpost}
        title={t('lost.title')}
        why={t('lost.why')}
        action={
          <Link to="/" className={buttonClass('main')}>
            {t('lost.home')}
          </Link>
        }
      />
    </Page>
  );
}
