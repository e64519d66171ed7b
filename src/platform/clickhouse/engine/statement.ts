import { clickHouseError } from './error.ts';

/** A statement as far as the adapter must understand it. */
export interface Statement {
  /** rows: has a result to stream; insert: carries rows of its own; other: all the rest. */
  kind: 'rows' | 'insert' | 'other';
  /** Without what stands after the last token, such as a semicolon or a comment; an INSERT as it came. */
  text: string;
  /** The rows of an INSERT follow in its text. */
  inline: boolean;
  /** Where its own FORMAT clause begins in `text`, and which format that is. */
  format: { at: number; name: string } | null;
}

interface Token {
  text: string;
  at: number;
}

const blank = /^(?:\s|--|#[ !]|\/\*)/;
const tokens =
  /\s+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\/|'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|"[^"\\]*(?:(?:\\[\s\S]|"")[^"\\]*)*"|`[^`\\]*(?:(?:\\[\s\S]|``)[^`\\]*)*`|\$(\w*)\$[\s\S]*?\$\1\$|[A-Za-z_]\w*|\d[\w.]*|[\s\S]/g;

const withResult = new Set(['SELECT', 'WITH', 'FROM', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', '(']);

/**
 * Reads one statement. `outputFormats` are the names of the engine's formats in lower case: a column may be called
 * "format", so the word alone does not make a clause.
 * Throws as ClickHouse's server does on several statements at once, and on INTO OUTFILE.
 */
export function readStatement(sql: string, outputFormats: ReadonlySet<string>): Statement {
  const found = tokensOutsideBrackets(sql);
  const first = found[0]?.text.toUpperCase() ?? '';
  const semicolon = found.findIndex((token) => token.text === ';');
  const own = semicolon === -1 ? found : found.slice(0, semicolon);
  if (semicolon !== -1 && found.slice(semicolon).some((token) => token.text !== ';')) {
    throw clickHouseError(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
  }
  const last = own.at(-1);
  const text = last ? sql.slice(0, last.at + last.text.length) : '';
  if (first === 'INSERT') {
    const inline = last !== undefined && sql.slice(last.at + last.text.length).trim() !== '';
    return { kind: carriesRows(own) ? 'insert' : 'other', text: sql, inline, format: null };
  }
  if (own.some((token, i) => isWord(token, 'INTO') && isWord(own[i + 1], 'OUTFILE'))) {
    throw clickHouseError(1, 'UNSUPPORTED_METHOD', 'INTO OUTFILE is not allowed');
  }
  const inserts = first === 'WITH' && own.some((token) => isWord(token, 'INSERT'));
  const kind = withResult.has(first) && !inserts ? 'rows' : 'other';
  return { kind, text, inline: false, format: kind === 'rows' ? formatClause(own, outputFormats) : null };
}

/** The statements of a migration file, split where a semicolon ends one; comments between them are dropped. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let current: Token[] = [];
  const finish = () => {
    const [first, last] = [current[0], current.at(-1)];
    if (first && last) statements.push(sql.slice(first.at, last.at + last.text.length));
    current = [];
  };
  for (const token of tokensOutsideBrackets(sql)) {
    if (token.text === ';') finish();
    else current.push(token);
  }
  finish();
  return statements;
}

/** Tokens that stand in no bracket; a bracket and what it holds is one token. The rows of an INSERT are left out. */
function tokensOutsideBrackets(sql: string): Token[] {
  const found: Token[] = [];
  let depth = 0;
  for (const match of sql.matchAll(tokens)) {
    const [text] = match;
    if (blank.test(text)) continue;
    const opens = text === '(' || text === '[' || text === '{';
    const closes = text === ')' || text === ']' || text === '}';
    if (depth === 0) found.push({ text, at: match.index });
    if (opens) depth++;
    if (closes && depth > 0 && --depth === 0) found.push({ text, at: match.index });
    if (depth === 0 && isWord(found[0], 'INSERT') && endsInsertHead(found)) break;
  }
  return found;
}

function endsInsertHead(found: Token[]): boolean {
  const last = found.at(-1);
  if (isWord(last, 'VALUES')) return true;
  return isWord(found.at(-2), 'FORMAT') && last?.text !== undefined && /^\w+$/.test(last.text);
}

function carriesRows(own: Token[]): boolean {
  return !own.some((token) => isWord(token, 'SELECT') || isWord(token, 'WITH'));
}

/** `FORMAT name` at the end, or followed by SETTINGS. */
function formatClause(own: Token[], outputFormats: ReadonlySet<string>): Statement['format'] {
  for (let i = own.length - 2; i > 0; i--) {
    const [word, name, next] = [own[i], own[i + 1], own[i + 2]];
    if (!word || !name || !isWord(word, 'FORMAT') || !outputFormats.has(name.text.toLowerCase())) continue;
    if (next === undefined || isWord(next, 'SETTINGS')) return { at: word.at, name: name.text };
  }
  return null;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && token.text.toUpperCase() === word;
}
