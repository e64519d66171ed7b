import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

const looks = {
  main: 'bg-act text-act-ink font-semibold hover:opacity-90',
  plain: 'border border-edge bg-raised hover:bg-sunken',
  quiet: 'text-quiet hover:bg-sunken hover:text-ink',
  danger: 'border border-wrong text-wrong bg-raised hover:bg-wrong-wash',
} as const;

interface Look {
  look?: keyof typeof looks;
  icon?: LucideIcon;
  busy?: boolean;
}

/** A button is a verb. Busy, it stays where it is and cannot be pressed twice. */
export function Button({
  look = 'plain',
  icon: Icon,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: Look & ComponentProps<'button'>) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={clsx(buttonClass(look), className)}
    >
      {Icon && <Icon size={16} aria-hidden="true" className={clsx('shrink-0', busy && 'animate-pulse')} />}
      {children}
    </button>
  );
}

/** The look of a button, for links that act like one. */
export function buttonClass(look: keyof typeof looks): string {
  return clsx(
    'inline-flex min-h-9 items-center justify-center gap-2 whitespace-nowrap rounded-md px-3 py-1.5 text-m transition-[background-color,opacity,color] disabled:cursor-not-allowed disabled:opacity-55',
    looks[look],
  );
}

/** A button that is only a mark; its name is read aloud and shown on hover. */
export function IconButton({
  icon: Icon,
  label,
  className,
  ...rest
}: { icon: LucideIcon; label: string } & ComponentProps<'button'>) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={clsx(
        'inline-flex size-9 shrink-0 items-center justify-center rounded-md text-quiet hover:bg-sunken hover:text-ink',
        className,
      )}
    >
      <Icon size={18} aria-hidden="true" />
    </button>
  );
}
