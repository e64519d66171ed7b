import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Skeleton } from './states.tsx';

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** A track of the grid, like "2fr" or "120px". */
  width?: string;
  align?: 'end';
  sortable?: boolean;
  /** Left out where there is little room. */
  wideOnly?: boolean;
}

export interface Sort {
  by: string;
  down: boolean;
}

/**
 * Rows by the hundred thousand: only those in view exist. The head stays, arrow keys walk, Enter opens. Asks for more
 * when its end comes near.
 */
export function Table<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  isLoading?: boolean;
  hasMore?: boolean;
  onMore?: () => void;
  empty: ReactNode;
  rowHeight?: number;
  /** Rows that came in just now slide in. */
  isFresh?: (row: Row) => boolean;
}) {
  const { t } = useTranslation('kit');
  const { rows, columns, rowHeight = 48, hasMore = false, onMore, onOpen } = props;
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
    if (hasMore && rows.length > 0 && lastShown >= rows.length - 15) onMore?.();
  }, [hasMore, lastShown, rows.length, onMore]);

  if (props.isLoading) return <Skeleton lines={8} />;
  if (rows.length === 0) return props.empty;

  const walk = (event: KeyboardEvent<HTMLElement>, index: number) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (event.key === 'Enter' && event.target === event.currentTarget) {
      const row = rows[index];
      if (row !== undefined) onOpen?.(row);
    }
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, index + step));
    virtual.scrollToIndex(next);
    requestAnimationFrame(() =>
      body.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true }),
    );
  };
  const tracks = columns.map((column) => column.width ?? '1fr');
  const narrow = columns.filter((column) => !column.wideOnly).map((column) => column.width ?? '1fr');

  return (
    // Grid roles instead of a table's elements, because rows that do not exist cannot be laid out by a table.
    <div
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      ref={(element) => {
        element?.style.setProperty('--tracks', tracks.map(minmax).join(' '));
        element?.style.setProperty('--narrow-tracks', narrow.map(minmax).join(' '));
      }}
      className="flex max-h-[calc(100dvh-12.5rem)] min-h-64 flex-col"
    >
      <div role="rowgroup" className="border-line border-b">
        <div role="row" aria-rowindex={1} className={clsx(rowClass, 'h-9 text-s text-quiet')}>
          {columns.map((column) => (
            <HeadCell
              key={column.id}
              column={column}
              {...(props.sort ? { sort: props.sort } : {})}
              onSort={props.onSort}
            />
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={body} className="relative grow overflow-y-auto">
        <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                role="row"
                key={props.keyOf(row)}
                data-row={item.index}
                aria-rowindex={item.index + 2}
                tabIndex={0}
                onKeyDown={(event) => walk(event, item.index)}
                onClick={(event) => {
                  if (!(event.target as HTMLElement).closest('a,button,input,label')) onOpen?.(row);
                }}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                className="absolute inset-x-0 top-0 border-line border-b -outline-offset-2 hover:bg-sunken"
              >
                <div
                  role="presentation"
                  className={clsx(
                    rowClass,
                    'h-full',
                    onOpen && 'cursor-pointer',
                    props.isFresh?.(row) && 'slide-in',
                  )}
                >
                  {columns.map((column) => (
                    <div role="cell" key={column.id} className={cellClass(column)}>
                      {column.cell(row)}
                    </div>
                  ))}
                </div>
              </div>
            );
          })}
        </div>
        {hasMore && <p className="py-3 text-s text-quiet">{t('more')}</p>}
      </div>
    </div>
  );
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
  sort?: Sort;
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
          className="inline-flex items-center gap-1 hover:text-ink"
          onClick={() => onSort({ by: column.id, down: isSorted ? !sort.down : true })}
        >
          {column.title}
          {isSorted && <Arrow size={14} aria-hidden="true" />}
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}
