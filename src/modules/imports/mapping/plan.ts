import type { Layout } from '../read/layout.ts';
import { type ColumnFinder, createColumnFinder } from './columns.ts';
import { type Condition, compileCondition } from './condition.ts';
import { refuseMapping } from './document.ts';
import { compileRecord, contentHash, type Maker } from './record.ts';
import type { Mapping, RecordMapping } from './shape.ts';
import { type Cells, type Surroundings, textAt } from './value.ts';

/** Rows that are put together, and what becomes of them. */
export interface Grouping {
  /** What the rows have in common; an empty text where they have nothing to be put together by. */
  key(cells: Cells): string;
  /** Said to a row that has no key and needs one; null where it does not. */
  nothing(cells: Cells): string | null;
  makers: readonly Maker[];
  /** Rows that are the same in all cells stay events of their own, and are numbered. */
  numbered: boolean;
}

/** A mapping made for the columns of one file: pure functions from rows to messages. */
export interface Plan {
  /** Why a row is passed over on purpose, or null. */
  passedOver(cells: Cells): string | null;
  /** Records of one row that carry an id of their own. */
  single: readonly Maker[];
  groupings: readonly Grouping[];
  finder: ColumnFinder;
}

/**
 * Throws the refusal `imports/bad-mapping` where the mapping names columns that the file does not have. `text` is the
 * mapping's YAML, to tell the lines. `zone`: where times are local that name no offset, unless the mapping says so.
 * What lies behind `latestMs` has not happened.
 */
export function makePlan(
  mapping: Mapping,
  layout: Layout,
  o: { latestMs: number; zone: string; text?: string },
): Plan {
  const finder = createColumnFinder(mapping, layout);
  const around: Surroundings = {
    place: finder.place,
    places: finder.places,
    decimal: mapping.decimal ?? '.',
    zone: mapping.zone ?? o.zone,
    latestMs: o.latestMs,
  };
  const rules = (mapping.skip ?? []).map(({ when, because }) => ({
    holds: compileCondition(when, around),
    because,
  }));
  const single: Maker[] = [];
  const groupings = new Map<string, { columns: string[] | null; makers: Maker[] }>();
  mapping.records?.forEach((record, index) => {
    const maker = compileRecord(record, around);
    if (!record.group && hasOwnId(record)) {
      single.push(maker);
      return;
    }
    const name = JSON.stringify(record.group ?? null);
    const grouping = groupings.get(name) ?? { columns: record.group ?? null, makers: [] };
    grouping.makers.push({
      applies: maker.applies,
      make: (rows, ownId) => maker.make(rows, () => contentHash(`${index}\n${ownId()}`)),
    });
    groupings.set(name, grouping);
  });
  for (const { by } of Object.values(mapping.lookup ?? {})) around.place(by);
  const plan: Plan = {
    passedOver: (cells) => firstReason(rules, cells),
    single,
    groupings: [...groupings.values()].map(({ columns, makers }) => toGrouping(columns, makers, around)),
    finder,
  };
  const lines = o.text?.split('\n') ?? [];
  const missing = finder.missing().map(({ column, message }) => ({
    line: lines.findIndex((line) => line.includes(column)) + 1,
    field: '',
    message,
  }));
  if (missing.length > 0) throw refuseMapping(missing);
  return plan;
}

/** Without an id of its own a row is known by its content, and equal rows have to be counted. */
function hasOwnId(record: RecordMapping): boolean {
  return record.id !== undefined || record.record === 'identify';
}

function firstReason(rules: readonly { holds: Condition; because: string }[], cells: Cells): string | null {
  for (const rule of rules) if (rule.holds([cells])) return rule.because;
  return null;
}

const BETWEEN = '\u001f';

function toGrouping(columns: string[] | null, makers: Maker[], around: Surroundings): Grouping {
  if (columns === null) {
    return { key: (cells) => contentHash(cells.join(BETWEEN)), nothing: () => null, makers, numbered: true };
  }
  const places = columns.map((column) => around.place(column));
  const [only = -1] = places;
  const nothing = `There is nothing in ${columns.join(', ')}, by which rows are put together.`;
  return {
    key: places.length === 1 ? (cells) => textAt(cells, only) : (cells) => joined(cells, places),
    nothing: (cells) => (makers.some((maker) => maker.applies([cells])) ? nothing : null),
    makers,
    numbered: false,
  };
}

function joined(cells: Cells, places: readonly number[]): string {
  const texts = places.map((place) => textAt(cells, place));
  return texts.every((text) => text === '') ? '' : texts.join(BETWEEN);
}
