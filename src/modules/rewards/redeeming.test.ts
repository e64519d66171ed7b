import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretKey } from '../../../test/fixtures/program.ts';
import { type RewardsWorld, rewardsWorld } from '../../../test/fixtures/rewards.ts';
import { codeOf, newKeys, newNumber, numberOf, readToken, tokenOf } from './redeem/voucher.ts';
import type { RedemptionAnswer, RewardAnswer, VoucherAnswer } from './schema.ts';

let w: RewardsWorld;
let person: string;
beforeAll(async () => {
  w = await rewardsWorld();
  await w.p.accept({ type: 'identify', userId: 'ann' });
  person = await w.personOf('ann');
  const [key] = await w.p.people.keysOf(w.p.workspaceId, person);
  await w.points.transfer(w.p.workspaceId, {
    kind: 'earn',
    programme: w.programme.uuid,
    key: 'start',
    to: { person: key ?? 0 },
    amount: 1_000,
    origin: 'gift',
  });
}, 60_000);
afterAll(() => w?.drop());

async function post<T>(url: string, body: object, key?: string) {
  const answer = await w.p.app.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${secretKey}`, ...(key ? { 'idempotency-key': key } : {}) },
    payload: body,
  });
  return { status: answer.statusCode, body: answer.json() as T & { type?: string } };
}
const points = async () => (await w.balances('ann')).wallet;
async function reward(name: string, more: object): Promise<RewardAnswer> {
  const made = await post<RewardAnswer>('/api/rewards', {
    programme: w.programme.uuid,
    name,
    cost: 100,
    ...more,
  });
  expect(made.status).toBe(201);
  return made.body;
}

test('a reward is had once for a key, with a voucher that is good once, and can be given back', async () => {
  const { id } = await reward('Tea', { stock: 2, voucher: { worth: '5.00', currency: 'GBP', days: 30 } });
  const url = `/api/rewards/${id}/redeem`;
  expect((await post(url, { person })).body.type).toContain('key-needed');
  const had = await post<RedemptionAnswer>(url, { person }, 'k1');
  expect(had.body).toMatchObject({ state: 'done', points: 100, worth: '5.00', voucher: { state: 'good' } });
  expect((await post(url, { person }, 'k1')).body).toEqual(had.body);
  expect(await points()).toBe(900);

  const voucher = had.body.voucher as VoucherAnswer;
  const use = (key: string) =>
    post<VoucherAnswer>('/api/vouchers/redeem', { code: voucher.code, order_id: 'o1' }, key);
  const typed = voucher.code.toLowerCase().replaceAll('-', ' ');
  expect((await post('/api/vouchers/check', { code: typed })).body).toMatchObject({
    state: 'good',
    worth: '5.00',
  });
  expect((await use('till-1')).body).toMatchObject({ state: 'used', order_id: 'o1' });
  expect((await use('till-1')).status).toBe(200);
  expect((await use('till-2')).body.type).toContain('voucher-used');
  expect((await post(`/api/redemptions/${had.body.id}/reverse`, {})).body.type).toContain('voucher-used');

  const other = await post<RedemptionAnswer>(url, { person }, 'k2');
  expect(await points()).toBe(800);
  expect((await post(url, { person }, 'k3')).body.type).toContain('sold-out');
  const reversed = await post<RedemptionAnswer>(`/api/redemptions/${other.body.id}/reverse`, {});
  expect(reversed.body).toMatchObject({ state: 'reversed', voucher: { state: 'reversed' } });
  await post(`/api/redemptions/${other.body.id}/reverse`, {});
  expect(await points()).toBe(900);
  const code = other.body.voucher?.code;
  expect((await post('/api/vouchers/redeem', { code }, 'till-3')).body.type).toContain('voucher-over');
  // What was given back can be had again.
  expect((await post(url, { person }, 'k4')).status).toBe(200);
});

test('a token is checked offline with the public key, and one that was changed is none of ours', async () => {
  const { id } = await reward('Cup', { voucher: { days: 1 } });
  const { body } = await post<RedemptionAnswer>(`/api/rewards/${id}/redeem`, { person }, 'cup');
  const token = body.voucher?.token ?? '';
  const key = await w.p.ask<{ public_key: string }>('GET', '/api/vouchers/key');
  const raw = Buffer.from(key.body.public_key, 'base64');
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  const [payload = '', signature = ''] = token.split('.');
  expect(verify(null, Buffer.from(payload), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect((await post('/api/vouchers/check', { code: token })).body).toMatchObject({
    code: body.voucher?.code,
  });
  const promised = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...promised, worth: '500.00' })).toString('base64url');
  expect((await post('/api/vouchers/check', { code: `${forged}.${signature}` })).body.type).toContain(
    'no-such-voucher',
  );
});

test('what the ledger does not cover is refused, costs nothing, and leaves the key free', async () => {
  const { id } = await reward('Car', { cost: 1_000_000, stock: 1 });
  const refused = await post(`/api/rewards/${id}/redeem`, { person }, 'car');
  expect(refused.body.type).toContain('points/not-enough');
  const { body } = await w.p.ask<{ items: RewardAnswer[] }>('GET', '/api/rewards');
  expect(body.items.find((one) => one.id === id)?.taken).toBe(0);
  await w.p.ask('PATCH', `/api/rewards/${id}`, { cost: 1 });
  expect((await post(`/api/rewards/${id}/redeem`, { person }, 'car')).status).toBe(200);
});

test('once for each person, in its time, and not when it is out of the catalogue', async () => {
  const once = await reward('Once', { each: 1, cost: 1 });
  expect((await post(`/api/rewards/${once.id}/redeem`, { person }, 'one')).status).toBe(200);
  expect((await post(`/api/rewards/${once.id}/redeem`, { person }, 'two')).body.type).toContain(
    'had-already',
  );
  const past = await reward('Past', { to: '2020-01-01T00:00:00Z' });
  expect((await post(`/api/rewards/${past.id}/redeem`, { person }, 'three')).body.type).toContain('not-now');
  await w.p.ask('PATCH', `/api/rewards/${once.id}`, { archived: true });
  expect((await post(`/api/rewards/${once.id}/redeem`, { person }, 'four')).body.type).toContain(
    'no-such-reward',
  );
});

test('money off an order is worth what the settings say, rounded down; another content under the key is refused', async () => {
  const before = await points();
  const body = { programme: w.programme.uuid, person, order_id: 'o9', points: 155 };
  const off = await post<RedemptionAnswer>('/api/redemptions/money-off', body, 'off');
  expect(off.body).toMatchObject({ worth: '1.55', order_id: 'o9', points: 155, state: 'done' });
  expect(await points()).toBe(before - 155);
  const other = await post('/api/redemptions/money-off', { ...body, points: 1 }, 'off');
  expect(other.body.type).toContain('key-reused');
});

test('two tills at once have the last one once', async () => {
  const { id } = await reward('Last', { stock: 1, cost: 1 });
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((key) => post(`/api/rewards/${id}/redeem`, { person }, `last-${key}`)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
});

test('a redemption whose process died is finished', async () => {
  const { id } = await reward('Left', { cost: 1, voucher: { days: 1 } });
  const { body } = await post<RedemptionAnswer>(`/api/rewards/${id}/redeem`, { person }, 'left');
  await w.p.pg.inWorkspace(w.p.workspaceId, async (tx) => {
    await tx.query(
      "update reward_redemptions set state = 0, spend = null, at = now() - interval '1 hour' where uuid = $1",
      [body.id],
    );
    await tx.query(
      'delete from reward_vouchers where redemption_id = (select id from reward_redemptions where uuid = $1)',
      [body.id],
    );
  });
  const before = await points();
  await w.rewards.redemptions.finishOpen();
  expect(await points()).toBe(before);
  expect(await w.rewards.redemptions.get(w.p.workspaceId, body.id)).toMatchObject({
    state: 'done',
    voucher: { state: 'good' },
  });
});

test('a code is its number, with a check', () => {
  for (let i = 0; i < 200; i++) {
    const number = newNumber();
    const code = codeOf(number);
    expect(numberOf(code)).toBe(number);
    const last = code.at(-1) === '0' ? '1' : '0';
    expect(numberOf(code.slice(0, -1) + last)).toBeNull();
  }
  expect(numberOf('no code')).toBeNull();
  const [keys, others] = [newKeys(), newKeys()];
  const token = tokenOf({ v: 1, workspace: 'w', code: 'c', worth: null, currency: null, expires: 'e' }, keys);
  expect(readToken(token, keys)?.code).toBe('c');
  expect(readToken(token, others)).toBeNull();
});
