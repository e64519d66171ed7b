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

/** Who runs on the home, and how the engines are: asked of the running program, or tried out when there is none. */
export async function checkEngines(
  config: Config,
  clock: Clock,
): Promise<{ running?: Running; findings: Finding[] }> {
  const running = readRunning(config.home);
  const parts = running && (await askParts(running));
  if (running && parts) {
    const program = fine('program', `Pando runs on this home (process ${running.pid}) at ${running.url}.`);
    return { running, findings: [program, ...parts] };
  }
  if (existsSync(config.home) && isHeld(config.home)) {
    const deaf = problem(
      'program',
      `A Pando${running ? ` (process ${running.pid})` : ''} holds ${config.home}, but it does not answer.`,
      'It may be starting or stopping: look again in a minute. If it stays so, end that process and start again.',
    );
    return { findings: [deaf] };
  }
  const { databaseUrl, clickhouseUrl } = config;
  return {
    findings: [
      fine('program', 'Pando does not run on this home now.'),
      ...(await tryEngine('PostgreSQL', 'postgres', config, databaseUrl, () => tryPostgres(config, clock))),
      ...(await tryEngine('ClickHouse', 'clickhouse', config, clickhouseUrl, () =>
        tryClickHouse(config, clock),
      )),
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
  folder: string,
  config: Config,
  url: string | undefined,
  attempt: () => Promise<Finding[]>,
): Promise<Finding[]> {
  if (url === undefined && !existsSync(join(config.home, folder))) {
    return [fine(name, `The embedded ${name} is made at the first start.`)];
  }
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
