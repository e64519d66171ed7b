import type { RowData, RowSelectionState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Skeleton } from './states.tsx';
import { type Column, type Sort, useRows, usuallyShown } from './table-state.ts';
import { TableTools } from './table-tools.tsx';

export type { Column, Sort } from './table-state.ts';

/**
 * Rows by the hundred thousand: only those in view exist. The head stays, arrow keys walk, Enter opens, Space chooses.
 * Asks for more when its end comes near. With `onSort` alone the rows are expected in their order; with `sortsHere`, or
 * without `onSort`, columns that have a `value` are sorted here.
 */
export function Table<Row extends RowData>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  sortsHere?: boolean;
  /** Ids of the columns that are there; the usual ones where it is left out. */
  shown?: readonly string[] | undefined;
  /** Lets columns be chosen; undefined means the usual ones. */
  onShown?: (ids: string[] | undefined) => void;
  /** What stands at the beginning of the line over the table, also while it is empty: its filters. */
  lead?: ReactNode;
  /** Rows that hold this text; with `onFilter` there is a field for it. */
  filter?: string;
  onFilter?: (text: string) => void;
  /** What can be done with the rows that are chosen; with it rows can be chosen. */
  actions?: (rows: Row[], done: () => void) => ReactNode;
  /** The name of the file that the rows can be taken out as, without its ending. */
  exportAs?: string;
  isLoading?: boolean;
  hasMore?: boolean;
  onMore?: () => void;
  empty: ReactNode;
  rowHeight?: number;
  /** Fills the height it is given, instead of the screen. */
  isBounded?: boolean;
  /** Rows that came in just now slide in. */
  isFresh?: (row: Row) => boolean;
}) {
  const { t } = useTranslation('kit');
  const { rowHeight = 48, hasMore = false, onMore, onOpen, keyOf } = props;
  const [ownSort, setOwnSort] = useState<Sort | undefined>(props.sort);
  const sortsHere = props.sortsHere ?? !props.onSort;
  const sort = props.onSort ? props.sort : ownSort;
  const usual = usuallyShown(props.columns);
  const { table, rows, columns } = useRows({
    columns: props.columns,
    rows: props.rows,
    keyOf,
    sort,
    sortsHere,
    filter: props.filter ?? '',
    shown: props.shown ?? usual,
  });
  const selection = table.state.rowSelection;
  const chosen = useMemo(() => new Set(Object.keys(selection)), [selection]);
  const body = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => body.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - 15) onMore?.();
  }, [hasMore, lastShown, rows.length, onMore]);

  const isEmpty = props.rows.length === 0 && !hasMore;
  if (!props.lead && props.isLoading) return <Skeleton lines={8} />;
  if (!props.lead && isEmpty) return props.empty;

  const canChoose = props.actions !== undefined;
  const choose = (id: string) => table.setRowSelection((now) => toggled(now, id));
  const walk = (event: KeyboardEvent<HTMLElement>, index: number) => {
    const row = rows[index];
    const isOnRow = event.target === event.currentTarget;
    if (event.key === 'Enter' && isOnRow && row) onOpen?.(row.original);
    if (event.key === ' ' && isOnRow && canChoose && row) {
      event.preventDefault();
      choose(row.id);
    }
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, index + step));
    virtual.scrollToIndex(next);
    requestAnimationFrame(() =>
      body.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true }),
    );
  };
  const head = canChoose ? ['20px'] : [];
  const tracks = [...head, ...columns.map((column) => column.width ?? '1fr')];
  const narrow = [
    ...head,
    ...columns.filter((column) => !column.wideOnly).map((column) => column.width ?? '1fr'),
  ];
  const chosenRows = () => rows.filter((row) => chosen.has(row.id)).map((row) => row.original);

  return (
    <div
      className={clsx('flex flex-col', props.isBounded ? 'h-full' : 'max-h-[calc(100dvh-12.5rem)] min-h-64')}
    >
      <TableTools
        lead={props.lead}
        hasRows={!isEmpty && !props.isLoading}
        columns={props.columns}
        usual={usual}
        shown={columns.map(({ id }) => id)}
        onShown={props.onShown}
        filter={props.filter}
        onFilter={props.onFilter}
        exportAs={props.exportAs}
        rowsToExport={() => (chosen.size > 0 ? chosenRows() : rows.map((row) => row.original))}
        chosen={chosen.size}
        onClear={() => table.setRowSelection({})}
        actions={chosen.size > 0 ? props.actions?.(chosenRows(), () => table.setRowSelection({})) : null}
      />
      {props.isLoading && <Skeleton lines={8} />}
      {isEmpty && !props.isLoading && props.empty}
      {/* Grid roles instead of a table's elements, because rows that do not exist cannot be laid out by a table. */}
      <div
        role="table"
        hidden={isEmpty || props.isLoading}
        aria-label={props.label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        ref={(element) => {
          element?.style.setProperty('--tracks', tracks.map(minmax).join(' '));
          element?.style.setProperty('--narrow-tracks', narrow.map(minmax).join(' '));
        }}
        className="flex min-h-0 grow flex-col [&[hidden]]:hidden"
      >
        <div role="rowgroup" className="border-line border-b">
          <div role="row" aria-rowindex={1} className={clsx(rowClass, 'h-9 text-s text-quiet')}>
            {canChoose && (
              <div role="columnheader">
                <input
                  type="checkbox"
                  aria-label={t('table.chooseAll')}
                  className="size-4 align-middle accent-act"
                  checked={rows.length > 0 && chosen.size >= rows.length}
                  onChange={() =>
                    table.setRowSelection(
                      chosen.size >= rows.length
                        ? {}
                        : Object.fromEntries(rows.map((row) => [row.id, true as const])),
                    )
                  }
                />
              </div>
            )}
            {columns.map((column) => (
              <HeadCell
                key={column.id}
                column={column}
                sort={sort}
                onSort={props.onSort ?? (sortsHere ? setOwnSort : undefined)}
              />
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={body} className="relative grow overflow-y-auto">
          <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              const isChosen = chosen.has(row.id);
              return (
                <div
                  role="row"
                  key={row.id}
                  data-row={item.index}
                  aria-rowindex={item.index + 2}
                  aria-selected={canChoose ? isChosen : undefined}
                  tabIndex={0}
                  onKeyDown={(event) => walk(event, item.index)}
                  onClick={(event) => {
                    if (!(event.target as HTMLElement).closest('a,button,input,label'))
                      onOpen?.(row.original);
                  }}
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                  className={clsx(
                    'absolute inset-x-0 top-0 border-line border-b -outline-offset-2 hover:bg-sunken',
                    isChosen && 'bg-good-wash',
                  )}
                >
                  <div
                    role="presentation"
                    className={clsx(
                      rowClass,
                      'h-full',
                      onOpen && 'cursor-pointer',
                      props.isFresh?.(row.original) && 'slide-in',
                    )}
                  >
                    {canChoose && (
                      <div role="cell">
                        <input
                          type="checkbox"
                          aria-label={t('table.choose')}
                          className="size-4 align-middle accent-act"
                          checked={isChosen}
                          onChange={() => choose(row.id)}
                        />
                      </div>
                    )}
                    {columns.map((column) => (
                      <div role="cell" key={column.id} className={cellClass(column)}>
                        {column.cell(row.original)}
                      </div>
                    ))}
                  </div>
                </div>
              );
            })}
          </div>
          {hasMore && <p className="px-2 py-3 text-s text-quiet">{t('more')}</p>}
          {rows.length === 0 && !hasMore && <p className="px-2 py-6 text-quiet">{t('table.none')}</p>}
        </div>
      </div>
    </div>
  );
}

function toggled(now: RowSelectionState, id: string): RowSelectionState {
  const { [id]: was, ...rest } = now;
  return was ? rest : { ...now, [id]: true };
}

const rowClass =
  'grid items-center gap-4 px-2 [grid-template-columns:var(--narrow-tracks)] lg:[grid-template-columns:var(--tracks)]';
const minmax = (track: string) => (track.endsWith('fr') ? `minmax(0, ${track})` : track);

function cellClass<Row>(column: Column<Row>): string {
  return clsx(
    'min-w-0 truncate',
    column.align === 'end' && 'text-right',
    column.wideOnly && 'hidden lg:block',
  );
}

function HeadCell<Row>(props: {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}) {
  const { column, sort, onSort } = props;
  const isSorted = sort?.by === column.id;
  const Arrow = sort?.down ? ArrowDown : ArrowUp;
  return (
    <div
      role="columnheader"
      aria-sort={isSorted ? (sort.down ? 'descending' : 'ascending') : undefined}
      className={cellClass(column)}
    >
      {column.sortable && onSort ? (
        <button
          type="button"
          className="inline-flex max-w-full items-center gap-1 hover:text-ink"
          onClick={() => onSort({ by: column.id, down: isSorted ? !sort.down : true })}
        >
          <span className="truncate">{column.title}</span>
          {isSorted && <Arrow size={14} aria-hidden="true" className="shrink-0" />}
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}
