import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { type SettingName, settings } from './settings.ts';

export interface Config {
  /** Absolute. */
  home: string;
  /** 0 takes any free port. */
  port: number;
  host: string;
  databaseUrl?: string;
  clickhouseUrl?: string;
  clickhouseCluster?: string;
  role: 'all' | 'api' | 'worker';
  demo: boolean;
  adminEmail?: string;
  adminPassword?: string;
  /** A slug. */
  workspace?: string;
  writeKey?: string;
  secretKey?: string;
  /** Without a slash at the end. */
  publicUrl?: string;
  /** Addresses and networks of the proxies in front that may name the sender's address. */
  trustProxy: false | string[];
  /** Bound of the accepted events that ClickHouse does not have yet. */
  bufferEvents: number;
  diskReserveMb: number;
  /** Of the embedded engine. */
  clickhouseMemoryMb: number;
  logLevel: LogLevel;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof logLevels)[number];

/** The environment asks for what cannot be; `mistakes` has one sentence for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** Reads the whole configuration; throws one ConfigError that tells every mistake at once. An empty value is none. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const mistakes = unknownNames(env);

  /** The value as `parse` makes it; a parser answers a wrong one with undefined, which `wants` explains. */
  function read<T>(name: SettingName, wants: string, parse: (text: string) => T | undefined): T | undefined {
    const text = env[name]?.trim();
    if (!text) return undefined;
    const value = parse(text);
    if (value === undefined)
      mistakes.push(`${name} ${wants}${isSecret(name) ? '.' : `, but it is "${text}".`}`);
    return value;
  }

  const config: Config = {
    home: read('PANDO_HOME', 'must be a folder', (text) => resolve(text)) ?? join(checkout, '.pando'),
    port: read('PORT', 'must be a number from 0 to 65535', whole(0, 65_535)) ?? 4680,
    host: read('HOST', 'must be an address or a host name', matching(/^[\w.:-]+$/)) ?? '127.0.0.1',
    role: read('PANDO_ROLE', 'must be all, api or worker', oneOf(['all', 'api', 'worker'])) ?? 'all',
    demo: read('PANDO_DEMO', 'must be on or off', onOff) ?? true,
    trustProxy:
      read('PANDO_TRUST_PROXY', 'must be off, or addresses and networks separated by commas', proxies) ??
      false,
    bufferEvents:
      read('PANDO_BUFFER_EVENTS', 'must be a whole number from 1000 up', whole(1000)) ?? 5_000_000,
    diskReserveMb: read('PANDO_DISK_RESERVE_MB', 'must be a whole number from 0 up', whole(0)) ?? 512,
    clickhouseMemoryMb:
      read('PANDO_CLICKHOUSE_MEMORY_MB', 'must be a whole number from 500 up', whole(500)) ?? 1_000,
    logLevel: read('PANDO_LOG_LEVEL', `must be one of ${logLevels.join(', ')}`, oneOf(logLevels)) ?? 'info',
    ...present({
      databaseUrl: read(
        'DATABASE_URL',
        'must begin with postgres:// or postgresql://',
        urlOf('postgres:', 'postgresql:'),
      ),
      clickhouseUrl: read('CLICKHOUSE_URL', 'must begin with http:// or https://', urlOf('http:', 'https:')),
      clickhouseCluster: read('PANDO_CLICKHOUSE_CLUSTER', 'must be a plain name', matching(/^[A-Za-z_]\w*$/)),
      adminEmail: read('PANDO_ADMIN_EMAIL', 'must be an e-mail address', matching(/^[^\s@]+@[^\s@]+$/)),
      adminPassword: read('PANDO_ADMIN_PASSWORD', 'must have at least 10 characters', matching(/^.{10,}$/s)),
      workspace: read(
        'PANDO_WORKSPACE',
        'must be a slug of lower-case letters, digits and dashes',
        matching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
      ),
      writeKey: read('PANDO_WRITE_KEY', 'must be at least 16 letters, digits or _', matching(/^\w{16,128}$/)),
      secretKey: read(
        'PANDO_SECRET_KEY',
        'must be at least 24 letters, digits or _',
        matching(/^\w{24,128}$/),
      ),
      publicUrl: read(
        'PANDO_PUBLIC_URL',
        'must begin with http:// or https://',
        urlOf('http:', 'https:'),
      )?.replace(/\/+$/, ''),
    }),
  };

  mistakes.push(...contradictions(config));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

const checkout = join(import.meta.dirname, '../../..');

function unknownNames(env: Record<string, string | undefined>): string[] {
  const known: readonly string[] = settings.map((s) => s.name);
  return Object.keys(env)
    .filter((name) => name.startsWith('PANDO_') && !known.includes(name))
    .map((name) => {
      const meant = known.find((k) => likeness(k) === likeness(name));
      return `${name} is no setting of Pando${meant ? `; ${meant} is meant, probably` : ''}. Correct it or take it out.`;
    });
}

const likeness = (name: string) => name.replaceAll('_', '').split('').sort().join('');

function contradictions(config: Config): string[] {
  const found: string[] = [];
  if (config.role !== 'all') {
    const missing = [
      ...(config.databaseUrl ? [] : ['DATABASE_URL']),
      ...(config.clickhouseUrl ? [] : ['CLICKHOUSE_URL']),
    ];
    if (missing.length > 0) {
      found.push(
        `PANDO_ROLE is ${config.role}, which shares its engines with other processes, so ${missing.join(' and ')} must be set too.`,
      );
    }
  }
  if (config.clickhouseCluster && !config.clickhouseUrl) {
    found.push(
      'PANDO_CLICKHOUSE_CLUSTER is set, so CLICKHOUSE_URL must be set too: the embedded engine is no cluster.',
    );
  }
  return found;
}

function isSecret(name: SettingName): boolean {
  return /PASSWORD|KEY|_URL$/.test(name) && name !== 'PANDO_PUBLIC_URL';
}

function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  return (text: string) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
}

function oneOf<const T extends string>(values: readonly T[]) {
  return (text: string) => values.find((value) => value === text);
}

function matching(pattern: RegExp) {
  return (text: string) => (pattern.test(text) ? text : undefined);
}

function onOff(text: string) {
  if (['on', 'true', '1', 'yes'].includes(text)) return true;
  return ['off', 'false', '0', 'no'].includes(text) ? false : undefined;
}

/** Names that Fastify knows for networks that are private by definition. */
const privateNetworks = ['loopback', 'linklocal', 'uniquelocal'];

function proxies(text: string): Config['trustProxy'] | undefined {
  if (text === 'off') return false;
  const networks = text.split(',').map((part) => part.trim());
  const isNetwork = (n: string) => privateNetworks.includes(n) || isIP(n.replace(/\/\d{1,3}$/, '')) !== 0;
  return networks.every(isNetwork) ? networks : undefined;
}

function urlOf(...protocols: string[]) {
  return (text: string) =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined: an optional setting is absent rather than empty. */
function present<T extends Record<string, unknown>>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
