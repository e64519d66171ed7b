import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, settings } from './index.ts';

/** The sentences with which this environment is turned down. */
function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

test('an empty environment gives a configuration that works on a laptop', () => {
  const config = readConfig({ PATH: '/bin', PANDO_ADMIN_EMAIL: '' });
  expect(config).toMatchObject({
    port: 4680,
    host: '127.0.0.1',
    role: 'all',
    demo: true,
    trustProxy: false,
    diskReserveMb: 512,
    clickhouseMemoryMb: 1000,
    logLevel: 'info',
  });
  expect(config.home.endsWith('/.pando')).toBe(true);
  expect(config).not.toHaveProperty('databaseUrl');
  expect(config).not.toHaveProperty('adminEmail');
});

test('every setting is read', () => {
  const given = {
    PANDO_HOME: '/srv/pando',
    PORT: '0',
    HOST: '0.0.0.0',
    DATABASE_URL: 'postgres://pando:secret@db:5432/pando',
    CLICKHOUSE_URL: 'http://pando:secret@ch:8123/pando',
    PANDO_CLICKHOUSE_CLUSTER: 'main',
    PANDO_ROLE: 'api',
    PANDO_DEMO: 'off',
    PANDO_ADMIN_EMAIL: 'ann@example.com',
    PANDO_ADMIN_PASSWORD: 'a long enough one',
    PANDO_WORKSPACE: 'acme-2',
    PANDO_WRITE_KEY: 'pk_0123456789abcdef',
    PANDO_SECRET_KEY: 'sk_0123456789abcdef01234567',
    PANDO_PUBLIC_URL: 'https://pando.example.com/',
    PANDO_TRUST_PROXY: '10.0.0.0/8, loopback,::1',
    PANDO_BUFFER_EVENTS: '2000',
    PANDO_DISK_RESERVE_MB: '0',
    PANDO_CLICKHOUSE_MEMORY_MB: '4000',
    PANDO_LOG_LEVEL: 'debug',
    PANDO_DATA: '/data',
  };
  expect(readConfig(given)).toEqual({
    home: '/srv/pando',
    port: 0,
    host: '0.0.0.0',
    databaseUrl: given.DATABASE_URL,
    clickhouseUrl: given.CLICKHOUSE_URL,
    clickhouseCluster: 'main',
    role: 'api',
    demo: false,
    adminEmail: 'ann@example.com',
    adminPassword: given.PANDO_ADMIN_PASSWORD,
    workspace: 'acme-2',
    writeKey: given.PANDO_WRITE_KEY,
    secretKey: given.PANDO_SECRET_KEY,
    publicUrl: 'https://pando.example.com',
    trustProxy: ['10.0.0.0/8', 'loopback', '::1'],
    bufferEvents: 2000,
    diskReserveMb: 0,
    clickhouseMemoryMb: 4000,
    logLevel: 'debug',
  });
  expect(Object.keys(given).sort()).toEqual(settings.map((s) => s.name).sort());
});

describe('a wrong value stops the start with a sentence', () => {
  test.each([
    ['PORT', '70000', /^PORT must be a number from 0 to 65535, but it is "70000"\.$/],
    ['PORT', '80a', /^PORT must be a number/],
    ['HOST', 'not a host', /^HOST must be an address/],
    ['DATABASE_URL', 'mysql://x', /^DATABASE_URL must begin with postgres:/],
    ['CLICKHOUSE_URL', 'tcp://x', /^CLICKHOUSE_URL must begin with http:/],
    ['PANDO_ROLE', 'web', /^PANDO_ROLE must be all, api or worker/],
    ['PANDO_DEMO', 'maybe', /^PANDO_DEMO must be on or off/],
    ['PANDO_ADMIN_EMAIL', 'ann', /^PANDO_ADMIN_EMAIL must be an e-mail address/],
    ['PANDO_ADMIN_PASSWORD', 'short', /^PANDO_ADMIN_PASSWORD must have at least 10 characters\.$/],
    ['PANDO_WORKSPACE', 'My Brand', /^PANDO_WORKSPACE must be a slug/],
    ['PANDO_WRITE_KEY', 'x', /^PANDO_WRITE_KEY must be/],
    ['PANDO_SECRET_KEY', 'x', /^PANDO_SECRET_KEY must be/],
    ['PANDO_PUBLIC_URL', 'pando.example.com', /^PANDO_PUBLIC_URL must begin with http/],
    ['PANDO_TRUST_PROXY', '1', /^PANDO_TRUST_PROXY must be off/],
    ['PANDO_BUFFER_EVENTS', '-1', /^PANDO_BUFFER_EVENTS must be a whole number/],
    ['PANDO_LOG_LEVEL', 'loud', /^PANDO_LOG_LEVEL must be one of trace/],
    ['PANDO_HOMES', '/x', /^PANDO_HOMES is no setting of Pando\. Correct it or take it out\.$/],
    ['PANDO_DISK_MB_RESERVE', '1', /PANDO_DISK_RESERVE_MB is meant, probably/],
    ['PANDO_CLICKHOUSE_CLUSTER', 'main', /CLICKHOUSE_URL must be set too/],
    ['PANDO_ROLE', 'worker', /DATABASE_URL and CLICKHOUSE_URL must be set too/],
  ])('%s=%s', (name, value, sentence) => {
    const mistakes = mistakesOf({ [name]: value });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(sentence);
  });

  test('all of them at once, and no secret is repeated', () => {
    const mistakes = mistakesOf({
      PORT: 'x',
      DATABASE_URL: 'nonsense:hunter2',
      PANDO_ADMIN_PASSWORD: 'hunter2',
      PANDO_FOO: '1',
    });
    expect(mistakes).toHaveLength(4);
    expect(mistakes.join()).not.toContain('hunter2');
  });
});

test('the page about configuration has exactly these settings', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(settings.map((s) => `| \`${s.name}\` | ${s.default} | ${s.meaning} |`));
});
