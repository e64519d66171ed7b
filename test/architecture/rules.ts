import { posix } from 'node:path';
import { type Source, target } from './source.ts';

/** Looks at all files and tells, a sentence each, where the house is not as it was agreed. */
export type Rule = (sources: readonly Source[]) => string[];

/** Which modules a module may import, always through their index or their schema. */
const mayImport: Record<string, readonly string[]> = {
  identity: [],
  transparency: [],
  people: ['identity'],
  collect: ['identity', 'people'],
  imports: ['identity', 'people', 'collect'],
  demo: ['identity', 'people', 'collect'],
  catalog: ['identity'],
  segments: ['identity', 'people', 'collect'],
  points: ['identity', 'people', 'transparency'],
  rewards: ['identity', 'people', 'collect', 'segments', 'points'],
  community: ['identity', 'people', 'points'],
  influence: ['identity', 'people', 'collect'],
  messaging: ['identity', 'people'],
  experiments: ['identity', 'segments'],
  journeys: ['identity', 'segments', 'messaging', 'experiments', 'points'],
  stores: ['identity', 'people', 'points', 'catalog'],
  insight: ['identity', 'segments', 'collect'],
  voice: ['identity', 'people'],
  passport: ['identity', 'transparency'],
  webhooks: ['identity', 'people'],
};

const isCode = (s: Source) => /\.[cm]?tsx?$|\.mjs$/.test(s.path);
const isTest = (s: Source) => /\.test\.tsx?$/.test(s.path) || s.path.startsWith('test/');
const isProgram = (s: Source) => s.path.startsWith('src/') && isCode(s) && !isTest(s);
const partOf = (path: string) => /^src\/(app|(?:modules|platform)\/[^/]+)/.exec(path)?.[1];

/** `app -> modules -> platform`, modules by the table, and only through a module's door. */
export const imports: Rule = (sources) =>
  sources.filter(isProgram).flatMap((file) => {
    const from = partOf(file.path);
    if (from === undefined) return [`${file.path} stands outside app, modules and platform.`];
    return file.imports.flatMap((specifier) => {
      const to = target(file.path, specifier);
      if (to === undefined) return [];
      const toPart = partOf(to);
      if (toPart === from)
        return specifier.startsWith('.') ? [] : [`${file.path} imports its own folder by ${specifier}.`];
      if (specifier.startsWith('.')) return [`${file.path} reaches into another folder: ${specifier}.`];
      if (posix.dirname(to) !== `src/${toPart}`) return [`${file.path} goes past the door: ${specifier}.`];
      return directionTrouble(from, toPart ?? '').map(
        (why) => `${file.path} imports ${specifier}, but ${why}.`,
      );
    });
  });

function directionTrouble(from: string, to: string): string[] {
  const [fromLayer, fromName = ''] = from.split('/');
  const [toLayer, toName = ''] = to.split('/');
  if (fromLayer === 'app' || toLayer === 'platform') return [];
  if (fromLayer === 'platform') return ['the platform knows no modules'];
  const allowed = mayImport[fromName];
  if (allowed === undefined) return [`the module ${fromName} is not in the table of this test`];
  return allowed.includes(toName) ? [] : [`${fromName} may import ${allowed.join(', ') || 'no module'}`];
}

/** A schema can be read by anybody, the web apps too, so it brings nothing along. */
export const schemas: Rule = (sources) =>
  sources
    .filter((s) => /^src\/modules\/[^/]+\/schema\.ts$/.test(s.path))
    .flatMap((file) =>
      file.imports
        .filter((i) => !/^(typebox|typebox\/\w+|#schema\/[\w-]+|#platform\/refusal)$/.test(i))
        .map((i) => `${file.path} is a schema and imports ${i}.`),
    );

/**
 * The web apps know the server by its schemas only, and speak to it over the API like anybody else. The page of proof
 * also has the formats of the public log, with which it checks instead of asking, and the kit's colours and letters.
 */
export const webApps: Rule = (sources) =>
  sources
    .filter((s) => /^(?:console|proof)\//.test(s.path) && isCode(s))
    .flatMap((file) =>
      file.imports
        .filter((specifier) => {
          const to = specifier.startsWith('#schema/') ? undefined : target(file.path, specifier);
          if (to === undefined) return false;
          if (file.path.startsWith('console/')) return !to.startsWith('console/');
          return !to.startsWith('proof/') && !to.startsWith('console/kit/') && specifier !== '#platform/tlog';
        })
        .map((specifier) => `${file.path} imports ${specifier}; a web app may import #schema only.`),
    );

/** The formats of the public log run in a browser, too: they bring nothing along. */
export const publicFormats: Rule = (sources) =>
  sources
    .filter((s) => s.path.startsWith('src/platform/tlog/') && isCode(s) && !isTest(s))
    .flatMap((file) =>
      file.imports
        .filter((specifier) => !/^\.\/[\w-]+\.ts$/.test(specifier))
        .map((specifier) => `${file.path} imports ${specifier}; it has to run in a browser.`),
    );

/** No file imports itself, by whatever way round; types count. */
export const circles: Rule = (sources) => {
  const files = new Map(sources.filter(isProgram).map((s) => [s.path, s]));
  const done = new Set<string>();
  const found = new Set<string>();
  const walk = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path);
    if (start >= 0) found.add(`A circle: ${[...way.slice(start), path].join(' -> ')}.`);
    if (start >= 0 || done.has(path)) return;
    for (const specifier of files.get(path)?.imports ?? []) {
      const next = target(path, specifier);
      if (next !== undefined && files.has(next)) walk(next, [...way, path]);
    }
    done.add(path);
  };
  for (const path of files.keys()) walk(path, []);
  return [...found];
};

/** What only one place may do, so that it can be passed in everywhere else. */
export const onePlace: Rule = (sources) =>
  sources.filter(isProgram).flatMap((file) => {
    const places: [what: RegExp, name: string, where: RegExp][] = [
      [/\bprocess\s*\.\s*env\b/, 'process.env', /^src\/platform\/config\//],
      [
        /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\s*\.\s*now\b/,
        'the time',
        /^src\/platform\/clock\//,
      ],
      [/\bMath\s*\.\s*random\b/, 'chance', /^src\/platform\/ids\//],
      [/\bconsole\s*\./, 'console', /^(?!)/],
    ];
    return places
      .filter(([what, , where]) => what.test(file.bare) && !where.test(file.path))
      .map(([, name]) => `${file.path} takes ${name} for itself; it has to be passed in.`);
  });

/** Nothing changes at the top of a file: what changes lives in what a createX returns. */
export const state: Rule = (sources) =>
  sources
    .filter(isProgram)
    .filter((s) =>
      /^(?:export\s+)?(?:let|var)\s|^(?:export\s+)?const\s+\w+[^=\n]*=\s*new\s+(?:Weak)?(?:Map|Set)(?:<[^\n]*>)?\(\s*\)/m.test(
        s.bare,
      ),
    )
    .map((s) => `${s.path} keeps state at the top of the file.`);

const wall = 400;

export const length: Rule = (sources) =>
  sources
    .filter((s) => isCode(s) && !isTest(s))
    .map((s) => ({ path: s.path, lines: s.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > wall)
    .map(({ path, lines }) => `${path} has ${lines} lines; the wall is ${wall}.`);

const empty = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'lib',
  'manager',
  'service',
  'services',
  'impl',
  'misc',
];

/** Names say what a thing is, in kebab-case. */
export const names: Rule = (sources) =>
  sources
    .filter((s) => isCode(s) || s.path.endsWith('.sql'))
    .flatMap(({ path }) =>
      path
        .split('/')
        .map((part) => part.replace(/\..*$/, ''))
        .flatMap((part) => [
          ...(part.split('-').some((word) => empty.includes(word))
            ? [`${path}: "${part}" says nothing.`]
            : []),
          ...(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part) ? [] : [`${path}: "${part}" is not kebab-case.`]),
        ]),
    );

/** Nothing that silences the compiler or puts work off. */
export const shortcuts: Rule = (sources) =>
  sources.filter(isCode).flatMap((s) => {
    const found = [
      ...(/(?::|\bas|<|\||&|,)\s*any\b(?!\s*[(.:])|\bany\s*\[\]/.test(s.bare) ? ['any'] : []),
      ...(/@ts-(?:ignore|nocheck|expect-error)|biome-ignore/.test(s.text) && !isRuleBook(s)
        ? ['a silenced check']
        : []),
      ...(/\b(?:TODO|FIXME|XXX|HACK)\b/.test(s.text) && !isRuleBook(s) ? ['work put off'] : []),
      ...(/\b(?:test|it|describe)\s*\.\s*(?:only|todo)\b/.test(s.bare)
        ? ['a test that is not what it seems']
        : []),
    ];
    return found.map((what) => `${s.path} has ${what}.`);
  });

/** The test of these rules has to spell out what they forbid. */
const isRuleBook = (s: Source) => s.path.startsWith('test/architecture');

// In lower or in upper case, as SQL is written; a sentence may begin with "Select", too.
const statement =
  /^\s*(?:select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s|SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s)/;
const isSqlFile = (s: Source) => /(?:^|[/-])sql(?:\.ts$|\/)/.test(s.path);

/** A module's SQL stands in its sql files, and no value is quoted into it by hand anywhere. */
export const sql: Rule = (sources) =>
  sources.filter(isProgram).flatMap((file) => {
    const texts = [...file.code.matchAll(/`((?:\\[\s\S]|[^`\\])*)`|'((?:\\.|[^'\\\n])*)'/g)]
      .map((m) => m[1] ?? m[2] ?? '')
      .filter((text) => statement.test(text));
    const misplaced = texts.length > 0 && file.path.startsWith('src/modules/') && !isSqlFile(file);
    return [
      ...(misplaced ? [`${file.path} has SQL; it belongs into the module's sql.ts.`] : []),
      ...(texts.some((t) => /'\$\{/.test(t))
        ? [`${file.path} quotes a value into SQL; pass it as a parameter.`]
        : []),
    ];
  });
