import type { Guess, Import } from '#schema/imports';

const number = (value: number) => value.toLocaleString('en');

/** What a file seems to be, for a person who decides whether it is so. */
export function describeGuess(guess: Guess): string {
  const { format, encoding, delimiter, columns, preset, questions, sample, problems } = guess;
  const names: Record<string, string> = { '\t': 'tab' };
  const layout = [
    format,
    encoding,
    ...(delimiter ? [`delimiter ${names[delimiter] ?? delimiter}`] : []),
  ].join(', ');
  const parts = [`${layout}; ${number(guess.rows_sampled)} rows looked at\n`];
  if (columns.length > 0) {
    const rows = columns.map((c) => [
      c.name,
      c.looks,
      `${Math.round(c.filled * 100)} %`,
      c.examples.join(' | '),
    ]);
    parts.push(table([['column', 'looks like', 'filled', 'for example'], ...rows]));
  }
  if (preset) parts.push(`It fits the preset ${preset}.\n`);
  else if (guess.mapping) parts.push(`The mapping:\n\n${guess.mapping.replace(/^/gm, '  ').trimEnd()}\n`);
  if (questions.length > 0) parts.push(`To be decided by you:\n${list(questions)}`);
  if (sample[0]) parts.push(`The first event would be:\n\n${shortened(sample[0])}\n`);
  if (problems.length > 0) {
    parts.push(
      `Rows that would be rejected:\n${list(problems.slice(0, 5).map((p) => `line ${p.line}: ${p.reason}`))}`,
    );
  }
  return `${parts.join('\n')}\n`;
}

/** How an import ended. */
export function describeImport(ended: Import, o: { seconds: number; rejectsFile: string | null }): string {
  const rows: [string, string][] = [
    [
      'Rows',
      `${number(ended.rows)} in ${o.seconds.toFixed(1)} s (${number(Math.round(ended.rows / o.seconds))} rows/s)`,
    ],
    ['Events', `${number(ended.events)}${namesOf(ended.by_event)}`],
  ];
  if (!ended.dry_run)
    rows.push(['New', `${number(ended.accepted)}; ${number(ended.duplicates)} were there already`]);
  if (ended.quarantined > 0)
    rows.push(['Quarantine', `${number(ended.quarantined)} events; see GET /api/quarantine`]);
  if (ended.withheld > 0)
    rows.push(['Withheld', `${number(ended.withheld)} events of people who denied it, or were erased`]);
  if (ended.skipped > 0) rows.push(['Passed over', `${number(ended.skipped)} rows${namesOf(ended.skips)}`]);
  if (ended.rejected > 0) {
    rows.push([
      'Rejected',
      `${number(ended.rejected)} rows${o.rejectsFile ? `; they are in ${o.rejectsFile}` : ''}`,
    ]);
  }
  const notes = ended.notes.map((note) => `\n${note}\n`).join('');
  const state =
    ended.state === 'done'
      ? ended.dry_run
        ? '\nNothing was sent: this was a dry run.\n'
        : ''
      : `\nIt ended: ${ended.error ?? ended.state}\n`;
  return `${rows.map(([what, value]) => `  ${what.padEnd(13)}${value}`).join('\n')}\n${notes}${state}`;
}

function namesOf(counts: Record<string, number>): string {
  const names = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (names.length === 0) return '';
  const shown = names.slice(0, 5).map(([name, count]) => `${name} ${number(count)}`);
  return ` (${shown.join(', ')}${names.length > 5 ? ', …' : ''})`;
}

function list(lines: readonly string[]): string {
  return `${lines.map((line) => `  - ${line}`).join('\n')}\n`;
}

const widest = 40;

function table(rows: readonly string[][]): string {
  const cut = rows.map((row) =>
    row.map((cell) => (cell.length > widest ? `${cell.slice(0, widest - 1)}…` : cell)),
  );
  const widths = (cut[0] ?? []).map((_, i) => Math.max(...cut.map((row) => columnsOf(row[i] ?? ''))));
  const line = (row: string[]) =>
    row.map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - columnsOf(cell))).join('  ');
  return `${cut.map((row) => `  ${line(row)}`.trimEnd()).join('\n')}\n`;
}

/** How many places a text takes on a terminal: Chinese characters take two. */
function columnsOf(text: string): number {
  return (
    text.length +
    (text.match(
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g,
    )?.length ?? 0)
  );
}

const sampleLines = 40;

function shortened(message: unknown): string {
  const lines = JSON.stringify(message, null, 2).split('\n');
  const shown = lines.length > sampleLines ? [...lines.slice(0, sampleLines), '…'] : lines;
  return shown.map((line) => `  ${line}`).join('\n');
}
