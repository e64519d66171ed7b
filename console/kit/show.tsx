import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from './page.tsx';
import { DateRange, type Period } from './period.tsx';
import { ShowFigures, ShowTable, ShowWays } from './show-data.tsx';
import { ShowMistakes } from './show-forms.tsx';
import { ShowLive } from './show-live.tsx';
import { ShowForms, ShowGround, ShowStates } from './show-parts.tsx';

/** Every part that pages are made of, on one page. */
export default function Show() {
  const { t } = useTranslation('kit');
  const [period, setPeriod] = useState<Period>('30d');
  return (
    <Page
      title={t('show.title')}
      answer={t('show.answer')}
      actions={<DateRange value={period} onChange={setPeriod} />}
    >
      <ShowGround />
      <ShowForms />
      <ShowMistakes />
      <ShowWays />
      <ShowFigures />
      <ShowLive />
      <ShowTable />
      <ShowStates />
    </Page>
  );
}
