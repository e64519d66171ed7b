import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityRoutes } from '#modules/identity';
import { movementRoutes, programmeRoutes } from '#modules/points';
import { type App, createHttp } from '#platform/http';
import { createLog } from '#platform/log';
import { PERMISSIONS } from '#schema/identity';
import { type Ledger, ledgerOn } from '../../../test/fixtures/ledger.ts';
import { testPostgres } from '../../../test/fixtures/postgres.ts';

let database: Awaited<ReturnType<typeof testPostgres>>;
let ledger: Ledger;
let app: App;
let keys: string[];
beforeAll(async () => {
  database = await testPostgres();
  ledger = await ledgerOn(database.pg);
  const { identity, points } = ledger;
  const workspaceId = await ledger.newBrand();
  await ledger.newPeople(workspaceId, ['ann', 'bob']);
  const workspace = await identity.workspaces.get(workspaceId);
  if (!workspace) throw new Error('The brand was not made.');
  const by = {
    kind: 'cli' as const,
    workspaceId,
    workspace: { ...workspace, id: workspace.uuid, settings: {} },
    role: 'owner' as const,
    scopes: PERMISSIONS,
    actor: 'cli',
  };
  const made = await Promise.all(
    ['one', 'two'].map((name) => identity.keys.create(by, { name, scopes: PERMISSIONS })),
  );
  keys = made.map((key) => key.secret);
  const log = createLog({ level: 'silent', pretty: false });
  app = await createHttp({ log, config: { trustProxy: false }, version: 'test', checkAnswers: true });
  identityRoutes(app, identity);
  programmeRoutes(app, points);
  movementRoutes(app, points);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function ask(
  method: 'GET' | 'POST',
  url: string,
  payload?: object,
  o: { by?: number; key?: string } = {},
) {
  const answer = await app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${keys[o.by ?? 0]}`,
      ...(o.key ? { 'idempotency-key': o.key } : {}),
    },
    ...(payload ? { payload } : {}),
  });
  return { status: answer.statusCode, body: answer.json() };
}

test('a programme lives through its day over the API', async () => {
  const made = await ask('POST', '/api/points', { name: 'Leaves', slug: 'leaves-of-api', currency: 'EUR' });
  expect(made.status).toBe(201);
  const at = `/api/points/${made.body.id}`;

  // Nothing can be issued before money is there, and money comes in by two people.
  const earn = { kind: 'earn', to: { person: 'user_id:ann' }, amount: 100, origin: 'purchase', order: 'A-1' };
  const early = await ask('POST', `${at}/transfers`, earn, { key: 'early' });
  expect(early).toMatchObject({ status: 409, body: { type: 'points/reserve-short', missing: 100 } });
  const proposed = await ask('POST', `${at}/proposals`, {
    kind: 'pay-in',
    amount: 1000,
    reason: 'The first reserve',
  });
  const decide = `${at}/proposals/${proposed.body.id}/decide`;
  expect(await ask('POST', decide, { approve: true })).toMatchObject({ body: { type: 'points/two-people' } });
  expect(await ask('POST', decide, { approve: true }, { by: 1 })).toMatchObject({
    status: 200,
    body: { approved: true, movement: expect.any(String) },
  });
  expect(await ask('POST', decide, { approve: true }, { by: 1 })).toMatchObject({
    body: { type: 'points/proposal-decided' },
  });

  expect(await ask('POST', `${at}/transfers`, earn)).toMatchObject({ body: { type: 'points/key-missing' } });
  const first = await ask('POST', `${at}/transfers`, earn, { key: 'one' });
  expect(first).toMatchObject({ status: 200, body: { amount: 100, repeated: false } });
  expect((await ask('POST', `${at}/transfers`, earn, { key: 'one' })).body.repeated).toBe(true);

  const batch = await ask('POST', `${at}/transfers/batch`, {
    orders: [
      {
        kind: 'transfer',
        key: 'b1',
        from: { person: 'user_id:ann' },
        to: { person: 'user_id:bob' },
        amount: 30,
      },
      { kind: 'spend', key: 'b2', from: { person: 'user_id:bob' }, amount: 31 },
      { kind: 'hold', key: 'b3', from: { person: 'user_id:bob' }, to: { partner: 'Roastery' }, amount: 20 },
      { kind: 'spend', key: 'b4', from: { person: 'user_id:cy' }, amount: 1 },
    ],
  });
  expect(batch.body.items).toMatchObject([
    { ok: true, amount: 30 },
    { ok: false, type: 'points/not-enough', missing: 1 },
    { ok: true, legs: [{ from: 'wallet', to: 'held', amount: 20 }] },
    { ok: false, type: 'points/no-such-person' },
  ]);
  const hold = batch.body.items[2].id;
  const settled = await ask('POST', `${at}/transfers`, { kind: 'settle', hold, amount: 15 }, { key: 's' });
  expect(settled.body.amount).toBe(15);

  const balances = (who: string, moment = '') =>
    ask('GET', `${at}/balances?${who}${moment}`).then(({ body }) => body);
  expect(await balances('person=user_id:bob')).toEqual({ wallet: 10, held: 5, receivable: 0 });
  expect(await balances('partner=Roastery')).toEqual({ wallet: 15, held: 0, receivable: 0 });
  expect(await balances('person=user_id:ann', `&at=${first.body.at}`)).toEqual({
    wallet: 100,
    held: 0,
    receivable: 0,
  });
  const statement = await ask('GET', `${at}/transfers?person=user_id:bob&limit=2`);
  expect(statement.body.items).toMatchObject([{ kind: 'settle' }, { kind: 'hold', change: 0 }]);
  const older = await ask(
    'GET',
    `${at}/transfers?person=user_id:bob&limit=2&cursor=${statement.body.cursor}`,
  );
  expect(older.body.items).toMatchObject([{ kind: 'transfer', change: 30 }]);
  expect((await ask('GET', `${at}/transfers?order=A-1`)).body.items).toMatchObject([
    { kind: 'earn', shopOrder: 'A-1', amount: 100 },
  ]);
  const lots = await ask('GET', `${at}/lots?person=user_id:bob`);
  expect(lots.body).toMatchObject({
    items: [{ origin: 'purchase', amount: 10 }],
    holds: [{ id: hold, amount: 5 }],
  });

  const report = await ask('GET', `${at}/report`);
  expect(report.body.now).toMatchObject({
    outstanding: 100,
    wallets: 95,
    held: 5,
    issued: 100,
    reserve: 1000,
    free: 900,
  });
  expect(report.body.days.at(-1)).toMatchObject({ issued: 100, outstanding: 100 });
  expect(report.body.days.at(-2)).toMatchObject({ issued: 0, outstanding: 0 });
  expect(report.body.liability[0]).toEqual({ origin: 'purchase', outstanding: 100 });
});

test('whoever asks is shown by name, and a receipt leads to its movement', async () => {
  const { body: made } = await ask('POST', '/api/points', {
    name: 'Sprigs',
    slug: 'sprigs',
    currency: 'EUR',
  });
  const at = `/api/points/${made.id}`;
  const money = await ask('POST', `${at}/proposals`, { kind: 'pay-in', amount: 900, reason: 'For a gift' });
  expect(money.body).toMatchObject({ own: true, proposedByName: 'one', person: null, decidedBy: null });
  await ask('POST', `${at}/proposals/${money.body.id}/decide`, { approve: true }, { by: 1 });
  await ask('POST', `${at}/proposals`, {
    kind: 'adjust',
    party: { person: 'user_id:ann' },
    amount: 40,
    reason: 'A parcel was lost',
  });
  const list = await ask('GET', `${at}/proposals`, undefined, { by: 1 });
  expect(list.body.items).toMatchObject([
    { kind: 'adjust', own: false, person: expect.any(String) },
    { kind: 'pay-in', decidedByName: 'two', approved: true },
  ]);

  const earn = { kind: 'earn', to: { person: 'user_id:ann' }, amount: 7, origin: 'gift' };
  const { body: earned } = await ask('POST', `${at}/transfers`, earn, { key: 'gift' });
  expect((await ask('GET', `${at}/log`)).body).toMatchObject({ name: 'sprigs', size: 0, waiting: 2 });
  const { transparency } = ledger;
  transparency.start();
  await transparency.settled();
  const state = (await ask('GET', `${at}/log`)).body;
  expect(state).toMatchObject({ waiting: 0, stopped: null, signedAt: expect.any(String) });
  expect(state.signed).toBe(state.size);

  const { body: receipt } = await ask('GET', `${at}/transfers/${earned.id}/receipt`);
  await transparency.stop();
  const read = (text: string) => ask('POST', `${at}/receipts/read`, { receipt: text });
  const genuine = { id: earned.id, party: 'to', genuine: true };
  expect((await read(receipt.text)).body).toEqual(genuine);
  expect((await read(receipt.link)).body).toEqual(genuine);
  const [page, short] = receipt.link.split('#receipt=');
  const forged = Buffer.from(short, 'base64url')
    .toString()
    .replace('\\"amount\\":\\"7\\"', '\\"amount\\":\\"9\\"');
  const changed = `${page}#receipt=${Buffer.from(forged).toString('base64url')}`;
  expect(changed).not.toBe(receipt.link);
  expect((await read(changed)).body).toEqual({ ...genuine, genuine: false });
  expect((await read('Thank you for your visit')).body.type).toBe('points/no-receipt');
});
