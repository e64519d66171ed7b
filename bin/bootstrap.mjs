// What every command does first: have the pinned packages, then run under the pinned Node.
// Plain JavaScript that any Node from 20 on can run with nothing installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, delimiter, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const modules = join(root, 'node_modules');
const pinnedNode = join(modules, 'node', 'bin', 'node');
const marker = join(modules, '.installed-from');

/** Installs what package-lock.json names, when it is not there already. */
export async function haveDependencies() {
  requireNode20();
  if (isInstalled()) return;
  const release = await onlyOneInstall();
  try {
    if (isInstalled()) return;
    process.stderr.write(
      'Installing the packages that Pando is pinned to, with npm. ' +
        'This happens once and after an upgrade; it takes from half a minute to a few minutes.\n',
    );
    const code = lockIsComplete() ? await npm('ci') : await npm('install', '--no-save');
    if (code !== 0) {
      process.stderr.write(
        `npm ended with code ${code}, so Pando cannot run yet. Its own words stand above; ` +
          'most often there is no way to the package registry, or the disk is full. Mend it and try again.\n',
      );
      release();
      process.exit(code);
    }
    if (!existsSync(pinnedNode)) {
      process.stderr.write(
        'npm went through, but the pinned Node is not there: npm was told to run no install scripts. ' +
          'Run `npm ci --ignore-scripts=false` once, then try again.\n',
      );
      release();
      process.exit(1);
    }
    markInstalled();
  } finally {
    release();
  }
}

/**
 * Runs one of the project's programs under the pinned Node and resolves to its exit code. Signals are passed on.
 * `tethered` programs are also told to stop when this process is killed without a chance to say so.
 */
export async function runPinned(args, options) {
  return (await pinned(args, options)).code;
}

/**
 * What the program that stays asks of V8. To mark what it remembers holds everybody up: that is done when the heap has
 * grown by one and a half times, not each time 64 MB of buffers went by, and what lives for a batch only is to die young.
 */
const flags = JSON.parse(readFileSync(new URL('./node-flags.json', import.meta.url), 'utf8'));

/** The same, for a program that is to stay: when it is killed or breaks, it is started again. */
export async function keepPinned(args) {
  for (let inARow = 1; ; inARow++) {
    const startedAt = Date.now();
    const { code, killedBy, asked } = await pinned([...flags, ...args], { tethered: true });
    const ranS = (Date.now() - startedAt) / 1000;
    const broke = code === faultCode && ranS > 10;
    if (asked || !(killedBy || broke) || inARow > 20) return code;
    if (ranS > 30) inARow = 0;
    process.stderr.write(
      `Pando ended by itself (${killedBy ?? 'a fault, see the log'}); starting it again.\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, Math.min(200 * inARow, 5000)));
  }
}

/** With which the program ends after an error that nobody expected. */
const faultCode = 70;

function pinned(args, { tethered = false } = {}) {
  const tether = tethered ? ['--import', new URL('./tether.mjs', import.meta.url).href] : [];
  return run(pinnedNode, [...tether, ...args], {
    stdio: tethered ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: process.env,
  });
}

/** Resolves to the exit code, which signal ended it if one did, and whether we had been asked to stop. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    const signals = passSignals(child);
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve({ code: 127, asked: signals.stop() });
    });
    child.once('exit', (code, killedBy) => {
      resolve({ code: code ?? 128 + (constants.signals[killedBy] ?? 0), killedBy, asked: signals.stop() });
    });
  });
}

function passSignals(child) {
  let asked = false;
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const handler = () => {
      asked = true;
      // Ctrl-C on a terminal reaches the whole group by itself; passed on as well, it would count as pressed twice.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler];
  });
  // npm that is killed outright passes nothing on; its disappearance is the only sign.
  const before = npmAbove();
  const watch =
    before === undefined
      ? undefined
      : setInterval(() => {
          if (npmAbove() === before) return;
          asked = true;
          child.kill('SIGTERM');
        }, 1000);
  watch?.unref();
  return {
    stop() {
      clearInterval(watch);
      for (const [signal, handler] of handlers) process.off(signal, handler);
      return asked;
    },
  };
}

/** Which npm started us, as text to compare: our parent, or the parent of the shell in between. */
function npmAbove() {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  try {
    // The name of the command stands in brackets; then come its state and its parent.
    const [, name, parent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'));
    return name.endsWith('sh') ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    // No such files on this system.
    return `${process.ppid}`;
  }
}

function requireNode20() {
  if (Number(process.versions.node.split('.')[0]) >= 20) return;
  process.stderr.write(
    `Pando needs Node 20 or later to begin with; this is ${process.version}. ` +
      'Install a newer one from https://nodejs.org (Pando then brings the exact version it runs on).\n',
  );
  process.exit(1);
}

function isInstalled() {
  if (!existsSync(pinnedNode)) return false;
  if (existsSync(marker)) return readFileSync(marker, 'utf8') === lockHash();
  // Somebody ran `npm ci` by hand: npm's own record of what it installed tells whether that was this lock file.
  if (!installedByNpm()) return false;
  markInstalled();
  return true;
}

function installedByNpm() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const { packages: present } = JSON.parse(readFileSync(record, 'utf8'));
  const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (path in present ? present[path].version === version : optional),
  );
}

/**
 * A lock file that was written where the registry lacks the packages for other systems does not name these, and npm ci
 * refuses it; npm install takes the very same versions from it.
 */
function lockIsComplete() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const named = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  return Object.values(packages).every(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).every((name) => named.has(name)),
  );
}

function markInstalled() {
  writeFileSync(marker, lockHash());
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/**
 * Runs the npm that started us, by the Node it runs on itself: never by the one in node_modules, which is about to be
 * replaced. It speaks on the error stream, so that --json output stays clean.
 */
async function npm(...words) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const usable = cli && node && basename(cli).startsWith('npm-cli') && !node.startsWith(modules + sep);
  const [command, ...first] = usable ? [node, cli] : ['npm'];
  const args = [...first, ...words, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, killedBy, asked } = await run(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, PATH: ownPath() },
  });
  if (killedBy || asked) process.exit(code);
  return code;
}

function ownPath() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(modules))
    .join(delimiter);
}

/** Two commands at once on a fresh clone: one installs, the other waits. */
async function onlyOneInstall() {
  const lock = join(root, '.cache', 'npm-ci.pid');
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) process.stderr.write('Another command is installing the packages; waiting for it.\n');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function isAlive(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Zero is the moment between creating the file and writing the number.
    if (pid !== 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
