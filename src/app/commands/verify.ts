import { describeContents, summaryOf } from '../backup/describe.ts';
import { checkBackup } from '../backup/unpack.ts';
import type { AddCommand } from '../terminal.ts';
import { needFile } from './need-file.ts';
import { progressView } from './progress-view.ts';

export const addVerify: AddCommand = (program, io) => {
  program
    .command('verify')
    .description('read a backup through, and say whether it is whole and what is in it')
    .argument('<file>', 'as pando backup wrote it')
    .option('--json', 'one JSON object, for programs')
    .action(async (file: string, { json }: { json?: boolean }) => {
      if (!needFile(file, io)) return;
      const view = progressView(io);
      const contents = await checkBackup(file, (share) => view.show(share, 'read'));
      view.end(1, 'read');
      io.out(
        json
          ? `${JSON.stringify({ file, ...summaryOf(contents) })}\n`
          : `${file} is whole.\n${describeContents(contents)}`,
      );
    });
};
