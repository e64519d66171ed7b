import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

/** One file of the project, as the rules look at it. */
export interface Source {
  /** From the root of the repository, with slashes. */
  path: string;
  text: string;
  /** The text with comments blanked out, line for line. */
  code: string;
  /** The code with the insides of strings blanked out as well. */
  bare: string;
  /** What it imports or exports from, as written; types count. */
  imports: string[];
}

const root = join(import.meta.dirname, '../..');

/** Every file of ours under these folders, whatever its kind; nothing that git would not keep. */
export function readSources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => source(relative(root, file), readFileSync(file, 'utf8'))),
  );
}

export function source(path: string, text: string): Source {
  const isCode = /\.[cm]?[jt]sx?$/.test(path);
  const { code, bare } = isCode ? blank(text) : { code: text, bare: text };
  return { path, text, code, bare, imports: isCode ? importsOf(code) : [] };
}

/** `from '...'`, `import '...'` and `import('...')`: a small parser, because the compiler offers none to JavaScript. */
function importsOf(code: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g;
  return [...code.matchAll(pattern)].map((match) => match[2] ?? '');
}

/** The file that a relative or `#` import means; undefined for a package. */
export function target(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(dirname(from), specifier));
  const [, kind, name] = /^#(modules|platform|schema)\/(.+)$/.exec(specifier) ?? [];
  if (kind === undefined) return undefined;
  return kind === 'schema' ? `src/modules/${name}/schema.ts` : `src/${kind}/${name}/index.ts`;
}

const regexMayFollow = /(?:^|[(,=:[!&|?{};>]|\breturn|\btypeof|\bcase)\s*$/;

/** Walks the text once; comments become blanks, and for `bare` the insides of strings too. Line breaks stay. */
function blank(text: string): { code: string; bare: string } {
  let code = '';
  let bare = '';
  const blanks = (part: string) => part.replace(/[^\n]/g, ' ');
  const templates: number[] = [];
  let depth = 0;
  for (let i = 0; i < text.length; ) {
    const token = nextToken(text, i, code, templates.at(-1) === depth);
    i += token.text.length;
    code += token.kind === 'comment' ? blanks(token.text) : token.text;
    bare += token.kind === 'code' ? token.text : blanks(token.text);
    if (token.kind === 'code' && token.text === '{') depth++;
    if (token.kind === 'code' && token.text === '}') depth--;
    if (token.kind === 'template') {
      const opens = token.text.startsWith('`');
      const interpolates = token.text.endsWith('${');
      if (opens && interpolates) templates.push(++depth);
      if (!opens && !interpolates) {
        templates.pop();
        depth--;
      }
    }
  }
  return { code, bare };
}

type Kind = 'code' | 'comment' | 'string' | 'template';

function nextToken(
  text: string,
  at: number,
  before: string,
  inTemplate: boolean,
): { kind: Kind; text: string } {
  const rest = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const found = (kind: Kind, part: string | undefined) =>
    part === undefined ? undefined : { kind, text: part };
  const isRegex = text[at] === '/' && regexMayFollow.test(before.slice(-20));
  return (
    found('comment', rest(/\/\/[^\n]*|\/\*[\s\S]*?\*\//y)) ??
    found('string', rest(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y)) ??
    found('template', rest(/`(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y)) ??
    (inTemplate ? found('template', rest(/\}(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y)) : undefined) ??
    (isRegex ? found('string', rest(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y)) : undefined) ?? {
      kind: 'code',
      text: text[at] ?? '',
    }
  );
}
