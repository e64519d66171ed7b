import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Funnel } from './funnel.tsx';
import { HoldBar, useHold } from './hold.tsx';
import { Section } from './page.tsx';
import type { Period } from './period.tsx';
import { PeriodMenu } from './period-menu.tsx';

/** What moves by itself, and how it is held; how far people came; the period where there is little room. */
export function ShowLive() {
  const { t } = useTranslation('kit');
  const hold = useHold();
  const [period, setPeriod] = useState<Period>('30d');
  return (
    <Section
      title={t('show.funnel')}
      actions={
        <>
          <PeriodMenu value={period} onChange={setPeriod} />
          <HoldBar hold={hold} isLive waiting={hold.isHeld ? 3 : 0} />
        </>
      }
    >
      <div className="max-w-2xl" {...hold.rest}>
        <Funnel
          label={t('show.funnel')}
          steps={[
            { name: t('show.funnelSteps.looked'), reached: 12_408, atAll: 12_408 },
            { name: t('show.funnelSteps.bought'), reached: 2140, atAll: 2711 },
            { name: t('show.funnelSteps.shared'), reached: 96, atAll: 310 },
          ]}
        />
      </div>
    </Section>
  );
}
