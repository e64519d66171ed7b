import { SingleBar } from 'cli-progress';
import { InvalidArgumentError } from 'commander';
import { systemClock } from '#platform/clock';
import { Refusal } from '#platform/refusal';
import type { DemoOrder, DemoProgress } from '#schema/demo';
import { type Door, withDoor } from '../door.ts';
import { stopAsked } from '../signals.ts';
import { type AddCommand, exitCodes, type Terminal } from '../terminal.ts';

interface Options extends DemoOrder {
  workspace: string;
  json?: boolean;
}

export const addDemo: AddCommand = (program, io) => {
  program
    .command('demo')
    .description(
      'fill a workspace with a simulated brand: shops, stores, a community, and life as unkind as it is',
    )
    .option('--people <number>', '10 to 1,000,000 people; 5000 unless told otherwise', wholeNumber)
    .option(
      '--months <number>',
      'so many months up to now; 12 unless told otherwise, 4 of more than 500,000 people',
      wholeNumber,
    )
    .option('--seed <number>', 'the same seed makes the same brand; 1 unless told otherwise', wholeNumber)
    .option('--workspace <slug>', 'made where there is none', 'demo')
    .option('--json', 'one JSON object at the end, for programs')
    .action(async ({ json, ...order }: Options) => {
      const progress = await withDoor((door) => follow(door, order, io));
      if (!progress) io.exit(exitCodes.failed);
      else io.out(json ? `${JSON.stringify(progress)}\n` : report(progress));
    });
};

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

const LOOK_EVERY_MS = 400;

/** Orders the brand and looks on until it is told; undefined when somebody would not wait for it. */
async function follow(
  door: Door,
  order: DemoOrder & { workspace: string },
  io: Terminal,
): Promise<DemoProgress | undefined> {
  const stop = new AbortController();
  void stopAsked(systemClock).then(() => stop.abort());
  const view = io.isPerson ? drawn() : inLines(io);
  let progress = await door.ask<DemoProgress>('/api/demo', { body: order });
  while (progress.state !== 'filled' && !stop.signal.aborted) {
    view.show(progress);
    await systemClock.sleep(LOOK_EVERY_MS, stop.signal);
    progress = (await look(door, order.workspace)) ?? progress;
  }
  view.end(progress);
  if (progress.state === 'filled') return progress;
  io.err(
    door.pando
      ? 'Left off. It goes on when Pando runs, or with the same command.\n'
      : 'Pando goes on with it in the background.\n',
  );
  return undefined;
}

/** Undefined while the program is too busy to tell, which is no reason to leave the work off. */
async function look(door: Door, workspace: string): Promise<DemoProgress | undefined> {
  try {
    return await door.ask<DemoProgress>(`/api/demo?workspace=${encodeURIComponent(workspace)}`);
  } catch (error) {
    if (error instanceof Refusal && error.status === 503) return undefined;
    throw error;
  }
}

interface View {
  show(progress: DemoProgress): void;
  end(progress: DemoProgress): void;
}

function drawn(): View {
  const bar = new SingleBar({
    format: '{bar} {percentage} %  {messages} messages, told up to {until}, {eta_formatted} left',
    // The time left follows from the last half minute, as others may want the machine now and then.
    etaBuffer: 75,
    hideCursor: true,
    clearOnComplete: false,
  });
  const details = ({ messages, until }: DemoProgress) => ({
    messages: messages.toLocaleString('en'),
    until: until?.slice(0, 10) ?? 'the beginning',
  });
  let begun = false;
  return {
    show(progress) {
      if (!begun) bar.start(1000, 0, details(progress));
      begun = true;
      bar.update(Math.round(progress.progress * 1000), details(progress));
    },
    end(progress) {
      if (begun) bar.update(Math.round(progress.progress * 1000), details(progress));
      bar.stop();
    },
  };
}

/** A line for every tenth of the way. */
function inLines(io: Terminal): View {
  let told = -1;
  return {
    show({ progress, messages }) {
      const tenth = Math.floor(progress * 10);
      if (tenth <= told) return;
      told = tenth;
      io.err(`${tenth * 10} %: ${messages} messages\n`);
    },
    end: () => {},
  };
}

function report({ workspace, name, result, seed, months }: DemoProgress): string {
  if (!result) return `${name} is told.\n`;
  const number = (value: number) => value.toLocaleString('en');
  const share = (value: number | null) =>
    value === null
      ? 'not compared: that takes too much memory for so large a brand'
      : `${(value * 100).toFixed(2)} %`;
  const rows: [string, string][] = [
    ['Workspace', `${workspace} (${name})`],
    [
      'People',
      `${number(result.people)}, of whom the program knows ${number(result.known_persons)} by name or number`,
    ],
    ['Events', `${number(result.events)} in ${months} months (seed ${seed})`],
    ['Orders', number(result.orders)],
    [
      'Set aside',
      `${number(result.duplicates)} sent twice, ${number(result.withheld)} withheld for want of consent, ${number(result.quarantined)} in quarantine`,
    ],
    ['Joins', `precision ${share(result.precision)}, recall ${share(result.recall)} against the truth`],
  ];
  return `${rows.map(([what, value]) => `  ${what.padEnd(12)}${value}`).join('\n')}\n`;
}
