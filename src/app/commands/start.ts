import { systemClock } from '#platform/clock';
import { type Config, readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { compose, type Pando } from '../compose.ts';
import { portTaken } from '../doctor/port.ts';
import { endOnFaults, stopAsked } from '../signals.ts';
import { type AddCommand, exitCodes, type Terminal } from '../terminal.ts';
import { readVersion } from '../version.ts';

export const addStart: AddCommand = (program, io) => {
  program
    .command('start')
    .description('start Pando and stay until Ctrl-C')
    .action(() => start(io));
};

async function start(io: Terminal): Promise<void> {
  const config = readConfig();
  const log = createLog({ level: config.logLevel, pretty: io.isPerson });
  endOnFaults(log, exitCodes.fault);
  const asked = stopAsked(systemClock);
  const pando = await compose(config, { log });
  try {
    io.out(greeting(config, pando, await listen(pando, config)));
    await asked;
    log.info('stopping: what is under way is finished');
  } catch (error) {
    await pando.close();
    throw error;
  }
  await pando.close();
}

async function listen(pando: Pando, config: Config): Promise<string> {
  try {
    return await pando.listen();
  } catch (error) {
    throw portTaken(error, config) ?? error;
  }
}

/** What somebody who has just started Pando wants to know. */
function greeting(config: Config, { firstStart }: Pick<Pando, 'firstStart'>, url: string): string {
  const lines: [what: string, where: string][] = [
    ['Console', `${url}/`],
    ['Status page', `${url}/status`],
    ['API reference', `${url}/reference`],
    ['Data', config.home],
  ];
  const { created, email, generatedPassword, writeKey } = firstStart;
  if (created) lines.push(['Workspace', firstStart.workspace.slug]);
  if (created && email) lines.push(['Sign in as', email]);
  if (generatedPassword) {
    lines.push(['Password', `${generatedPassword}  (made up for this first start, and shown only now)`]);
  }
  if (created && writeKey)
    lines.push(['Write key', `${writeKey}  (of its first source, to send events with)`]);
  if (created && config.demo) lines.push(['Demo brand', 'workspace demo, filled in the background']);
  const table = lines.map(([what, where]) => `  ${what.padEnd(15)}${where}`).join('\n');
  return config.role === 'worker'
    ? `\nPando ${readVersion()} works in the background; ${url}/readyz tells how it is.\n\n`
    : `\nPando ${readVersion()} is ready.\n\n${table}\n\nCtrl-C stops it.\n\n`;
}
