import { defineConfig } from 'vitest/config';
import { scratchFolder } from './test/fixtures/scratch.ts';

// For this process, which starts the engines, and for those of the tests.
const scratch = scratchFolder();
if (scratch) process.env.TMPDIR = scratch;

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    // Processes, because the embedded engines and their drivers do not live in worker threads.
    pool: 'forks',
    // One more than the cores of a small machine: a quarter of their time, tests wait for something.
    maxWorkers: 3,
    globalSetup: ['test/fixtures/global.ts'],
    env: { PANDO_LOG_LEVEL: 'silent' },
    testTimeout: 90_000,
    // Of a page that a busy machine draws, one second is too little.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    // Whoever failed has left traces in its databases; bin/tests.mjs tries the file again, alone and from nothing.
    retry: 0,
    // The report is what .ci/run counts by.
    reporters: ['default', ['json', { outputFile: '.cache/test-report.json' }]],
  },
});
