import { Check, type LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useRef } from 'react';

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  chosen?: boolean;
  onChoose: () => void;
}

export const menuClass =
  'appear z-50 max-h-[min(70vh,var(--radix-dropdown-menu-content-available-height))] min-w-48 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-float';

/** Something in a menu that is on or off; the menu stays open, since one mostly wants several. */
export function MenuCheck(props: { label: string; checked: boolean; onCheck: (checked: boolean) => void }) {
  return (
    <DropdownMenu.CheckboxItem
      checked={props.checked}
      onCheckedChange={props.onCheck}
      onSelect={(event) => event.preventDefault()}
      className="flex cursor-pointer items-center gap-2 rounded-md px-3 py-1.5 outline-none data-highlighted:bg-sunken"
    >
      <span className="flex size-4 items-center justify-center rounded-[4px] border border-edge">
        <DropdownMenu.ItemIndicator>
          <Check size={13} aria-hidden="true" className="text-good" />
        </DropdownMenu.ItemIndicator>
      </span>
      <span className="grow">{props.label}</span>
    </DropdownMenu.CheckboxItem>
  );
}

/**
 * A list of what one can do or choose. Not modal: the page behind it goes on. What is chosen happens once the menu has
 * closed and given the focus back: a form that opened sooner would lose the focus to it, and close.
 */
export function Menu({
  trigger,
  items,
  title,
}: {
  trigger: ReactNode;
  items: readonly MenuItem[];
  title?: string;
}) {
  const chosen = useRef<(() => void) | null>(null);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className={menuClass}
          onCloseAutoFocus={() => {
            // The focus moves when this returns.
            if (chosen.current) queueMicrotask(chosen.current);
            chosen.current = null;
          }}
        >
          {title && (
            <DropdownMenu.Label className="px-3 py-1.5 text-s text-quiet">{title}</DropdownMenu.Label>
          )}
          {items.map(({ label, icon: Icon, chosen: isChosen, onChoose }) => (
            <DropdownMenu.Item
              key={label}
              onSelect={() => {
                chosen.current = onChoose;
              }}
              className="flex cursor-pointer items-center gap-2 rounded-md px-3 py-1.5 outline-none data-highlighted:bg-sunken"
            >
              {Icon && <Icon size={16} aria-hidden="true" className="text-quiet" />}
              <span className="grow">{label}</span>
              {isChosen && <Check size={16} aria-hidden="true" className="text-good" />}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
