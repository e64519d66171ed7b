import {
  columnFilteringFeature,
  columnVisibilityFeature,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  type RowData,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type ReactNode, useMemo, useRef } from 'react';

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** What is sorted, filtered and exported by; without it a column is only looked at. */
  value?: (row: Row) => string | number | null;
  /** A track of the grid, like "2fr" or "120px". */
  width?: string;
  align?: 'end';
  sortable?: boolean;
  /** Left out where there is little room. */
  wideOnly?: boolean;
  /** `always` cannot be left out; `asked` is there only when it was chosen. */
  shown?: 'always' | 'asked';
}

export interface Sort {
  by: string;
  down: boolean;
}

const features = tableFeatures({
  rowSortingFeature,
  columnFilteringFeature,
  globalFilteringFeature,
  columnVisibilityFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
  filteredRowModel: createFilteredRowModel(),
});

/** Which columns are there, where nobody chose. */
export function usuallyShown<Row>(columns: readonly Column<Row>[]): string[] {
  return columns.filter((column) => column.shown !== 'asked').map(({ id }) => id);
}

/** Rows in their order, filtered, with those that are chosen; all of it by TanStack Table. */
export function useRows<Row extends RowData>(o: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  sort: Sort | undefined;
  /** Whether the rows are put in order here, or came in it. */
  sortsHere: boolean;
  filter: string;
  shown: readonly string[];
}) {
  const { columns, rows, keyOf, sort, filter, shown } = o;
  // Pages write their columns anew each time they draw; a hundred thousand rows are not to be made anew for that.
  const now = useRef(new Map<string, Column<Row>>());
  now.current = new Map(columns.map((column) => [column.id, column]));
  const ids = columns.map(({ id }) => id).join('\n');
  const definitions = useMemo(
    () =>
      ids.split('\n').map((id) => ({
        id,
        accessorFn: (row: Row) => now.current.get(id)?.value?.(row) ?? undefined,
        sortFn: byValue,
        sortUndefined: 'last' as const,
      })),
    [ids],
  );
  const by = sort?.by;
  const down = sort?.down ?? false;
  const sorting = useMemo(() => (by === undefined ? [] : [{ id: by, desc: down }]), [by, down]);
  const visible = shown.join('\n');
  const columnVisibility = useMemo(() => {
    const wanted = new Set(visible.split('\n'));
    return Object.fromEntries(ids.split('\n').map((id) => [id, wanted.has(id)]));
  }, [ids, visible]);
  const data = rows as Row[];
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: keyOf,
    enableSubRowSelection: false,
    manualSorting: !o.sortsHere,
    globalFilterFn: holds,
    getColumnCanGlobalFilter: (column) => now.current.get(column.id)?.value !== undefined,
    state: { sorting, globalFilter: filter.trim().toLowerCase(), columnVisibility },
  });
  const shownColumns = table.getVisibleLeafColumns().flatMap((column) => now.current.get(column.id) ?? []);
  return { table, rows: table.getRowModel().rows, columns: shownColumns };
}

interface Valued {
  getValue(id: string): unknown;
}

function byValue(a: Valued, b: Valued, id: string): number {
  const [one, other] = [a.getValue(id), b.getValue(id)];
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return collator.compare(String(one), String(other));
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function holds(row: Valued, id: string, wanted: string): boolean {
  return String(row.getValue(id) ?? '')
    .toLowerCase()
    .includes(wanted);
}
