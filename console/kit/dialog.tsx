import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './button.tsx';

/**
 * A question in front of the page; Escape closes it. The veil is a plain element of ours, because radix' own brings a
 * style of its own into the page, which our content security policy does not let in.
 */
export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  note?: ReactNode;
  wide?: boolean;
  /** Beside the page instead of in front of it, as high as the window. */
  side?: boolean;
  bare?: boolean;
  children: ReactNode;
}) {
  const { t } = useTranslation('kit');
  return (
    <Radix.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Radix.Portal>
        <div className="appear fixed inset-0 z-40 bg-[rgb(18_22_20/45%)]" />
        <div
          className={clsx(
            'pointer-events-none fixed inset-0 z-50 flex items-end overflow-y-auto',
            props.side
              ? 'sm:items-stretch sm:justify-end'
              : 'justify-center sm:items-start sm:p-6 sm:pt-[10vh]',
          )}
        >
          <Radix.Content
            onOpenAutoFocus={focusFirstField}
            {...(props.note ? {} : { 'aria-describedby': undefined })}
            className={clsx(
              'appear pointer-events-auto max-h-[90dvh] w-full overflow-y-auto rounded-t-md bg-raised shadow-float',
              props.side
                ? 'sm:max-h-none sm:max-w-xl sm:rounded-none sm:border-line sm:border-l'
                : 'sm:max-h-[80vh] sm:rounded-md',
              !props.side && (props.wide ? 'sm:max-w-2xl' : 'sm:max-w-md'),
              !props.bare && 'p-5',
            )}
          >
            {props.bare ? (
              <Radix.Title className="sr-only">{props.title}</Radix.Title>
            ) : (
              <div className="flex items-start justify-between gap-4">
                <Radix.Title className="text-l font-semibold">{props.title}</Radix.Title>
                <Radix.Close asChild>
                  <IconButton icon={X} label={t('close')} className="-mt-1.5 -mr-2" />
                </Radix.Close>
              </div>
            )}
            {props.note && <Radix.Description className="mt-1 text-quiet">{props.note}</Radix.Description>}
            <div className={clsx('[&>.grid]:grid-cols-1', !props.bare && 'mt-4')}>{props.children}</div>
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Whoever opens a form wants to type, not to close it again. */
function focusFirstField(event: globalThis.Event): void {
  const content = event.target instanceof HTMLElement ? event.target : null;
  const field = content?.querySelector<HTMLElement>('input,select,textarea');
  if (!field) return;
  event.preventDefault();
  field.focus();
}
