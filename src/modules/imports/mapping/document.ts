import { IANAZone } from 'luxon';
import { Check, Errors } from 'typebox/value';
import { type Document, isAlias, isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';
import { refuse } from '../schema.ts';
import { type Mapping, mappingShape, type RecordMapping, type ValueMapping } from './shape.ts';
import { placeholders } from './template.ts';
import { explain, type ShapeError } from './words.ts';

/** What is wrong in a mapping, where, and what to do. */
export interface MappingError {
  /** The line in the YAML text, from 1. */
  line: number;
  /** The field, as `records[0].time`. */
  field: string;
  message: string;
}

const longestText = 256 * 1024;

/**
 * Reads a mapping from its YAML text. Throws the refusal `imports/bad-mapping`, whose `errors` name line and field.
 * Short forms are written out: a text where a value is expected is the name of a column, one thing where a list is
 * expected is a list of it.
 */
export function parseMapping(text: string): Mapping {
  if (text.length > longestText) throw refuse('bad-mapping', 'A mapping has at most 256 KB.');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const broken = document.errors.map((error) => ({
    line: error.linePos?.[0].line ?? lineAt(error.pos[0]),
    field: '',
    message: `This is not YAML: ${(error.message.split('\n')[0] ?? '').replace(/ at line.*$/, '')}.`,
  }));
  if (broken.length > 0) throw refuseMapping(broken);
  const mapping = writtenOut(unfolded(document));
  const errors = isMapping(mapping) ? disagreements(mapping) : explain(shapeErrors(mapping));
  if (errors.length > 0) {
    throw refuseMapping(
      errors.map(({ path, message }) => ({
        line: lineAt(offsetOf(document, path)),
        field: fieldName(path),
        message,
      })),
    );
  }
  return mapping as Mapping;
}

function unfolded(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases of aliases, which would unfold to gigabytes.
    throw refuseMapping([
      { line: 1, field: '', message: `This cannot be unfolded: ${(error as Error).message}.` },
    ]);
  }
}

export function refuseMapping(errors: MappingError[]): Error {
  const sentences = errors
    .slice(0, 5)
    .map((e) => `Line ${e.line}${e.field ? `, ${e.field}` : ''}: ${e.message}`);
  const more = errors.length > 5 ? ` (and ${errors.length - 5} more)` : '';
  return refuse('bad-mapping', sentences.join(' ') + more, { errors });
}

function isMapping(value: unknown): value is Mapping {
  return Check(mappingShape, value);
}

function shapeErrors(value: unknown): ShapeError[] {
  return [...Errors(mappingShape, value)].map(({ keyword, instancePath, params }) => ({
    keyword,
    path: instancePath
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    params: params as Record<string, unknown>,
  }));
}

/** Where in the text the thing at `path` begins, or what is nearest around it. */
function offsetOf(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of [...path, '']) {
    if (isAlias(node)) node = node.resolve(document);
    if (isNode(node) && node.range) offset = node.range[0];
    const inner = isMap(node) || isSeq(node) ? node.get(isSeq(node) ? Number(step) : step, true) : undefined;
    // A list of one may stand there without the list.
    if (inner === undefined && step !== '0') break;
    node = inner ?? node;
  }
  return offset;
}

function fieldName(path: readonly string[]): string {
  return path.map((step, i) => (/^\d+$/.test(step) ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}

// Short forms.

type Loose = Record<string, unknown>;

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function writtenOut(root: unknown): unknown {
  if (!isObject(root)) return root;
  return {
    ...root,
    ...mapField(root, 'skip', (skip) => mapList(skip, (rule) => withCondition(rule))),
    ...mapField(root, 'records', (records) => mapList(records, recordOut)),
  };
}

function recordOut(record: unknown): unknown {
  if (!isObject(record)) return record;
  const valueMaps = ['identifiers', 'properties', 'traits', 'products'].map((name) =>
    mapField(record, name, (map) => (isObject(map) ? mapValues(map, valueOut) : map)),
  );
  return Object.assign(
    withCondition(record) as Loose,
    mapField(record, 'group', listOf),
    mapField(record, 'time', valueOut),
    ...valueMaps,
  );
}

function valueOut(value: unknown): unknown {
  if (typeof value === 'string' || Array.isArray(value)) return { column: listOf(value) };
  if (!isObject(value)) return value;
  return {
    ...value,
    ...mapField(value, 'column', listOf),
    ...mapField(value, 'sum', listOf),
    ...mapField(value, 'format', listOf),
  };
}

function withCondition(holder: unknown): unknown {
  if (!isObject(holder)) return holder;
  return {
    ...holder,
    ...mapField(holder, 'when', (when) =>
      mapList(listOf(when), (all) => (isObject(all) ? mapValues(all, testOut) : all)),
    ),
  };
}

function testOut(test: unknown): unknown {
  if (!isObject(test)) return Array.isArray(test) ? { in: test.map(scalarText) } : { is: scalarText(test) };
  return mapValues(test, (value, name) => {
    if (name === 'empty') return value;
    return Array.isArray(value) ? value.map(scalarText) : scalarText(value);
  });
}

function scalarText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function listOf(value: unknown): unknown {
  return Array.isArray(value) ? value : [value];
}

function mapList(value: unknown, change: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : value;
}

function mapValues(object: Loose, change: (value: unknown, key: string) => unknown): Loose {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

function mapField(object: Loose, name: string, change: (value: unknown) => unknown): Loose {
  return Object.hasOwn(object, name) ? { [name]: change(object[name]) } : {};
}

// What the shape alone cannot say.

interface Disagreement {
  path: string[];
  message: string;
}

function disagreements(mapping: Mapping): Disagreement[] {
  const found: Disagreement[] = [];
  const say = (path: string[], message: string) => void found.push({ path, message });
  if (mapping.file?.format === 'segment') {
    if (mapping.records) say(['records'], 'A Segment archive is taken as it is: leave the records out.');
    return found;
  }
  if (!mapping.records) say([], 'The field "records" is missing: it says what the rows become.');
  checkZone(mapping.zone, ['zone'], say);
  mapping.records?.forEach((record, i) => {
    checkRecord(record, ['records', String(i)], say);
  });
  return found;
}

type Say = (path: string[], message: string) => void;

function checkRecord(record: RecordMapping, path: string[], say: Say): void {
  const kind = record.record;
  if (kind === 'track' && !record.event) say(path, 'A track needs "event", the name of what happened.');
  if (kind !== 'track' && record.event)
    say([...path, 'event'], `Only a track has an event; a ${kind} has none.`);
  if (kind !== 'identify' && !record.time)
    say(path, `A ${kind} needs "time", the column that says when it was.`);
  if (kind !== 'identify' && record.traits)
    say([...path, 'traits'], 'Traits belong to an identify; write properties.');
  if (kind === 'identify' && record.properties)
    say([...path, 'properties'], 'An identify has traits, no properties.');
  if (kind === 'identify' && record.products) say([...path, 'products'], 'An identify has no products.');
  if (!record.identifiers && !record.anonymous) {
    say(path, 'It is not said whose this is: name the columns in "identifiers", or write "anonymous".');
  }
  for (const name of ['id', 'event', 'name', 'anonymous'] as const) {
    const text = record[name];
    if (text !== undefined && placeholders(text) === null) say([...path, name], unevenBraces);
  }
  if (record.time) checkValue(record.time, [...path, 'time'], say);
  for (const part of ['identifiers', 'properties', 'traits', 'products'] as const) {
    for (const [name, value] of Object.entries(record[part] ?? {})) {
      checkValue(value, [...path, part, name], say);
      if (part === 'products' && value.sum) {
        say(
          [...path, part, name],
          'A product is one row; a sum goes over all rows and belongs to the properties.',
        );
      }
    }
  }
}

const unevenBraces = 'The braces do not match: write {Column}, and {{ for a brace itself.';

function checkValue(value: ValueMapping, path: string[], say: Say): void {
  const sources = [value.column, value.value, value.template, value.sum].filter((v) => v !== undefined);
  if (sources.length !== 1)
    say(path, 'Say one of "column", "value", "template" and "sum" where it comes from.');
  if (value.template !== undefined && placeholders(value.template) === null)
    say([...path, 'template'], unevenBraces);
  if (value.divide_by && value.type !== 'decimal')
    say([...path, 'divide_by'], 'Only a value of type decimal is divided.');
  if (value.format && value.type !== 'date' && path.at(-1) !== 'time') {
    say([...path, 'format'], 'A format is for dates: write type: date.');
  }
  checkZone(value.zone, [...path, 'zone'], say);
}

function checkZone(zone: string | undefined, path: string[], say: Say): void {
  if (zone !== undefined && !IANAZone.isValidZone(zone)) {
    say(path, `There is no time zone "${zone}". Write one like Europe/London, Asia/Shanghai or UTC.`);
  }
}
