import { parseArgs } from 'node:util';
import { faultsOf, runChaos } from './rig/chaos.ts';

/**
 * Kills the program, ClickHouse, Postgres and single backends of it with SIGKILL while events arrive, in an order by
 * chance, and counts at the end: every acknowledged event once, none that was not sent. Exits with 1 otherwise.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);

const outcome = await runChaos({
  kills: Number(values.kills),
  seed: Number(values.seed),
  onKill: ({ victim, acceptingAfterMs }, number) =>
    say(
      `${String(number).padStart(3)}  killed ${victim.padEnd(17)} accepting again after ${acceptingAfterMs} ms`,
    ),
});
const faults = faultsOf(outcome);
say(
  `${outcome.acknowledged} events acknowledged, ${outcome.sentAgain} requests sent again; ${outcome.rows} rows, ${outcome.distinct} distinct, ${outcome.strangers} that nobody sent.`,
);
say(faults.length === 0 ? 'Every acknowledged event is there exactly once.' : faults.join('\n'));
if (values.json) {
  const { kills, ...counts } = outcome;
  const slowestMs = Math.max(...kills.map((kill) => kill.acceptingAfterMs));
  process.stdout.write(
    `${JSON.stringify({ kills: kills.length, ...counts, slowest_ms: slowestMs, faults })}\n`,
  );
}
process.exitCode = faults.length === 0 ? 0 : 1;
