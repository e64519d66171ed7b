import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

/** Text for a machine, to be copied. */
export function Code({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation('kit');
  const [copied, setCopied] = useState(false);
  return (
    <div className="relative">
      <pre
        // Long lines are scrolled, also by keyboard.
        tabIndex={0}
        role="region"
        aria-label={label}
        className="max-h-96 min-h-13 overflow-auto rounded-md bg-sunken p-3 pr-28 text-s leading-5"
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
