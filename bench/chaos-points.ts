import { parseArgs } from 'node:util';
import { runPointsChaos } from './rig/chaos-points.ts';

/**
 * Kills the program and Postgres of it with SIGKILL while points move, in an order by chance, and looks at the end:
 * every acknowledged movement is there once, the books keep their laws, the public log has neither gap nor fork, and
 * a receipt from before the first kill still verifies. Exits with 1 otherwise.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);

const { faults, ...outcome } = await runPointsChaos({
  kills: Number(values.kills),
  seed: Number(values.seed),
  say,
});
say(
  `${outcome.acknowledged} movements acknowledged, ${outcome.sentAgain} batches sent again, ${outcome.logged} leaves in the log.`,
);
say(faults.length === 0 ? 'Nothing is missing, double, or out of the log.' : faults.join('\n'));
if (values.json)
  process.stdout.write(`${JSON.stringify({ kills: Number(values.kills), ...outcome, faults })}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
