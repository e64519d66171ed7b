import { systemClock } from '#platform/clock';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { type AddCommand, exitCodes } from '../terminal.ts';

export const addDoctor: AddCommand = (program, io) => {
  program
    .command('doctor')
    .description('say what is wrong with this installation, and what to do about it')
    .option('--json', 'one JSON object, for programs')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(systemClock);
      const ok = findings.every((finding) => finding.state !== 'problem');
      io.out(json ? `${JSON.stringify({ ok, findings })}\n` : report(findings));
      if (!ok) io.exit(exitCodes.problemFound);
    });
};

const marks = { fine: 'ok     ', warning: 'look   ', problem: 'wrong  ' };

export function report(findings: readonly Finding[]): string {
  const lines = findings.map(({ state, says, todo }) =>
    todo ? `${marks[state]}${says}\n         ${todo}` : `${marks[state]}${says}`,
  );
  const problems = findings.filter((finding) => finding.state === 'problem').length;
  const verdict =
    problems === 0
      ? 'Nothing keeps Pando from running here.'
      : `${problems} ${problems === 1 ? 'thing has' : 'things have'} to be mended.`;
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
