// Builds the web apps (the console, and the public page of proof) when they are not there, or when their sources have
// changed since.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { root, runPinned } from './bootstrap.mjs';

const apps = ['console', 'proof'];

/** Resolves to 0, or to the exit code of a build that failed. */
export async function haveConsole() {
  for (const app of apps) {
    const code = await haveApp(app);
    if (code !== 0) return code;
  }
  return 0;
}

async function haveApp(app) {
  const sources = join(root, app);
  const built = join(root, 'dist', app);
  const marker = join(built, '.built-from');
  if (!existsSync(sources)) return 0;
  const from = fingerprint(sources);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === from) return 0;
  const what = app === 'console' ? 'the console' : 'the page of proof';
  process.stderr.write(
    `Building ${what}; this happens once and after an upgrade, and takes a few seconds.\n`,
  );
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const config = join(sources, 'vite.config.ts');
  const code = await runPinned([vite, 'build', '--config', config, '--logLevel', 'warn']);
  if (code !== 0) return code;
  await compress(join(built, 'assets'));
  writeFileSync(marker, from);
  return 0;
}

/** What the build is made of: our sources, what they take from elsewhere, and the packages that the lock file pins. */
function fingerprint(folder) {
  const hash = createHash('sha256');
  const list = (from) =>
    readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const schemas = list(join(root, 'src/modules')).filter(({ name }) => name === 'schema.ts');
  const shared = [...list(join(root, 'src/platform/tlog')), ...list(join(root, 'console/kit'))].filter(
    ({ name }) => /^(?!.*\.test\.ts$).*\.(?:ts|css)$/.test(name),
  );
  const files = [...list(folder).filter(({ name }) => !name.endsWith('.test.ts')), ...schemas, ...shared]
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [...files, join(root, 'package-lock.json')]) {
    const content = readFileSync(file);
    hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Compressed once here instead of at every request. */
async function compress(folder) {
  const texts = readdirSync(folder).filter((name) => /\.(?:js|css)$/.test(name));
  await Promise.all(
    texts.map(async (name) => {
      const file = join(folder, name);
      const content = readFileSync(file);
      if (content.length < 1024) return;
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
      writeFileSync(`${file}.gz`, await promisify(gzip)(content));
      writeFileSync(`${file}.br`, await promisify(brotliCompress)(content, { params }));
    }),
  );
}
