import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openClickHouse, startEmbeddedClickHouse } from '#platform/clickhouse';
import type { Clock } from '#platform/clock';
import type { Config } from '#platform/config';
import { createLog } from '#platform/log';
import { openPostgres, startEmbeddedPostgres } from '#platform/postgres';
import { holdHome, isHeld, type Running, readRunning } from '../home.ts';
import { type Finding, fine, problem } from './finding.ts';
import { checkSkew } from './machine.ts';

const quiet = createLog({ level: 'silent', pretty: false });
const oldestPostgres = 15;

/** Who runs on the home, and how the engines are: asked of the running program, or tried out. */
export async function checkEngines(
  config: Config,
  clock: Clock,
): Promise<{ running?: Running; findings: Finding[] }> {
  const said = readRunning(config.home);
  const parts = said && (await askParts(said));
  if (!parts && existsSync(config.home) && isHeld(config.home)) {
    const deaf = problem(
      'program',
      `A Pando${said ? ` (process ${said.pid})` : ''} holds ${config.home}, but it does not answer.`,
      'It may be starting or stopping: look again in a minute. If it stays so, end that process and start again.',
    );
    return { findings: [deaf] };
  }
  const running = parts && said;
  const program = running
    ? `Pando runs on this home (process ${running.pid}) at ${running.url}.`
    : 'Pando does not run on this home now.';

  /** Somebody else's engine takes one more visitor; an embedded one only when no program has it. */
  async function check(
    name: string,
    folder: string,
    url: string | undefined,
    attempt: () => Promise<Finding[]>,
  ) {
    if (url === undefined && parts) return parts.filter((finding) => finding.check === name);
    if (url === undefined && !existsSync(join(config.home, folder))) {
      return [fine(name, `The embedded ${name} is made at the first start.`)];
    }
    return tryEngine(name, url, attempt);
  }

  return {
    ...(running ? { running } : {}),
    findings: [
      fine('program', program),
      ...(await check('PostgreSQL', 'postgres', config.databaseUrl, () => tryPostgres(config, clock))),
      ...(await check('ClickHouse', 'clickhouse', config.clickhouseUrl, () => tryClickHouse(config, clock))),
    ],
  };
}

async function askParts({ url }: Running): Promise<Finding[] | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) });
    const { parts } = (await answer.json()) as { parts: { name: string; up: boolean }[] };
    return parts.map(({ name, up }) =>
      up
        ? fine(name, `${name} is up.`)
        : problem(
            name,
            `${name} is away.`,
            'The log of the running program says why; it goes on by itself when it is back.',
          ),
    );
  } catch {
    return undefined;
  }
}

async function tryEngine(
  name: string,
  url: string | undefined,
  attempt: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await attempt();
  } catch (error) {
    const todo =
      url === undefined
        ? 'The data are in the home folder; if this stays so, restore a backup into a new one.'
        : 'Check the address, the user and the password, and that a firewall lets this machine through.';
    return [problem(name, (error as Error).message, todo)];
  }
}

async function tryPostgres(config: Config, clock: Clock): Promise<Finding[]> {
  const home = config.databaseUrl === undefined ? holdHome(config.home) : undefined;
  const engine = home && (await startEmbeddedPostgres({ home: config.home, log: quiet, clock }));
  try {
    const pg = await openPostgres({
      url: config.databaseUrl ?? engine?.url ?? '',
      log: quiet,
      clock,
      poolSize: 1,
    });
    try {
      const { rows } = await pg.raw.query<{ version: string; now: Date }>(
        "select current_setting('server_version') as version, clock_timestamp() as now",
      );
      const { version = '', now = clock.now() } = rows[0] ?? {};
      return [checkPostgresVersion(version), checkSkew('PostgreSQL', now.getTime(), clock.ms())];
    } finally {
      await pg.close();
    }
  } finally {
    await engine?.stop();
    home?.release();
  }
}

export function checkPostgresVersion(version: string): Finding {
  return Number.parseInt(version, 10) >= oldestPostgres
    ? fine('PostgreSQL', `PostgreSQL ${version} answers.`)
    : problem(
        'PostgreSQL',
        `PostgreSQL ${version} is too old; Pando needs ${oldestPostgres} or later.`,
        'Upgrade that server, or leave out DATABASE_URL to use the embedded one.',
      );
}

async function tryClickHouse(config: Config, clock: Clock): Promise<Finding[]> {
  const home = config.clickhouseUrl === undefined ? holdHome(config.home) : undefined;
  const engine = home && (await startEmbeddedClickHouse({ home: config.home, log: quiet, clock }));
  try {
    const ch = await openClickHouse({ url: config.clickhouseUrl ?? engine?.url ?? '', log: quiet, clock });
    try {
      const [row] = await ch.query<{ version: string; ms: string }>(
        'select version() as version, toUnixTimestamp64Milli(now64(3)) as ms',
      );
      return [
        fine('ClickHouse', `ClickHouse ${row?.version} answers.`),
        checkSkew('ClickHouse', Number(row?.ms), clock.ms()),
      ];
    } finally {
      await ch.close();
    }
  } finally {
    await engine?.stop();
    home?.release();
  }
}
