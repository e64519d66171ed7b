import { clsx } from 'clsx';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

/** Text for a machine, to be copied. What is one long word, a key or a link, wraps rather than hides. */
export function Code({ text, label, wrap = false }: { text: string; label: string; wrap?: boolean }) {
  const { t } = useTranslation('kit');
  const [copied, setCopied] = useState(false);
  return (
    <div className="relative">
      <pre
        // Long lines are scrolled, also by keyboard.
        tabIndex={0}
        role="region"
        aria-label={label}
        className={clsx(
          'max-h-96 min-h-13 overflow-auto rounded-md bg-sunken p-3 pr-28 text-s leading-5',
          wrap && 'break-all whitespace-pre-wrap',
        )}
      >
        {text}
      </pre>
      <Button
        className="absolute top-2 right-2"
        icon={copied ? Check : Copy}
        onClick={async () => {
          await navigator.clipboard.writeText(text);
          setCopied(true);
          setTimeout(() => setCopied(false), 2000);
        }}
      >
        {t(copied ? 'copied' : 'copy')}
      </Button>
    </div>
  );
}
