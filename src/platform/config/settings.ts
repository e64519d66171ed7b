/** One environment variable that Pando knows: what it means and what it is when nobody sets it. */
export interface Setting {
  readonly name: string;
  readonly default: string;
  readonly meaning: string;
}

/** Every variable, in the order in which a newcomer would want to read about them. The docs are made from this. */
export const settings = [
  { name: 'PANDO_HOME', default: '.pando in the checkout', meaning: 'The folder that holds all data.' },
  { name: 'PORT', default: '4680', meaning: 'The port of the web server; 0 takes any free one.' },
  {
    name: 'HOST',
    default: '127.0.0.1',
    meaning: 'The address to listen on; 0.0.0.0 for every network of this machine.',
  },
  {
    name: 'DATABASE_URL',
    default: 'the embedded PostgreSQL',
    meaning: 'A PostgreSQL (15 or later) to use instead, as postgres://user:password@host:5432/database.',
  },
  {
    name: 'CLICKHOUSE_URL',
    default: 'the embedded ClickHouse',
    meaning: 'A ClickHouse to use instead, as http://user:password@host:8123/database.',
  },
  {
    name: 'PANDO_CLICKHOUSE_CLUSTER',
    default: 'none',
    meaning: 'The name of the ClickHouse cluster to spread the tables over; needs CLICKHOUSE_URL.',
  },
  {
    name: 'PANDO_ROLE',
    default: 'all',
    meaning:
      'all: everything in one process. api: the web server only. worker: background work only. The last two need DATABASE_URL and CLICKHOUSE_URL.',
  },
  {
    name: 'PANDO_DEMO',
    default: 'on',
    meaning: 'on: the first start fills a workspace of its own with a simulated brand. off: it does not.',
  },
  {
    name: 'PANDO_ADMIN_EMAIL',
    default: 'owner@pando.localhost',
    meaning: 'E-mail address of the owner whom the first start makes.',
  },
  {
    name: 'PANDO_ADMIN_PASSWORD',
    default: 'made up and printed at the first start',
    meaning: 'Password of that owner, at least 10 characters.',
  },
  {
    name: 'PANDO_WORKSPACE',
    default: 'my-brand',
    meaning: 'Slug of the workspace that the first start makes.',
  },
  {
    name: 'PANDO_WRITE_KEY',
    default: 'made up at the first start',
    meaning: 'Write key of the first source, at least 16 letters, digits or _.',
  },
  {
    name: 'PANDO_SECRET_KEY',
    default: 'none',
    meaning:
      'A secret API key that the first start makes for the workspace, at least 24 letters, digits or _.',
  },
  {
    name: 'PANDO_PUBLIC_URL',
    default: 'http://HOST:PORT',
    meaning: 'The address by which browsers reach Pando; https here makes cookies secure.',
  },
  {
    name: 'PANDO_TRUST_PROXY',
    default: 'off',
    meaning:
      "off, or what stands before Pando and may name the sender's address: addresses and networks (10.0.0.0/8, loopback, uniquelocal) separated by commas.",
  },
  {
    name: 'PANDO_BUFFER_EVENTS',
    default: '5000000',
    meaning: 'How many accepted events may wait for ClickHouse before new ones are refused.',
  },
  {
    name: 'PANDO_DISK_RESERVE_MB',
    default: '512',
    meaning: 'Free space below which new work is refused, so that nothing is lost.',
  },
  {
    name: 'PANDO_CLICKHOUSE_MEMORY_MB',
    default: '1000',
    meaning: 'What the embedded ClickHouse may use; one question may use six tenths of it.',
  },
  {
    name: 'PANDO_LOG_LEVEL',
    default: 'info',
    meaning: 'trace, debug, info, warn, error, fatal or silent.',
  },
  {
    name: 'PANDO_DATA',
    default: '../shared/data',
    meaning: "Only for the project's own tests: the folder with the shared data sets.",
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof settings)[number]['name'];
