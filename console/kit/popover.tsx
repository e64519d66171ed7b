import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** A small form that floats beside what opened it; Escape closes it. */
export function Popover(props: {
  open: boolean;
  onOpen: (open: boolean) => void;
  label: string;
  trigger: ReactNode;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpen}>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={props.label}
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="appear z-50 w-72 max-w-[calc(100vw-1rem)] rounded-md border border-line bg-raised p-4 shadow-float"
        >
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
