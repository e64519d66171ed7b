import { describe, expect, test } from 'vitest';
import * as rules from './architecture/rules.ts';
import { readSources, source } from './architecture/source.ts';

const tree = readSources('src', 'console', 'proof', 'bench', 'test', 'bin');

test('the whole tree was seen', () => {
  const count = (start: string) => tree.filter((s) => s.path.startsWith(start)).length;
  expect(count('src/platform/')).toBeGreaterThan(20);
  expect(count('src/app/')).toBeGreaterThan(5);
  expect(count('test/')).toBeGreaterThan(3);
  expect(count('console/')).toBeGreaterThan(30);
  expect(count('bin/')).toBeGreaterThan(2);
  // Most files import something; a parser that saw nothing would let everything pass.
  const code = tree.filter((s) => s.path.endsWith('.ts') && s.path.startsWith('src/'));
  expect(code.filter((s) => s.imports.length > 0).length).toBeGreaterThan(code.length / 2);
});

describe.each(Object.entries(rules))('%s', (name, rule) => {
  test('the tree keeps it', () => {
    expect(rule(tree)).toEqual([]);
  });

  test('it sees what breaks it, and only that', () => {
    const broken = examples[name as keyof typeof rules];
    expect(broken.length).toBeGreaterThan(0);
    for (const { files, says } of broken) {
      expect(rule(Object.entries(files).map(([path, text]) => source(path, text))).join('\n')).toMatch(says);
    }
    expect(rule(sound)).toEqual([]);
  });
});

interface Broken {
  files: Record<string, string>;
  says: RegExp;
}

/**
 * For every rule, what it must not let pass: texts that are only read by the rule, never compiled and never run. The words
 * that are forbidden have to stand here, or nothing would show that the rule sees them.
 */
const examples: Record<keyof typeof rules, Broken[]> = {
  imports: [
    { files: { 'src/platform/http/a.ts': "import '#modules/people';" }, says: /platform knows no modules/ },
    {
      files: { 'src/modules/people/a.ts': "import type { X } from '#modules/collect';" },
      says: /may import identity/,
    },
    { files: { 'src/modules/people/a.ts': "export * from '#schema/points';" }, says: /may import identity/ },
    {
      files: { 'src/modules/people/a.ts': "type X = import('#modules/points').X;" },
      says: /may import identity/,
    },
    { files: { 'src/modules/gossip/a.ts': "import '#modules/people';" }, says: /not in the table/ },
    {
      files: { 'src/modules/collect/a.ts': "import '../people/sql.ts';" },
      says: /reaches into another folder/,
    },
    {
      files: { 'src/platform/http/a.ts': "import '../../app/compose.ts';" },
      says: /reaches into another folder/,
    },
    {
      files: { 'src/app/a.ts': "import '../modules/people/index.ts';" },
      says: /reaches into another folder/,
    },
    {
      files: { 'src/modules/collect/a.ts': "await import('#modules/people/sql');" },
      says: /goes past the door/,
    },
    { files: { 'src/modules/people/a.ts': "import '#modules/people';" }, says: /its own folder/ },
    { files: { 'src/stray.ts': '' }, says: /outside app, modules and platform/ },
  ],
  schemas: [
    { files: { 'src/modules/people/schema.ts': "import './sql.ts';" }, says: /is a schema and imports/ },
  ],
  webApps: [
    { files: { 'console/people/people.tsx': "import { x } from '#modules/people';" }, says: /#schema only/ },
    { files: { 'console/a.ts': "import '../src/modules/people/sql.ts';" }, says: /#schema only/ },
    { files: { 'proof/a.tsx': "import { x } from '#modules/people';" }, says: /#schema only/ },
    { files: { 'console/a.tsx': "import { x } from '#platform/tlog';" }, says: /#schema only/ },
  ],
  publicFormats: [
    { files: { 'src/platform/tlog/a.ts': "import { hash } from 'node:crypto';" }, says: /run in a browser/ },
    { files: { 'src/platform/tlog/a.ts': "import '#platform/ids';" }, says: /run in a browser/ },
  ],
  circles: [
    {
      files: {
        'src/app/a.ts': "import { b } from './b.ts';",
        'src/app/b.ts': "import type { C } from './c.ts';",
        'src/app/c.ts': "export { a } from './a.ts';",
      },
      says: /A circle: src\/app\/a\.ts -> src\/app\/b\.ts -> src\/app\/c\.ts -> src\/app\/a\.ts/,
    },
    {
      files: {
        'src/platform/a/index.ts': "import '#platform/b';",
        'src/platform/b/index.ts': "import '#platform/a';",
      },
      says: /A circle/,
    },
  ],
  onePlace: [
    { files: { 'src/app/a.ts': 'const home = process.env.HOME;' }, says: /process\.env/ },
    { files: { 'src/modules/people/a.ts': 'const at = Date.now();' }, says: /the time/ },
    { files: { 'src/platform/http/a.ts': 'const at = new Date();' }, says: /the time/ },
    {
      files: { 'src/platform/http/a.ts': `const at = \`\${performance.now()}\`;` },
      says: /the time/,
    },
    { files: { 'src/modules/demo/a.ts': 'const luck = Math.random();' }, says: /chance/ },
    { files: { 'src/app/a.ts': "console.log('x');" }, says: /console/ },
  ],
  state: [
    { files: { 'src/app/a.ts': 'let count = 0;' }, says: /keeps state/ },
    {
      files: { 'src/app/a.ts': 'const seen: Map<string, number> = new Map<string, number>();' },
      says: /keeps state/,
    },
  ],
  length: [{ files: { 'src/app/a.ts': 'x();\n'.repeat(401) }, says: /401 lines; the wall is 400/ }],
  names: [
    { files: { 'src/modules/people/utils.ts': '' }, says: /"utils" says nothing/ },
    { files: { 'src/platform/common/a.ts': '' }, says: /"common" says nothing/ },
    { files: { 'test/job-manager.ts': '' }, says: /"job-manager" says nothing/ },
    { files: { 'src/app/someThing.ts': '' }, says: /not kebab-case/ },
  ],
  shortcuts: [
    { files: { 'src/app/a.ts': 'function f(x: any) {}' }, says: /has any/ },
    { files: { 'test/a.test.ts': 'const x = y as any;' }, says: /has any/ },
    { files: { 'src/app/a.ts': 'const x: Array<any> = [];' }, says: /has any/ },
    { files: { 'src/app/a.ts': '// @ts-ignore\n' }, says: /a silenced check/ },
    { files: { 'src/app/a.ts': '// biome-ignore lint: because\n' }, says: /a silenced check/ },
    { files: { 'src/app/a.ts': '// TODO later\n' }, says: /work put off/ },
    { files: { 'src/app/a.test.ts': "test.only('x', f);" }, says: /not what it seems/ },
  ],
  sql: [
    {
      files: { 'src/modules/people/routes.ts': 'tx.query(`select * from people`)' },
      says: /belongs into the module's sql/,
    },
    {
      files: { 'src/modules/people/join.ts': "tx.query('delete from people')" },
      says: /belongs into the module's sql/,
    },
    {
      files: { 'src/modules/people/sql.ts': `q(\`select * from people where name = '\${name}'\`)` },
      says: /quotes a value/,
    },
  ],
};

/** Looks like trouble and is none: the rules must not cry wolf. */
const sound = [
  source(
    'console/api/types.ts',
    "import type { A } from '#schema/people'; import { b } from '../kit/b.tsx';",
  ),
  source(
    'src/modules/collect/routes.ts',
    [
      "import Type from 'typebox';",
      "import { createPeople } from '#modules/people';",
      "import type { Principal } from '#schema/identity';",
      "import { listSources } from './sql.ts';",
      "// import '#modules/points'; any process.env, new Date(), select * from people",
      "const words = 'process.env, any: any, Math.random, let it be';",
      `const quoted = \`\${words} // no comment, Date.now() is text here\`;`,
      "const slashes = words.replace(/['\"`//]/g, '');",
      'const day = new Date(0);',
      'const anybody: Anything = expect.any(String);',
      "const states = new Map([['a', 1]]);",
      'function inner() { let count = 0; const seen = new Set(); return Promise.any([count, seen]); }',
      "const help = 'Select a source, then update it';",
    ].join('\n'),
  ),
  source(
    'src/modules/collect/sql.ts',
    'export const list = (tx) => tx.query(`select * from sources where id = $1`, [1]);',
  ),
  source('src/modules/people/index.ts', "export { createPeople } from './create.ts';"),
  source(
    'src/app/compose.ts',
    "import { createPeople } from '#modules/people';\nimport { readConfig } from '#platform/config';",
  ),
  source('src/platform/config/read.ts', 'export const read = () => process.env;'),
  source('src/platform/clock/index.ts', 'export const now = () => new Date();'),
  source('test/fixtures/x.ts', 'const at = Date.now(); let count = 0;'),
];
