import { Columns3, Download, Search, X } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from './button.tsx';
import { download, toCsv } from './download.ts';
import { useFormat } from './format.ts';
import { MenuCheck, menuClass } from './menu.tsx';
import type { Column } from './table-state.ts';

/** What stands over a table: a filter, the choice of columns, the way out as CSV, and what to do with chosen rows. */
export function TableTools<Row>(props: {
  lead: ReactNode;
  hasRows: boolean;
  columns: readonly Column<Row>[];
  usual: readonly string[];
  shown: readonly string[];
  onShown: ((ids: string[] | undefined) => void) | undefined;
  filter: string | undefined;
  onFilter: ((text: string) => void) | undefined;
  exportAs: string | undefined;
  rowsToExport: () => Row[];
  chosen: number;
  onClear: () => void;
  actions: ReactNode;
}) {
  const { t } = useTranslation('kit');
  const format = useFormat();
  const { columns, shown, onShown, onFilter, exportAs } = props;
  if (!props.lead && !onShown && !onFilter && !exportAs && props.chosen === 0) return null;
  const takeOut = () => {
    const given = columns.filter((column) => column.value && shown.includes(column.id));
    const rows = props.rowsToExport().map((row) => given.map((column) => column.value?.(row)));
    const csv = toCsv(
      given.map(({ title }) => title),
      rows,
    );
    download(`${exportAs}.csv`, csv, 'text/csv');
  };
  return (
    <div className="mb-2 flex min-h-9 shrink-0 flex-wrap items-center gap-2">
      {props.lead}
      {onFilter && (
        <div className="relative w-56 max-w-full">
          <Search
            size={15}
            aria-hidden="true"
            className="absolute top-1/2 left-3 -translate-y-1/2 text-quiet"
          />
          <input
            type="search"
            className="field pl-9"
            aria-label={t('table.filter')}
            placeholder={t('table.filter')}
            value={props.filter ?? ''}
            onChange={(event) => onFilter(event.target.value)}
          />
        </div>
      )}
      {props.chosen > 0 && (
        <div role="status" className="flex items-center gap-1 rounded-md bg-good-wash pl-3 text-good">
          {t('table.chosen', { count: props.chosen, shown: format.exact(props.chosen) })}
          <IconButton icon={X} label={t('table.clear')} onClick={props.onClear} />
        </div>
      )}
      {props.actions}
      <div className="ml-auto flex gap-2">
        {onShown && props.hasRows && (
          <DropdownMenu.Root modal={false}>
            <DropdownMenu.Trigger asChild>
              <Button icon={Columns3}>{t('table.columns')}</Button>
            </DropdownMenu.Trigger>
            <DropdownMenu.Portal>
              <DropdownMenu.Content align="end" sideOffset={6} collisionPadding={8} className={menuClass}>
                {columns
                  .filter((column) => column.shown !== 'always')
                  .map(({ id, title }) => (
                    <MenuCheck
                      key={id}
                      label={title}
                      checked={shown.includes(id)}
                      onCheck={(isShown) => onShown(chosenOf(columns, shown, props.usual, id, isShown))}
                    />
                  ))}
              </DropdownMenu.Content>
            </DropdownMenu.Portal>
          </DropdownMenu.Root>
        )}
        {exportAs && props.hasRows && (
          <Button icon={Download} onClick={takeOut}>
            {t('table.export')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** In the order of the columns; undefined where these are the usual ones, so that addresses stay short. */
function chosenOf<Row>(
  columns: readonly Column<Row>[],
  shown: readonly string[],
  usual: readonly string[],
  id: string,
  isShown: boolean,
): string[] | undefined {
  const wanted = new Set(shown);
  if (isShown) wanted.add(id);
  else wanted.delete(id);
  const ids = columns.map((column) => column.id).filter((one) => wanted.has(one));
  return ids.join() === usual.join() ? undefined : ids;
}
