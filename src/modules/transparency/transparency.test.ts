import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { testPublicLog, toldOfLedger } from '../../../test/fixtures/public-log.ts';
import { commit, createTransparency, encodeView, hashOfParty, newNonce } from './index.ts';

let database: Awaited<ReturnType<typeof testPostgres>>;
beforeAll(async () => {
  database = await testPostgres();
});
afterAll(() => database.drop());

const party = (name: string) => ({ nonce: newNonce(), view: encodeView({ name, points: '12' }) });

test('a leaf hides its parties: the same movement twice is two leaves, and a party may be given by its hash', () => {
  const [ann, shop] = [party('Ann'), party('shop')];
  const leaf = commit(1, [ann, shop]);
  expect(leaf).toHaveLength(33);
  expect(leaf[0]).toBe(1);
  expect(commit(1, [ann, hashOfParty(shop)])).toEqual(leaf);
  for (const other of [
    commit(2, [ann, shop]),
    commit(1, [shop, ann]),
    commit(1, [ann]),
    commit(1, [party('Ann'), shop]),
  ])
    expect(other).not.toEqual(leaf);
  expect(() => commit(0, [ann])).toThrow(RangeError);
  expect(() => hashOfParty({ nonce: new Uint8Array(16), view: ann.view })).toThrow(RangeError);
});

test('one view has one text, whatever the order in which it was put together', () => {
  const text = (view: Parameters<typeof encodeView>[0]) => Buffer.from(encodeView(view)).toString();
  expect(text({ b: 2, a: ['x', null, true] })).toBe('{"a":["x",null,true],"b":2}');
  expect(text({ a: ['x', null, true], b: 2 })).toBe('{"a":["x",null,true],"b":2}');
  expect(() => encodeView({ a: 0.5 })).toThrow(TypeError);
});

test('leaves wait for the log only if what they belong to was committed, and a name is taken once', async () => {
  const { pg } = database;
  const transparency = createTransparency({
    pg,
    clock: systemClock,
    log: createLog({ level: 'silent', pretty: false }),
    secret: 's',
    publicUrl: () => 'https://points.example',
  });
  const log = await pg.inWorkspace(1, (tx) => transparency.open(tx, { name: 'leaves' }));
  expect(log).toMatchObject({ name: 'leaves', origin: 'points.example/log/leaves' });
  const leaves = [1n, 2n, 3n].map((id) => ({ id, leaf: commit(1, [party(String(id))]) }));
  const undone = pg.inWorkspace(1, async (tx) => {
    await transparency.submit(tx, log.id, leaves);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await pg.inWorkspace(1, (tx) => transparency.submit(tx, log.id, leaves));
  const { rows } = await pg.raw.query(
    'select id, leaf from transparency_pending where log_id = $1 order by id',
    [log.id],
  );
  expect(rows.map(({ leaf }) => Buffer.from(leaf).toString('hex'))).toEqual(
    leaves.map(({ leaf }) => Buffer.from(leaf).toString('hex')),
  );
  await expect(pg.inWorkspace(2, (tx) => transparency.open(tx, { name: 'leaves' }))).rejects.toThrow(
    /another name/,
  );
  await expect(pg.inWorkspace(2, (tx) => transparency.open(tx, { name: 'Not a name' }))).rejects.toThrow(
    /lower-case/,
  );
});

test('totals of now wait for whoever is numbering at that moment', async () => {
  const world = await testPublicLog({ tellTotals: toldOfLedger });
  try {
    await world.settled();
    const first = await world.transparency().state(world.workspaceId, world.id);
    const numbering = await world.pg.raw.connect();
    await numbering.query('begin');
    await numbering.query('select from transparency_logs for update');
    const logged = world.transparency().logTotals(world.workspaceId, world.id);
    await systemClock.sleep(300);
    await numbering.query('commit');
    numbering.release();
    expect(await logged).toBe(true);
    const second = await world.transparency().state(world.workspaceId, world.id);
    expect(second.totalsAt?.getTime()).toBeGreaterThan(first.totalsAt?.getTime() ?? 0);
  } finally {
    await world.drop();
  }
});
