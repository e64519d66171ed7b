import { type Document, isAlias, isMap, isSeq, parseDocument, stringify, visit } from 'yaml';

/** Anything that a mapping holds, in its short or its long forms; what is wrong in it, the server tells. */
export type Loose = Record<string, unknown>;

export function isLoose(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a mapping's text says; null where it is no YAML of the right kind, and the form cannot show it. */
export function readMapping(text: string): Loose | null {
  const document = parseDocument(text, { merge: true });
  if (document.errors.length > 0) return null;
  try {
    const value: unknown = document.toJS();
    if (value === null) return {};
    return isLoose(value) ? value : null;
  } catch {
    return null;
  }
}

/** The text that says `next`; of what did not change, the comments and the way it is written stay. */
export function writeMapping(text: string, next: Loose): string {
  const document = parseDocument(text, { merge: true });
  if (document.errors.length > 0 || !isMap(document.contents) || shares(document))
    return stringify(next, layout);
  change(document, [], readMapping(text) ?? {}, next);
  return document.toString(layout);
}

const layout = { lineWidth: 110 };

/** Whether parts of it stand for others, so that a change in one place would be a change in all. */
function shares(document: Document): boolean {
  let found = false;
  visit(document, (_, node) => {
    if (!isAlias(node)) return undefined;
    found = true;
    return visit.BREAK;
  });
  return found;
}

function change(document: Document, path: readonly (string | number)[], before: Loose, next: Loose): void {
  for (const key of Object.keys(before)) if (!(key in next)) document.deleteIn([...path, key]);
  for (const [key, value] of Object.entries(next)) {
    const [at, old] = [[...path, key], before[key]];
    if (same(old, value)) continue;
    if (isLoose(old) && isLoose(value)) change(document, at, old, value);
    else if (Array.isArray(old) && Array.isArray(value) && old.length === value.length) {
      value.forEach((item: unknown, i) => {
        const oldItem: unknown = old[i];
        if (isLoose(oldItem) && isLoose(item)) change(document, [...at, i], oldItem, item);
        else if (!same(oldItem, item)) document.setIn([...at, i], made(document, item));
      });
    } else document.setIn(at, made(document, value));
  }
}

/** In one line what is short and holds nothing deeper, as people write it. */
function made(document: Document, value: unknown): unknown {
  const node = document.createNode(value);
  const isFlat =
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => typeof one !== 'object');
  if ((isMap(node) || isSeq(node)) && isFlat) node.flow = JSON.stringify(value).length < 80;
  return node;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
