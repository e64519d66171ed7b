import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '#platform/clock';
import { type Finding, fine, problem, warning } from './finding.ts';

/** The major version that everything here was tried with. */
const nodeMajor = 24;

export function checkNode(version: string): Finding {
  const major = Number(/^v?(\d+)/.exec(version)?.[1]);
  if (major === nodeMajor) return fine('node', `Node ${version} is the one that Pando brings.`);
  return problem(
    'node',
    `This is Node ${version}; Pando was made for Node ${nodeMajor}.`,
    'Start it by npm start or npx pando, which take the right one from node_modules.',
  );
}

export function checkHome(home: string): Finding {
  if (!existsSync(home)) return checkParent(home);
  const probe = join(home, '.doctor');
  try {
    writeFileSync(probe, 'x', { flush: true });
    rmSync(probe);
    return fine('home', `${home} can be written to.`);
  } catch (error) {
    return notWritable(home, error);
  }
}

/** A home that is yet to be made: it is not made here, so that the doctor leaves everything as it is. */
function checkParent(home: string): Finding {
  let above = dirname(home);
  while (!existsSync(above)) above = dirname(above);
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
    return fine('home', `${home} is not there yet; the first start makes it.`);
  } catch (error) {
    return notWritable(home, error);
  }
}

function notWritable(home: string, error: unknown): Finding {
  return problem(
    'home',
    `${home} cannot be written to: ${(error as Error).message}.`,
    'Give the folder to the user who starts Pando (chown), or set PANDO_HOME to another one.',
  );
}

const mega = 1024 * 1024;

export function checkDisk(folder: string, freeBytes: number, reserveMb: number): Finding {
  const freeMb = Math.floor(freeBytes / mega);
  if (freeMb < reserveMb) {
    return problem(
      'disk',
      `Only ${freeMb} MB are free on the disk of ${folder}; below ${reserveMb} MB no new work is taken.`,
      'Make room, or move PANDO_HOME to a larger disk. Nothing that was accepted is lost.',
    );
  }
  if (freeMb < reserveMb * 4) {
    return warning(
      'disk',
      `${freeMb} MB are free on the disk of ${folder}; at ${reserveMb} MB new work will be refused.`,
      'Make room soon.',
    );
  }
  return fine('disk', `${Math.floor(freeMb / 1024)} GB are free on the disk of ${folder}.`);
}

/** How far apart two clocks may be before event times and sessions get confused. */
const skewMs = 2000;

export function checkSkew(whose: string, theirMs: number, ourMs: number): Finding {
  const apartMs = Math.abs(theirMs - ourMs);
  if (apartMs <= skewMs) return fine('clock', `The clock of ${whose} agrees with ours.`);
  return problem(
    'clock',
    `The clock of ${whose} is ${(apartMs / 1000).toFixed(1)} s ${theirMs > ourMs ? 'ahead of' : 'behind'} ours.`,
    'Let both machines take their time from NTP (timedatectl set-ntp true).',
  );
}

/** A clock that jumps while it is looked at is being set, or cannot be relied on. */
export function checkSteadiness(wallMs: number, monotonicMs: number): Finding {
  const apartMs = wallMs - monotonicMs;
  if (Math.abs(apartMs) <= 100) return fine('clock', 'The clock of this machine runs evenly.');
  return warning(
    'clock',
    `The clock of this machine moved by ${apartMs.toFixed(0)} ms while it was looked at.`,
    'It is being set, or the virtual machine was paused; look again in a minute.',
  );
}

/** The clock of the disk (another machine's, when it is mounted over the network) and our own evenness. */
export async function checkClocks(folder: string, clock: Clock): Promise<Finding[]> {
  const wall = clock.ms();
  const tick = clock.tick();
  await clock.sleep(200);
  const steady = checkSteadiness(clock.ms() - wall, clock.tick() - tick);
  if (!existsSync(folder)) return [steady];
  const probe = join(folder, '.doctor');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, 'x');
    const { mtimeMs } = statSync(probe);
    rmSync(probe);
    return [steady, checkSkew('the disk', mtimeMs, clock.ms())];
  } catch {
    // That the folder cannot be written to is told elsewhere.
    return [steady];
  }
}
