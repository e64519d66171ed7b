import type { ValueMapping } from './shape.ts';

/** What a schema has to say about a value. */
export interface ShapeError {
  keyword: string;
  path: string[];
  params: Record<string, unknown>;
}

/** The same for a person: one sentence for each mistake, and what to do. */
export function explain(errors: readonly ShapeError[]): { path: string[]; message: string }[] {
  const unions = errors.filter((e) => e.keyword === 'anyOf').map((e) => e.path.join('/'));
  const sentences: { path: string[]; message: string }[] = [];
  for (const error of errors) {
    // The branches of a union, and "false" for a field that must not be there, are said once by their parent.
    if (error.keyword === 'boolean') continue;
    if (error.keyword !== 'anyOf' && unions.includes(error.path.join('/'))) continue;
    sentences.push(...explainOne(error));
  }
  return sentences;
}

const fields: Record<string, readonly string[]> = {
  '': ['title', 'file', 'zone', 'decimal', 'lookup', 'skip', 'records'],
  file: ['format', 'delimiter', 'encoding', 'columns', 'optional'],
  lookup: ['by', 'key'],
  skip: ['when', 'because'],
  record: [
    'record',
    'when',
    'group',
    'id',
    'event',
    'name',
    'time',
    'identifiers',
    'anonymous',
    'properties',
    'traits',
    'products',
  ],
  test: ['is', 'not', 'in', 'starts', 'starts_not', 'ends', 'contains', 'empty', 'above', 'below'],
  value: [
    'column',
    'value',
    'template',
    'sum',
    'type',
    'format',
    'zone',
    'divide_by',
    'absolute',
  ] satisfies (keyof ValueMapping)[],
};

function explainOne({ keyword, path, params }: ShapeError): { path: string[]; message: string }[] {
  const one = (message: string) => [{ path, message }];
  switch (keyword) {
    case 'additionalProperties':
      return (params.additionalProperties as string[]).map((name) => ({
        path: [...path, name],
        message: unknownField(name, fieldsAt(path)),
      }));
    case 'required':
      return (params.requiredProperties as string[]).map((name) => ({
        path,
        message: `The field "${name}" is missing.`,
      }));
    case 'enum':
      return one(`Write one of: ${(params.allowedValues as string[]).join(', ')}.`);
    case 'type':
      return one(`Here ${kindOf(String(params.type))} is expected.`);
    case 'anyOf':
      return one('Here a text, a number, true or false is expected.');
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      return one('This is empty: say something, or leave it out.');
    case 'maxLength':
      return one('This is one character: "," or ";" or "|" or "\\t" for a tab.');
    case 'pattern':
    case 'propertyNames':
      return one('A name here has small letters, digits, _ and - only.');
    default:
      return one(`This is not as it should be (${keyword}).`);
  }
}

function fieldsAt(path: readonly string[]): readonly string[] {
  const [top, , third] = path;
  if (path.length === 0) return fields[''] ?? [];
  if (top === 'file' || top === 'lookup') return fields[top] ?? [];
  if (path.includes('when')) return fields.test ?? [];
  if (top === 'skip') return fields.skip ?? [];
  return (third === undefined ? fields.record : fields.value) ?? [];
}

function unknownField(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `There is no field "${name}" here${near ? `; did you mean "${near}"?` : `; there are: ${known.join(', ')}.`}`;
}

function kindOf(type: string): string {
  const words: Record<string, string> = {
    array: 'a list',
    object: 'a group of fields',
    string: 'a text (in quotes, if it looks like a number)',
    boolean: 'true or false',
  };
  return words[type] ?? type;
}

/** The word that was probably meant: the one with the fewest letters to change, if they are few. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
