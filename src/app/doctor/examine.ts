import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '#platform/clock';
import { type Config, ConfigError, readConfig } from '#platform/config';
import { freeBytesOf } from '#platform/disk';
import { dataFolders } from '../home.ts';
import { checkBooks } from './books.ts';
import { checkEngines } from './engines.ts';
import { type Finding, fine, problem } from './finding.ts';
import { checkClocks, checkDisk, checkHome, checkNode } from './machine.ts';
import { checkPort } from './port.ts';

/** Looks at everything that Pando needs from its machine, its settings and its engines. Leaves all as it was. */
export async function examine(clock: Clock, env?: Record<string, string | undefined>): Promise<Finding[]> {
  const node = checkNode(process.version);
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mistakes = error.mistakes.map((says) =>
      problem(
        'settings',
        says,
        'Correct it where the environment is set; docs/configuration.md lists all settings.',
      ),
    );
    return [node, ...mistakes];
  }
  const { running, findings: engines } = await checkEngines(config, clock);
  return [
    node,
    fine('settings', 'All settings can be read.'),
    checkHome(config.home),
    ...(await checkDisks(config)),
    ...(await checkClocks(config.home, clock)),
    ...engines,
    ...(await checkBooks(running)),
    running?.url.endsWith(`:${config.port}`)
      ? fine('port', `Port ${config.port} is used by that Pando.`)
      : await checkPort(config),
  ];
}

async function checkDisks({ home, diskReserveMb }: Config): Promise<Finding[]> {
  const folders = existsSync(home) ? dataFolders(home) : [nearestAbove(home)];
  return Promise.all(
    folders.map(async (folder) => checkDisk(folder, await freeBytesOf(folder), diskReserveMb)),
  );
}

function nearestAbove(folder: string): string {
  return existsSync(folder) ? folder : nearestAbove(dirname(folder));
}
