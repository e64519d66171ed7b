import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Page } from '../kit/page.tsx';

/** A page of settings; who may only read them is told so once, above. */
export function SettingsPage(props: { title: string; answer: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('settings');
  const { may } = useSession();
  return (
    <Page title={props.title} answer={props.answer}>
      {!may('settings:write') && (
        <p className="mb-6 flex items-center gap-2 rounded-md bg-sunken px-3 py-2 text-s text-quiet">
          <Lock size={15} aria-hidden="true" className="shrink-0" />
          {t('readOnly')}
        </p>
      )}
      <div className="max-w-3xl">{props.children}</div>
    </Page>
  );
}
