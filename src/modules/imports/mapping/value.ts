import type Big from 'big.js';
import { type DecimalSign, decimalText, divide, parseDecimal } from './decimal.ts';
import { Flaw } from './flaw.ts';
import { createTimeReader, isoOf } from './moment.ts';
import type { ValueMapping, ValueType } from './shape.ts';
import { parseTemplate } from './template.ts';

export type Cells = readonly string[];

/** Where the columns of a file are, and how its numbers and times are written. */
export interface Surroundings {
  /** The place of a column in the cells; -1 for one that the file may lack and does. */
  place(column: string): number;
  /** The places of those of these columns that the file has. */
  places(columns: readonly string[]): number[];
  decimal: DecimalSign;
  zone: string;
  /** Times behind this have not happened. */
  latestMs: number;
}

/** Reads a value: undefined where the cells are empty. Throws a Flaw where they are not what is expected. */
export interface ValueReader {
  one(cells: Cells): unknown;
  /** Over the rows that were put together: the first that has one. */
  first(rows: readonly Cells[]): unknown;
}

export function compileValue(value: ValueMapping, around: Surroundings): ValueReader {
  if (value.sum) return sumOf(value.sum, value, around);
  const one = compileOne(value, around);
  return {
    one,
    first(rows) {
      for (let i = 0; i < rows.length; i++) {
        const found = atRow(i, () => one(rows[i] as Cells));
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

function atRow<T>(row: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Flaw) error.row = row;
    throw error;
  }
}

function compileOne(value: ValueMapping, around: Surroundings): (cells: Cells) => unknown {
  if (value.value !== undefined) {
    const constant = value.value;
    return () => constant;
  }
  const read =
    value.template === undefined
      ? readColumns(value.column ?? [], around)
      : compileTemplate(value.template, around);
  const convert = converter(value, around);
  if (value.divide_by === undefined) {
    return (cells) => {
      const text = read(cells);
      return text === '' ? undefined : convert(text);
    };
  }
  const divisorPlace = around.place(value.divide_by);
  const divisorName = value.divide_by;
  return (cells) => {
    const text = read(cells);
    const divisorText = textAt(cells, divisorPlace);
    if (text === '' || divisorText === '') return undefined;
    const quotient = divide(
      decimalOf(text, nameOf(value), around),
      decimalOf(divisorText, divisorName, around),
    );
    return quotient === null ? undefined : decimalText(value.absolute ? quotient.abs() : quotient);
  };
}

export function textAt(cells: Cells, place: number): string {
  return cells[place]?.trim() ?? '';
}

/** The text of the first of these columns that is not empty. */
function readColumns(columns: readonly string[], around: Surroundings): (cells: Cells) => string {
  const places = around.places(columns);
  const [only = -1] = places;
  if (places.length < 2) return (cells) => textAt(cells, only);
  return (cells) => {
    for (const place of places) {
      const text = textAt(cells, place);
      if (text !== '') return text;
    }
    return '';
  };
}

/** The text of a template, or an empty one where a column that it names is empty. */
export function compileTemplate(template: string, around: Surroundings): (cells: Cells) => string {
  const parts = (parseTemplate(template) ?? []).map((part) =>
    'text' in part ? part.text : around.place(part.column),
  );
  return (cells) => {
    let text = '';
    for (const part of parts) {
      const piece = typeof part === 'string' ? part : textAt(cells, part);
      if (piece === '') return '';
      text += piece;
    }
    return text;
  };
}

const TRUE = /^(?:true|yes|y|1|t|是|有)$/i;
const FALSE = /^(?:false|no|n|0|f|否|无)$/i;

function converter(value: ValueMapping, around: Surroundings): (text: string) => unknown {
  const name = nameOf(value);
  const type: ValueType = value.type ?? 'text';
  switch (type) {
    case 'text':
      return (text) => text;
    case 'integer':
      return (text) => integerOf(text, name, around, value.absolute);
    case 'number':
      return (text) => {
        const number = decimalOf(text, name, around).toNumber();
        return value.absolute ? Math.abs(number) : number;
      };
    case 'decimal':
      return (text) => {
        const decimal = decimalOf(text, name, around);
        return decimalText(value.absolute ? decimal.abs() : decimal);
      };
    case 'boolean':
      return (text) => {
        if (TRUE.test(text)) return true;
        if (FALSE.test(text)) return false;
        throw new Flaw(`${name} is "${short(text)}", where yes or no is expected.`);
      };
    case 'date': {
      const read = createTimeReader({
        formats: value.format,
        zone: value.zone ?? around.zone,
        latestMs: Number.MAX_SAFE_INTEGER,
      });
      return (text) => isoOf(named(name, () => read(text)));
    }
    case 'json':
      return (text) => {
        try {
          return JSON.parse(text) as unknown;
        } catch {
          throw new Flaw(`${name} is "${short(text)}", where JSON is expected.`);
        }
      };
  }
}

function integerOf(text: string, name: string, around: Surroundings, absolute = false): number {
  // Spreadsheets write whole numbers as 17850.0.
  const number = /^-?\d{1,15}(?:\.0*)?$/.test(text)
    ? Number(text)
    : wholeNumber(decimalOf(text, name, around), text, name);
  return absolute ? Math.abs(number) : number;
}

function wholeNumber(decimal: Big, text: string, name: string): number {
  const number = decimal.toNumber();
  if (Number.isSafeInteger(number) && decimal.eq(number)) return number;
  throw new Flaw(`${name} is "${short(text)}", where a whole number is expected.`);
}

export function decimalOf(text: string, name: string, around: Surroundings): Big {
  const decimal = parseDecimal(text, around.decimal);
  if (decimal) return decimal;
  throw new Flaw(`${name} is "${short(text)}", where a number is expected.`);
}

/** Adds up, over all rows, the product of these columns; a row where all of them are empty adds nothing. */
function sumOf(columns: readonly string[], value: ValueMapping, around: Surroundings): ValueReader {
  const factors = columns.map((name) => ({ name, place: around.place(name) }));
  const ofRow = (cells: Cells): Big | undefined => {
    let product: Big | undefined;
    let empty = '';
    for (const { name, place } of factors) {
      const text = textAt(cells, place);
      if (text === '') {
        empty = name;
        continue;
      }
      const factor = decimalOf(text, name, around);
      product = product === undefined ? factor : product.times(factor);
    }
    if (product !== undefined && empty !== '') throw new Flaw(`${empty} is empty, and the sum needs it.`);
    return product;
  };
  const over = (rows: readonly Cells[]): string | undefined => {
    let sum: Big | undefined;
    for (let i = 0; i < rows.length; i++) {
      const product = atRow(i, () => ofRow(rows[i] as Cells));
      if (product !== undefined) sum = sum === undefined ? product : sum.plus(product);
    }
    return sum === undefined ? undefined : decimalText(value.absolute ? sum.abs() : sum);
  };
  return { one: (cells) => over([cells]), first: over };
}

function nameOf(value: ValueMapping): string {
  return value.column?.join(' or ') ?? value.template ?? 'the value';
}

/** A flaw in a time says which column it stands in. */
export function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Flaw) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
