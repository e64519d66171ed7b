import { useTranslation } from 'react-i18next';
import { useFormat } from '../kit/format.ts';
import type { Programme } from '../points/use-points.ts';
import { useLogState } from './use-ledger.ts';

/** That the public log does not go on, why, and who can help; nothing while all is well. */
export function Held({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const format = useFormat();
  const held = useLogState(programme.id).data?.held;
  if (!held) return null;
  return (
    <div role="alert" className="mb-6 rounded-md bg-wrong-wash px-4 py-3">
      <p className="max-w-[68ch]">
        {t(`held.${held.why}`, {
          name: programme.name,
          known: format.exact(held.known),
          public: format.exact(held.public ?? 0),
        })}{' '}
        {t('held.meanwhile')}
      </p>
    </div>
  );
}
