import { describeContents, summaryOf } from '../backup/describe.ts';
import { checkBackup } from '../backup/unpack.ts';
import { withDoor } from '../door.ts';
import { type AddCommand, exitCodes, type Terminal } from '../terminal.ts';
import { chooseWorkspace } from './choose-workspace.ts';
import { needFile } from './need-file.ts';
import { progressView } from './progress-view.ts';
import { isLogPlace, type LogOptions, verifyLog, verifyReceipt } from './verify-log.ts';

type VerifyOptions = LogOptions & { workspace?: string };

export const addVerify: AddCommand = (program, io) => {
  program
    .command('verify')
    .description(
      'say whether something is as it should be: a public log, a receipt, a backup, or the segments',
    )
    .argument(
      '<what>',
      'the address or folder of a public log; a backup; or one of the words receipt and segments',
    )
    .argument('[file]', 'of the word receipt: the file with it')
    .option('--workspace <slug>', 'of the segments: the only one besides the demo, unless told otherwise')
    .option(
      '--key <key>',
      'of a log or receipt: the key to trust, as the log publishes it, or a file with it',
    )
    .option('--against <file>', 'of a log: a checkpoint or receipt from before, which it must still contain')
    .option('--log <place>', 'of a receipt: the address or folder of the log, to ask it, too')
    .option(
      '--memory <file>',
      'of a log or receipt: where keys and checkpoints that were seen are remembered',
    )
    .option('--json', 'one JSON object, for programs')
    .action(async (file: string, receipt: string | undefined, options: VerifyOptions) => {
      const { json, workspace } = options;
      if (file === 'segments') return verifySegments(io, { json: json ?? false, workspace });
      if (file === 'receipt') return verifyReceipt(io, receipt, options);
      if (isLogPlace(file)) return verifyLog(io, file, options);
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

interface Proved {
  name: string;
  proof: { people: number; different: number; seconds: number } | null;
  error: string | null;
}

/** Every segment computed afresh against who is in, at one moment and one position of the log. */
async function verifySegments(
  io: Terminal,
  o: { json: boolean; workspace: string | undefined },
): Promise<void> {
  const items = await withDoor(async (door) => {
    const workspace = await chooseWorkspace(door, o.workspace);
    return (
      await door.ask<{ items: Proved[] }>('/api/segments/proof', { workspace, method: 'POST', body: {} })
    ).items;
  });
  const wrong = items.filter((one) => !one.proof || one.proof.different > 0);
  if (o.json) io.out(`${JSON.stringify({ segments: items.length, wrong: wrong.length, items })}\n`);
  else {
    for (const { name, proof, error } of items) {
      const found = proof
        ? `${proof.people.toLocaleString('en')} people, ${proof.different} differ, ${proof.seconds} s`
        : `not proved: ${error}`;
      io.out(`${name}: ${found}\n`);
    }
    io.out(
      wrong.length === 0
        ? 'Live is as afresh.\n'
        : `${wrong.length} segments differ or could not be proved.\n`,
    );
  }
  if (wrong.length > 0) io.exit(exitCodes.problemFound);
}
