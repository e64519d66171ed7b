#!/usr/bin/env node
// The command line: `npx pando ...` in the checkout.
import { join } from 'node:path';
import { haveDependencies, keepPinned, root, runPinned } from './bootstrap.mjs';

await haveDependencies();
const words = process.argv.slice(2);
const program = [join(root, 'src/app/main.ts'), ...words];
process.exitCode = await (words[0] === 'start'
  ? keepPinned(program)
  : runPinned(program, { tethered: true }));
