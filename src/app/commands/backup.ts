import { systemClock } from '#platform/clock';
import { Refusal, Unavailable } from '#platform/refusal';
import { refuseExisting, saveBackup } from '../backup/download.ts';
import { type Door, withDoor } from '../door.ts';
import type { AddCommand, Terminal } from '../terminal.ts';
import { progressView } from './progress-view.ts';

interface Options {
  force?: boolean;
  json?: boolean;
}

export const addBackup: AddCommand = (program, io) => {
  program
    .command('backup')
    .description('write everything in this installation into one file, while Pando runs or not')
    .argument('<file>', 'has everybody’s data in it: keep it where only you can read it')
    .option('--force', 'overwrite the file when it exists')
    .option('--json', 'one JSON object, for programs')
    .action(async (file: string, { force = false, json }: Options) => {
      refuseExisting(file, force);
      const startedMs = systemClock.tick();
      const bytes = await withDoor((door) => download(door, file, force, io));
      const seconds = Math.round(systemClock.tick() - startedMs) / 1000;
      io.out(
        json
          ? `${JSON.stringify({ file, bytes, seconds })}\n`
          : `${file} is written: ${megabytes(bytes)} in ${seconds.toFixed(1)} s. pando verify reads it through.\n`,
      );
    });
};

async function download(door: Door, file: string, force: boolean, io: Terminal): Promise<number> {
  const answer = await door.fetch('/api/operator/backup');
  if (!answer.ok || !answer.body) {
    const { title = 'Failed', detail = `The answer was ${answer.status}.` } = (await answer.json()) as {
      title?: string;
      detail?: string;
    };
    throw new Refusal({ type: 'backup/failed', status: answer.status, title, detail });
  }
  const expected = Math.max(1, Number(answer.headers.get('pando-estimated-bytes')));
  const view = progressView(io);
  const wrote = (bytes: number) => view.show(Math.min(0.99, bytes / expected), megabytes(bytes));
  const bytes = await saveBackup(heard(answer.body), file, { force, wrote });
  view.end(1, megabytes(bytes));
  return bytes;
}

async function* heard(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new Unavailable(
      'The backup broke off: Pando or an engine went away. Try again; its log says more.',
      {
        cause: error,
      },
    );
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
