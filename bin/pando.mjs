#!/usr/bin/env node
// The command line: `npx pando ...` in the checkout.
import { join } from 'node:path';
import { haveDependencies, root, runPinned } from './bootstrap.mjs';

await haveDependencies();
process.exitCode = await runPinned([join(root, 'src/app/main.ts'), ...process.argv.slice(2)], {
  tethered: true,
});
