import { SingleBar } from 'cli-progress';
import type { Terminal } from '../terminal.ts';

/** Shows how far long work is: a bar for a person, a line for every tenth of the way elsewhere. */
export interface ProgressView {
  /** `progress` from 0 to 1, with a few words about it. */
  show(progress: number, words: string): void;
  end(progress: number, words: string): void;
}

export function progressView(io: Terminal): ProgressView {
  return io.isPerson ? drawn() : inLines(io);
}

function drawn(): ProgressView {
  const bar = new SingleBar({
    format: '{bar} {percentage} %  {words}',
    hideCursor: true,
    clearOnComplete: false,
  });
  let begun = false;
  return {
    show(progress, words) {
      if (!begun) bar.start(1000, 0, { words });
      begun = true;
      bar.update(Math.round(progress * 1000), { words });
    },
    end(progress, words) {
      if (begun) bar.update(Math.round(progress * 1000), { words });
      bar.stop();
    },
  };
}

function inLines(io: Terminal): ProgressView {
  let told = -1;
  return {
    show(progress, words) {
      const tenth = Math.floor(progress * 10);
      if (tenth <= told) return;
      told = tenth;
      io.err(`${tenth * 10} %: ${words}\n`);
    },
    end: () => {},
  };
}
