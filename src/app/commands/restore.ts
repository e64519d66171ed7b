import { systemClock } from '#platform/clock';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { describeContents, summaryOf } from '../backup/describe.ts';
import { restoreBackup } from '../backup/restore.ts';
import type { Contents } from '../backup/unpack.ts';
import { createClosing } from '../closing.ts';
import { openEngines } from '../engines.ts';
import { holdHome } from '../home.ts';
import type { AddCommand } from '../terminal.ts';
import { needFile } from './need-file.ts';
import { progressView } from './progress-view.ts';

export const addRestore: AddCommand = (program, io) => {
  program
    .command('restore')
    .description('bring a backup into an empty installation, while Pando does not run')
    .argument('<file>', 'as pando backup wrote it')
    .option('--json', 'one JSON object, for programs')
    .action(async (file: string, { json }: { json?: boolean }) => {
      if (!needFile(file, io)) return;
      const view = progressView(io);
      const contents = await restore(file, (share) => view.show(share, 'restored'));
      view.end(1, 'restored');
      io.out(
        json
          ? `${JSON.stringify({ file, ...summaryOf(contents) })}\n`
          : `${file} is restored.\n${describeContents(contents)}Start Pando now; everybody signs in as before.\n`,
      );
    });
};

async function restore(file: string, read: (share: number) => void): Promise<Contents> {
  const config = readConfig();
  const log = createLog({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, pretty: true });
  const closing = createClosing(log);
  try {
    const home = holdHome(config.home);
    closing.later('the home', () => home.release());
    const engines = await openEngines({ config, log, clock: systemClock }, closing);
    return await restoreBackup({ ...engines, clock: systemClock }, file, read);
  } finally {
    await closing.now();
  }
}
