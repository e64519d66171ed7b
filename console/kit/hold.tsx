import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { useFormat } from './format.ts';
import { Tag } from './tag.tsx';

/** Whether what moves by itself is held: by a button until it is let go, or while the pointer rests on it. */
export function useHold() {
  const [byButton, setByButton] = useState(false);
  const [byPointer, setByPointer] = useState(false);
  return {
    isHeld: byButton || byPointer,
    byButton,
    toggle: () => setByButton((now) => !now),
    /** For what is held by resting on it. */
    rest: {
      onMouseEnter: () => setByPointer(true),
      onMouseLeave: () => setByPointer(false),
    },
  };
}

/** Whether news come by themselves, how many wait while they are held, and the button that holds them. */
export function HoldBar(props: {
  hold: ReturnType<typeof useHold>;
  isLive: boolean;
  /** They are waited for because of something else, as an open dialog. */
  isHeld?: boolean;
  waiting: number;
}) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const { hold, isLive, waiting, isHeld = hold.isHeld } = props;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span role="status" className="inline-flex items-center gap-2 text-s">
        {!isLive && <Tag tone="wrong">{t('live.away')}</Tag>}
        {isLive && !isHeld && <Tag tone="good">{t('live.on')}</Tag>}
        {isLive && isHeld && (
          <Tag tone="gold">
            {waiting > 0
              ? t('live.waiting', { count: waiting, events: format.exact(waiting) })
              : t('live.held')}
          </Tag>
        )}
      </span>
      <Button
        look="quiet"
        icon={hold.byButton ? Play : Pause}
        aria-pressed={hold.byButton}
        onClick={hold.toggle}
      >
        {t(hold.byButton ? 'live.goOn' : 'live.hold')}
      </Button>
    </div>
  );
}
