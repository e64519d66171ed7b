import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import type { Tx } from '#platform/postgres';
import { PERMISSIONS } from '#schema/identity';
import { compose, type Pando } from '../src/app/compose.ts';
import { type Brand, furnish, ownerOf, type Session, type Wanted } from './fixtures/brand.ts';
import { testClickHouse } from './fixtures/clickhouse.ts';
import { type Operation, readOperations, sampleOf } from './fixtures/openapi.ts';
import { testPostgres } from './fixtures/postgres.ts';
import { basic } from './fixtures/program.ts';
import { stateOf, tablesOf } from './fixtures/state.ts';

const ends: (() => Promise<void> | void)[] = [];
let pando: Pando;
let operations: Operation[];
let a: Brand & { workspaceId: number };
let b: Brand & { workspaceId: number };

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([
    testPostgres({ empty: true }),
    testClickHouse(undefined, { empty: true }),
  ]);
  const home = mkdtempSync(join(tmpdir(), 'pando-isolation-'));
  ends.push(
    () => rmSync(home, { recursive: true, force: true }),
    () => postgres.drop(),
    () => clickhouse.drop(),
  );
  const config = readConfig({
    DATABASE_URL: postgres.url,
    CLICKHOUSE_URL: clickhouse.url,
    PANDO_HOME: home,
    PORT: '0',
    PANDO_DEMO: 'off',
  });
  pando = await compose(config, { log: createLog({ level: 'silent', pretty: false }) });
  ends.push(() => pando.close());
  operations = readOperations((await ask({ method: 'GET', url: '/openapi.json' })).body);
  a = await newBrand('alpha', 'Amaranth-6f1c');
  b = await newBrand('bravo', 'Bergamot-9d2e');
}, 120_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Routes that ask for no credentials. Whoever adds one here opens a door to everybody. */
const open = new Set([
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'POST /api/session',
  'POST /api/invitations/look',
  'POST /api/invitations/accept',
  'POST /api/reset',
  'GET /v1/projects/{writeKey}/settings',
]);

test('every route asks for credentials, but those that cannot', async () => {
  const answered: string[] = [];
  for (const operation of operations) {
    const { status } = await ask(requestOf(operation));
    if (status !== 401) answered.push(operation.name);
  }
  expect(answered.filter((name) => !open.has(name))).toEqual([]);
  expect([...open].filter((name) => !operations.some((operation) => operation.name === name))).toEqual([]);
});

test('what is kept from the other brand is there for its own team', async () => {
  const session = await ownerOf(b, ask);
  const unreadable: string[] = [];
  let seen = 0;
  for (const operation of operations.filter(({ method }) => method === 'GET')) {
    const isByLink = operation.path.startsWith('/api/shared-board');
    const headers: Record<string, string> = isByLink
      ? { authorization: `Bearer ${b.ids.boardToken}` }
      : session;
    const { status, body } = await ask({ ...requestOf(operation), headers });
    if (status !== (isOperators(operation) ? 403 : 200)) unreadable.push(`${operation.name}: ${status}`);
    if (tells(body)) seen++;
  }
  expect(unreadable).toEqual([]);
  expect(seen).toBeGreaterThan(15);
});

describe('with the ids of another brand, through every route', { timeout: 120_000 }, () => {
  test('a secret key with every scope reads and changes nothing there', async () => {
    await expectUntouched(() =>
      walk((operation) => ({
        authorization: operation.path.startsWith('/v1/') ? basic(a.writeKey) : `Bearer ${a.key}`,
      })),
    );
  });

  test('an owner who is signed in reads and changes nothing there', async () => {
    let session: Session | undefined;
    await expectUntouched(() =>
      walk(async () => {
        // Some routes end the session; the next one begins with a new one.
        const alive = session && (await ask({ method: 'GET', url: '/api/session', headers: session }));
        if (alive?.status !== 200) session = await ownerOf(a, ask);
        return { ...session, 'sec-fetch-site': 'same-origin' };
      }),
    );
  });
});

describe('below the code, a transaction of a workspace', () => {
  test('reads no row of another, of no table', async () => {
    for (const { name, owned } of await tablesOf(pando.pg)) {
      if (owned) {
        const count = `select count(*)::int as n from ${name} where workspace_id = $1`;
        const rows = await pando.pg.inWorkspace(a.workspaceId, (tx) => tx.query(count, [b.workspaceId]));
        expect(rows, name).toEqual([{ n: 0 }]);
      } else if (name === 'users') {
        const rows = await pando.pg.inWorkspace(a.workspaceId, (tx) => tx.query('select email from users'));
        expect(rows).toContainEqual({ email: a.email });
        expect(rows).not.toContainEqual({ email: b.email });
      } else if (!common.has(name)) {
        const refused = pando.pg.inWorkspace(a.workspaceId, (tx) => tx.query(`select * from ${name}`));
        await expect(refused, name).rejects.toMatchObject({ code: '42501' });
      }
    }
  });

  test('writes no row of another, into no table', async () => {
    const before = await stateOf(pando, b.workspaceId);
    const writable: string[] = [];
    for (const { name, owned, column, isReadOnly } of await tablesOf(pando.pg)) {
      if (!owned || isReadOnly) continue;
      const statements = [
        `insert into ${name} (workspace_id) overriding system value values ($1)`,
        `with w as (update ${name} set ${column} = ${column} where workspace_id = $1 returning workspace_id)
         select 1 / count(*) from w`,
        `with w as (delete from ${name} where workspace_id = $1 returning workspace_id) select 1 / count(*) from w`,
      ];
      for (const statement of statements) {
        const code = await refusalOf((tx) => tx.query(statement, [b.workspaceId]));
        // Not allowed, or (divided by no row) nothing there to be changed.
        if (code !== '42501' && code !== '22012') writable.push(`${code} ${statement}`);
      }
    }
    expect(writable).toEqual([]);
    expect(await stateOf(pando, b.workspaceId)).toEqual(before);
  });
});

test('queries that fail half-way leave nothing in the answers of another brand', async () => {
  const failing = `select concat(e.properties, e.traits) as text, n.number, e.workspace_id,
      throwIf(n.number = 20000, 'enough') as never
    from numbers(100000) n cross join (select * from events where workspace_id = {w:UInt32} and properties != '' limit 2) e
    settings max_block_size = 1000`;
  const small =
    'select workspace_id, message_id, properties from events where workspace_id = {w:UInt32} limit 3';
  const until = Date.now() + 3000;
  let failed = 0;
  let asked = 0;
  const foreign: unknown[] = [];
  async function fail(): Promise<void> {
    while (Date.now() < until) {
      await expect(pando.ch.query(failing, { w: b.workspaceId })).rejects.toThrow();
      failed++;
    }
  }
  async function read(): Promise<void> {
    while (Date.now() < until) {
      const rows = await pando.ch.query<{ workspace_id: number }>(small, { w: a.workspaceId });
      asked++;
      if (rows.length !== 3) foreign.push(rows);
      foreign.push(...rows.filter((row) => row.workspace_id !== a.workspaceId || tells(JSON.stringify(row))));
    }
  }
  await Promise.all([fail(), fail(), read(), read()]);
  expect(foreign).toEqual([]);
  expect(failed).toBeGreaterThan(1);
  expect(asked).toBeGreaterThan(10);
});

test('the same requests do what they say for its own team', async () => {
  const wrong: string[] = [];
  for (const operation of operations) {
    const { name, method, path } = operation;
    const isAsked = path.includes('{') || JSON.stringify(requestOf(operation)).includes(b.slug);
    const isMine = path.startsWith('/api/sessions') || open.has(name) || isOperators(operation);
    if (method === 'GET' || !isAsked || isMine) continue;
    const key = path.startsWith('/v1/') ? basic(b.writeKey) : `Bearer ${b.key}`;
    const { status, body } = await ask({ ...requestOf(operation), headers: { authorization: key } });
    // A conflict is with something that was found.
    if (status >= 300 && status !== 409) wrong.push(`${name}: ${status} ${body.slice(0, 300)}`);
  }
  expect(wrong).toEqual([]);
});

/** Of whoever runs the installation; an owner of a brand is none of them. */
function isOperators({ name, path }: Operation): boolean {
  return path.startsWith('/api/operator/') || path === '/api/demo' || name === 'POST /api/workspaces';
}

/** Tables that every workspace may read: they hold nothing of any. */
const common = new Set(['log_followers', 'person_followers', 'fact_log']);

async function newBrand(slug: string, mark: string): Promise<Brand & { workspaceId: number }> {
  const { identity } = pando;
  const made = await identity.workspaces.create({
    name: `Brand ${mark}`,
    slug,
    timeZone: 'UTC',
    country: 'DE',
    currency: 'EUR',
  });
  const by = {
    kind: 'cli',
    workspaceId: made.id,
    workspace: { ...made, id: made.uuid, settings: {} },
    role: 'owner',
    scopes: PERMISSIONS,
    actor: 'cli',
  } as const;
  const { secret: key } = await identity.keys.create(by, { name: 'Tests', scopes: PERMISSIONS });
  return { ...(await furnish({ ask, key, slug, mark })), workspaceId: made.id };
}

async function ask({ method, url, headers = {}, body }: Wanted) {
  const sent = body instanceof FormData ? new Response(body) : undefined;
  const answer = await pando.app.inject({
    method: method as 'GET',
    url,
    headers: {
      'idempotency-key': randomUUID(),
      ...headers,
      ...(sent ? { 'content-type': sent.headers.get('content-type') ?? '' } : {}),
    },
    ...(sent
      ? { payload: Buffer.from(await sent.arrayBuffer()) }
      : body === undefined
        ? {}
        : { payload: body as object }),
  });
  return { status: answer.statusCode, body: answer.body, headers: answer.headers };
}

/** Every route, as it is and turned to the other brand by the header; nothing of that brand may be in an answer. */
async function walk(headersFor: (operation: Operation) => Promise<object> | object): Promise<void> {
  const leaks: string[] = [];
  const broken: string[] = [];
  for (const operation of operations) {
    const plain = requestOf(operation);
    const queries = queryOf(operation).map((query) => ({ ...plain, url: `${plain.url}?${query}` }));
    for (const request of [plain, ...queries]) {
      for (const turned of [{}, { 'pando-workspace': b.slug }]) {
        const headers = { ...(await headersFor(operation)), ...turned } as Record<string, string>;
        const { status, body } = await ask({ ...request, headers });
        if (tells(body)) leaks.push(`${operation.name} ${request.url}: ${body.slice(0, 200)}`);
        if (status >= 500) broken.push(`${operation.name} ${request.url}: ${body.slice(0, 200)}`);
        // By the path alone something of the other brand was asked for.
        const isTheirs = operation.path.startsWith('/api/') && operation.path.includes('{');
        if ((isTheirs || isOperators(operation)) && status < 300)
          leaks.push(`${operation.name} ${request.url}: ${status}`);
      }
    }
  }
  expect(leaks).toEqual([]);
  expect(broken).toEqual([]);
}

function tells(text: string): boolean {
  return text.includes(b.mark);
}

/** The id of the other brand's that a path asks for; a new kind of path has to be given one here. */
function idFor(path: string, parameter: string): string {
  const { ids } = b;
  const known: [RegExp, string][] = [
    [/^\/api\/people\/\{id\}/, ids.person],
    [/^\/api\/conflicts\/\{id\}/, ids.conflict],
    [/^\/api\/sources\/\{id\}/, ids.source],
    [/^\/api\/imports\/\{id\}/, ids.import],
    [/^\/api\/keys\/\{id\}/, ids.key],
    [/^\/api\/segments\/\{id\}/, ids.segment],
    [/^\/api\/segment-lists\/\{id\}/, ids.segmentList],
    [/^\/api\/computed-traits\/\{name\}/, ids.computed],
    [/^\/api\/webhooks\/\{id\}/, ids.webhook],
    [/^\/api\/boards\/\{id\}/, parameter === 'link' ? ids.boardLink : ids.board],
    [/^\/api\/shared-board\/tiles\/\{tile\}/, '0'],
    [/^\/api\/rewards\/rules\/\{id\}/, ids.rule],
    [/^\/api\/rewards\/dry-runs\/\{id\}/, ids.dryRun],
    [/^\/api\/rewards\/\{id\}/, ids.reward],
    [/^\/api\/redemptions\/\{id\}/, ids.redemption],
    [/^\/api\/points\/.*\/proposals\/\{id\}/, ids.proposal],
    [/^\/api\/points\/.*\/transfers\/\{id\}/, ids.transfer],
    [/^\/api\/operator\/logs\/\{name\}/, ids.programmeSlug],
    [/^\/api\/(team\/)?sessions\/\{id\}/, ids.session],
    [/^\/api\/team\/invitations\/\{id\}/, ids.invitation],
    [/^\/api\/team\/\{userId\}/, ids.user],
    [/^\/v1\/projects\/\{writeKey\}/, b.writeKey],
  ];
  if (parameter === 'person') return ids.person;
  const id = parameter === 'programme' ? ids.programme : known.find(([pattern]) => pattern.test(path))?.[1];
  if (id) return id;
  throw new Error(
    `The path ${path} has a parameter {${parameter}}: make one for each brand, and name it here.`,
  );
}

function requestOf(operation: Operation): Wanted {
  const { method, path } = operation;
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(idFor(path, name)));
  const isOfSomebody = path.endsWith('/why') || /^\/api\/points\/.*\/(balances|lots|transfers)$/.test(path);
  if (method === 'GET' && isOfSomebody) return { method, url: `${url}?person=${b.ids.person}` };
  const isOfProgramme = path === '/api/rewards/statement' || path === '/api/rewards/flow';
  if (isOfProgramme) {
    const person = path.endsWith('/statement') ? `&person=${b.ids.person}` : '';
    return { method, url: `${url}?programme=${b.ids.programme}${person}` };
  }
  if (method === 'GET' || method === 'DELETE') return { method, url };
  if (path.startsWith('/v1/')) return { method, url, body: trackingBody(path) };
  if (path.startsWith('/api/imports') && !path.includes('{')) return { method, url, body: upload() };
  return operation.body ? { method, url, body: sampleOf(operation.body, namesOf()) } : { method, url };
}

/** What a field of a body or a query is filled with, by its name. */
function namesOf(): Record<string, unknown> {
  const { ids } = b;
  return {
    person: ids.otherPerson,
    identifier: b.identifier,
    receipt: ids.receipt,
    identifiers: [`user_id:${b.slug}-5`],
    ids: [ids.quarantined],
    delivery: ids.delivery,
    message: { type: 'track', event: 'Mended', userId: `${b.slug}-1` },
    source: ids.source,
    email: b.email,
    token: 'not-a-token-of-anybody',
    definition: { of: 'Order Completed', count: true },
    slug: b.slug,
    workspace: b.slug,
    q: b.mark,
    subject: `person:${ids.person}`,
    actor: `user:${ids.user}`,
    type: 'track',
  };
}

function queryOf({ query }: Operation): string[] {
  const names: Record<string, unknown> = { ...namesOf(), name: 'Order Completed', ids: b.ids.person };
  return query
    .filter((name) => names[name] !== undefined)
    .map((name) => `${name}=${encodeURIComponent(String(names[name]))}`);
}

function trackingBody(path: string): object {
  const type = path.split('/').at(-1) ?? '';
  const message = {
    type,
    event: 'Tried',
    userId: `${b.slug}-1`,
    previousId: `${b.slug}-2`,
    traits: { email: `3@${b.slug}.example` },
  };
  return type === 'batch' ? { batch: [{ ...message, type: 'identify' }] } : message;
}

function upload(): FormData {
  const form = new FormData();
  form.set('name', 'Tried');
  form.set('mapping', 'records: [{ record: identify, identifiers: { user_id: who } }]');
  form.set('file', new Blob([`who\n${b.slug}-1`]), 'people.csv');
  return form;
}

/** What the other brand has is the same, row by row, once all is quiet. */
async function expectUntouched(work: () => Promise<void>): Promise<void> {
  const before = await quiet();
  await work();
  expect(await quiet()).toEqual(before);
}

async function quiet(): Promise<Record<string, string[]>> {
  let last = await stateOf(pando, b.workspaceId);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = await stateOf(pando, b.workspaceId);
    const isOnItsWay = [now.moves, now.person_changes].some((rows) => rows?.length !== 0);
    if (!isOnItsWay && JSON.stringify(now) === JSON.stringify(last)) return now;
    last = now;
  }
}

async function refusalOf(work: (tx: Tx) => Promise<unknown>): Promise<string> {
  try {
    await pando.pg.inWorkspace(a.workspaceId, work);
    return 'none';
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}
