import { describeContents, summaryOf } from '../backup/describe.ts';
import { checkBackup } from '../backup/unpack.ts';
import { withDoor } from '../door.ts';
import { type AddCommand, exitCodes, type Terminal } from '../terminal.ts';
import { chooseWorkspace } from './choose-workspace.ts';
import { needFile } from './need-file.ts';
import { progressView } from './progress-view.ts';

export const addVerify: AddCommand = (program, io) => {
  program
    .command('verify')
    .description(
      'read a backup through, and say whether it is whole; or, with the word segments, compute them afresh',
    )
    .argument('<what>', 'a file as pando backup wrote it, or the word segments')
    .option('--workspace <slug>', 'of the segments: the only one besides the demo, unless told otherwise')
    .option('--json', 'one JSON object, for programs')
    .action(async (file: string, { json, workspace }: { json?: boolean; workspace?: string }) => {
      if (file === 'segments') {
        await verifySegments(io, { json: json ?? false, workspace });
        return;
      }
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
