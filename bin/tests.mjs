// npm test: all of them, and what lost to a busy machine once more, with nothing beside it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, runPinned } from './bootstrap.mjs';

const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const report = join(root, '.cache/test-report.json');
/** More files than this do not fail by bad luck. */
const mostFiles = 6;

export async function runTests(args) {
  rmSync(report, { force: true });
  const code = await runPinned([vitest, 'run', ...args]);
  // Who asks for some of them looks at them, and can ask again.
  if (code !== 1 || args.length > 0) return code;
  const first = read();
  const files = first ? worthAnotherTry(first) : [];
  if (files.length === 0) return code;
  const names = files.map((file) => relative(root, file)).join(', ');
  process.stdout.write(`\nOnce more, alone: ${names}\n`);
  const again = await runPinned([vitest, 'run', '--maxWorkers=1', ...files]);
  writeFileSync(report, JSON.stringify(merged(first, read())));
  process.stdout.write(`${again === 0 ? 'Passed' : 'Failed'} when tried again: ${names}\n`);
  return again;
}

function read() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Of vitest's report, the files that may have lost to a busy machine: those that drive processes, engines and a browser
 * do. None where a law was broken, which one lucky try does not mend, and none where so many failed that it was no luck.
 */
function worthAnotherTry({ testResults }) {
  const failed = testResults.filter(({ status }) => status === 'failed');
  const words = failed.flatMap(({ assertionResults }) =>
    assertionResults.flatMap((one) => one.failureMessages),
  );
  if (words.some((text) => /Property failed|With the seed/.test(text)) || failed.length > mostFiles)
    return [];
  return failed.map(({ name }) => name);
}

/** The first report, with the files of the second as they ended there. */
function merged(first, second) {
  const later = new Map(second?.testResults.map((file) => [file.name, file]));
  const testResults = first.testResults.map((file) => later.get(file.name) ?? file);
  const count = (...states) =>
    testResults.flatMap((file) => file.assertionResults).filter(({ status }) => states.includes(status))
      .length;
  const passed = count('passed');
  const failed = count('failed');
  const pending = count('pending', 'skipped', 'disabled');
  const todo = count('todo');
  return {
    startTime: first.startTime,
    success: testResults.every(({ status }) => status === 'passed'),
    numTotalTests: passed + failed + pending + todo,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
    testResults,
  };
}
