import { Undo2, X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from './button.tsx';

interface Notice {
  id: number;
  text: string;
  tone: 'good' | 'wrong';
  undo?: () => void;
}
type Tell = (text: string, o?: { tone?: Notice['tone']; undo?: () => void }) => void;

const Context = createContext<Tell>(() => {});
const stayMs = 7000;

/** What was just done, said for a moment at the foot of the page, with a way back where there is one. */
export function Toasts({ children }: { children: ReactNode }) {
  const { t } = useTranslation('kit');
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const [held, setHeld] = useState(false);
  const drop = useCallback((id: number) => setNotices((now) => now.filter((n) => n.id !== id)), []);
  const tell = useMemo<Tell>(() => {
    let last = 0;
    return (text, o = {}) => {
      last += 1;
      const notice = { id: last, text, tone: o.tone ?? 'good', ...(o.undo ? { undo: o.undo } : {}) };
      setNotices((now) => [...now.slice(-2), notice]);
    };
  }, []);
  const oldest = notices[0]?.id;
  useEffect(() => {
    if (oldest === undefined || held) return;
    const timer = setTimeout(() => drop(oldest), stayMs);
    return () => clearTimeout(timer);
  }, [oldest, held, drop]);
  return (
    <Context value={tell}>
      {children}
      {/* Whoever points at a notice wants to read it: it stays that long. */}
      <section
        aria-label={t('notices')}
        aria-live="polite"
        onMouseEnter={() => setHeld(true)}
        onMouseLeave={() => setHeld(false)}
        className="pointer-events-none fixed inset-x-0 bottom-16 z-60 flex flex-col items-center gap-2 px-4 md:bottom-6"
      >
        {notices.map((notice) => (
          <div
            key={notice.id}
            className="appear pointer-events-auto flex max-w-lg items-center gap-3 rounded-md border border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-float"
          >
            <span className={notice.tone === 'wrong' ? 'text-wrong' : ''}>{notice.text}</span>
            {notice.undo && (
              <Button
                look="quiet"
                icon={Undo2}
                onClick={() => {
                  notice.undo?.();
                  drop(notice.id);
                }}
              >
                {t('undo')}
              </Button>
            )}
            <IconButton icon={X} label={t('close')} onClick={() => drop(notice.id)} />
          </div>
        ))}
      </section>
    </Context>
  );
}

export function useTell(): Tell {
  return useContext(Context);
}
