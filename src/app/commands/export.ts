import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Argument, Option } from 'commander';
import { type Door, withDoor } from '../door.ts';
import type { AddCommand, Terminal } from '../terminal.ts';
import { chooseWorkspace } from './choose-workspace.ts';

interface Options {
  workspace?: string;
  format: 'jsonl' | 'csv';
  out?: string;
  from?: string;
  to?: string;
  name?: string;
}

const pageSize = { people: 500, events: 1000 } as const;

export const addExport: AddCommand = (program, io) => {
  program
    .command('export')
    .description('write the people or the events of a workspace to a file')
    .addArgument(new Argument('<what>', 'people or events').choices(['people', 'events']))
    .option('--workspace <slug>', 'the only one besides the demo, unless told otherwise')
    .addOption(
      new Option('--format <format>', 'jsonl has everything; csv is for a spreadsheet')
        .choices(['jsonl', 'csv'])
        .default('jsonl'),
    )
    .option('--out <file>', 'instead of printing it')
    .option('--from <time>', 'events since then, as 2026-01-01T00:00:00Z')
    .option('--to <time>', 'events before then')
    .option('--name <name>', 'only events of this name')
    .action(async (what: 'people' | 'events', options: Options) => {
      const count = await withDoor((door) => write(door, what, options, io));
      io.err(`${count.toLocaleString('en')} ${what}\n`);
    });
};

type Item = Record<string, unknown>;

async function write(door: Door, what: 'people' | 'events', options: Options, io: Terminal): Promise<number> {
  const workspace = await chooseWorkspace(door, options.workspace);
  const out = options.out === undefined ? null : createWriteStream(options.out);
  let columns: string[] | undefined;
  let count = 0;
  for await (const items of pages(door, what, workspace, options)) {
    let text = '';
    if (options.format === 'csv' && !columns && items[0]) {
      columns = Object.keys(items[0]);
      text += csvLine(columns);
    }
    for (const item of items) {
      text += columns ? csvLine(columns.map((column) => cellOf(item[column]))) : `${JSON.stringify(item)}\n`;
    }
    count += items.length;
    if (!out) io.out(text);
    else if (!out.write(text)) await once(out, 'drain');
  }
  if (out) {
    out.end();
    await finished(out);
  }
  return count;
}

/** All items, a page at a time. */
async function* pages(
  door: Door,
  what: 'people' | 'events',
  workspace: string,
  options: Options,
): AsyncGenerator<Item[]> {
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(pageSize[what]) });
    if (cursor !== null) query.set('cursor', cursor);
    if (what === 'events') {
      for (const field of ['from', 'to', 'name'] as const) {
        const value = options[field];
        if (value !== undefined) query.set(field, value);
      }
    }
    const page: { items: Item[]; next: string | null } = await door.ask(`/api/${what}?${query}`, {
      workspace,
    });
    yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
