import { DropdownMenu } from 'radix-ui';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { menuClass } from '../kit/menu.tsx';
import type { Json } from './rule.ts';
import { blankOf, kindGroups, kindIcons } from './rule-kinds.ts';

const line =
  'grid cursor-pointer grid-cols-[20px_minmax(0,1fr)] items-baseline gap-x-2 rounded-md px-3 py-1.5 outline-none data-highlighted:bg-sunken';

/** Everything that can be asked of people, in groups, each with a few words about it. */
export function AddMenu({ onAdd, children }: { onAdd: (rule: Json) => void; children: ReactNode }) {
  const { t } = useTranslation('segments');
  const Group = kindIcons.group;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className={`${menuClass} w-88 max-w-[calc(100vw-1rem)]`}
          // The new condition takes the focus; the button that added it does not take it back.
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {kindGroups.map(({ name, kinds }) => (
            <Fragment key={name}>
              <DropdownMenu.Label className="px-3 pt-2 pb-1 text-s text-quiet">
                {t(`build.groups.${name}`)}
              </DropdownMenu.Label>
              {kinds.map((kind) => {
                const Icon = kindIcons[kind];
                return (
                  <DropdownMenu.Item key={kind} className={line} onSelect={() => onAdd(blankOf(kind))}>
                    <Icon size={15} aria-hidden="true" className="translate-y-0.5 text-quiet" />
                    <span>{t(`build.kinds.${kind}`)}</span>
                    <span className="col-start-2 text-s text-quiet">{t(`build.notes.${kind}`)}</span>
                  </DropdownMenu.Item>
                );
              })}
            </Fragment>
          ))}
          <DropdownMenu.Separator className="my-1 border-line border-t" />
          <DropdownMenu.Item className={line} onSelect={() => onAdd({ any: [] })}>
            <Group size={15} aria-hidden="true" className="translate-y-0.5 text-quiet" />
            <span>{t('build.kinds.group')}</span>
            <span className="col-start-2 text-s text-quiet">{t('build.notes.group')}</span>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
