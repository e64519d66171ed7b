// npm start, npm test, npm run check, npm run bench, npm run chaos, npm run shots: all come through here.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { haveDependencies, keepPinned, root, runPinned } from './bootstrap.mjs';
import { haveConsole } from './console.mjs';
import { runTests } from './tests.mjs';

const bin = (...path) => join(root, 'node_modules', ...path);

const commands = {
  start,
  test: async (args) => (await haveConsole()) || runTests(args),
  check,
  bench: async (args) => (await haveConsole()) || measure('bench', '', args),
  chaos: (args) => measure('chaos', 'chaos-', args),
  shots: async (args) =>
    (await haveConsole()) || runPinned([join(root, 'test/shots.ts'), ...args], { tethered: true }),
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? '')) {
  process.stderr.write(`Use: node bin/run.mjs ${Object.keys(commands).join('|')}\n`);
  process.exit(2);
}
process.chdir(root);
await haveDependencies();
process.exitCode = await commands[name](args);

/** A console that cannot be built is no reason to stay away: collection and the API need none. */
async function start(args) {
  if ((await haveConsole()) !== 0) {
    process.stderr.write('The console could not be built; its words stand above. Pando starts without it.\n');
  }
  return keepPinned([join(root, 'src/app/main.ts'), 'start', ...args]);
}

/** Format and lint, types, dead code: all three always run, so that one look tells everything. */
async function check() {
  const steps = [
    ['biome', [bin('@biomejs/biome/bin/biome'), 'check']],
    ['tsc', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']],
    ['tsc console', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'console/tsconfig.json']],
    ['tsc proof', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'proof/tsconfig.json']],
    ['knip', [bin('knip/bin/knip.js')]],
  ];
  const outcome = [];
  for (const [step, stepArgs] of steps) {
    const code = await runPinned(stepArgs);
    if (code > 128) return code;
    outcome.push(`${step} ${code === 0 ? 'ok' : 'failed'}`);
  }
  process.stdout.write(`check: ${outcome.join(', ')}\n`);
  return outcome.every((line) => line.endsWith(' ok')) ? 0 : 1;
}

function measure(command, prefix, [which, ...rest]) {
  const names = existsSync(join(root, 'bench'))
    ? readdirSync(join(root, 'bench'))
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .filter((file) => file.startsWith('chaos-') === (prefix !== ''))
        .map((file) => file.slice(prefix.length, -'.ts'.length))
    : [];
  if (!names.includes(which)) {
    process.stderr.write(
      `Use: npm run ${command} -- NAME [--json], with NAME one of: ${names.join(', ') || '(none yet)'}\n`,
    );
    return 2;
  }
  return runPinned([join(root, 'bench', `${prefix}${which}.ts`), ...rest], { tethered: true });
}
