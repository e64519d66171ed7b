import { afterAll, beforeAll, expect, test } from 'vitest';
import { identify, peopleOf, track } from '../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

let p: TestProgram;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  p = await testProgram();
  people = peopleOf(p);
});
afterAll(() => p.drop());

interface Row {
  person: string;
  kind: string;
  traits: string;
  consent: string;
}
/** What ClickHouse knows of an identifier's person. */
async function mirrored(kind: string): Promise<Row[]> {
  await p.settled();
  return p.ch.query<Row>(
    'select toString(person) as person, kind, traits, consent from people_now where workspace_id = {ws:UInt32} and kind = {kind:String} order by key',
    { ws: p.workspaceId, kind },
  );
}

test('ClickHouse knows everybody with what is known of them, also who never did a thing', async () => {
  await p.accept(
    identify(
      { userId: 'ann' },
      { plan: 'gold', odd: '\0"\\' },
      { context: { consent: { marketing: true } } },
    ),
    track({ anonymousId: 'browser' }),
  );
  const [ann] = await mirrored('user_id');
  expect(JSON.parse(ann?.traits ?? '')).toMatchObject({
    plan: ['gold', expect.any(Number), expect.any(Number)],
  });
  expect(JSON.parse(ann?.traits ?? '').odd[0]).toBe('\0"\\');
  expect(await mirrored('anonymous_id')).toMatchObject([{ traits: '', consent: '' }]);
});

test('a changed trait, an answer, a join, a split and an erasure follow', async () => {
  await p.accept(identify({ userId: 'bob' }, { plan: 'free' }));
  await p.accept(identify({ userId: 'bob' }, { plan: 'paid' }));
  const id = await people.idOf('user_id:bob');
  await p.ask('POST', `/api/people/${id}/consent`, { purposes: { marketing: false }, source: 'a call' });
  let [, bob] = await mirrored('user_id');
  expect(JSON.parse(bob?.traits ?? '').plan[0]).toBe('paid');
  expect(JSON.parse(bob?.consent ?? '')).toEqual({ marketing: [false, expect.any(Number)] });

  await p.accept(track({ userId: 'bob', anonymousId: 'browser' }));
  const [browser] = await mirrored('anonymous_id');
  expect((await mirrored('user_id'))[1]?.person).toBe(browser?.person);

  await p.ask('DELETE', `/api/people/${await people.idOf('user_id:bob')}`, { now: true });
  expect(await mirrored('user_id')).toHaveLength(1);
  expect(await mirrored('anonymous_id')).toEqual([]);
  [, bob] = await mirrored('user_id');
  expect(bob).toBeUndefined();
});

test('a follower takes each change once, and hears of those that commit late', async () => {
  const { changes } = p.people;
  const { workspaceId } = p;
  await changes.register('tester');
  await p.accept(identify({ userId: 'cid' }, { plan: 'free' }));
  expect(await changes.waiting('tester')).toEqual([workspaceId]);
  const take = () => p.pg.inWorkspace(workspaceId, (tx) => changes.take(tx, workspaceId, 'tester', 100));
  await expect(
    p.pg.inWorkspace(workspaceId, async (tx) => {
      expect(await changes.take(tx, workspaceId, 'tester', 100)).toHaveLength(1);
      throw new Error('what was taken comes again');
    }),
  ).rejects.toThrow('again');
  const [key, ...others] = await take();
  expect(others).toEqual([]);
  expect(await take()).toEqual([]);

  const facts = await p.pg.inWorkspace(workspaceId, (tx) => changes.facts(tx, workspaceId, [key as number]));
  expect(facts).toMatchObject([{ person: key, keys: [key], traits: { plan: 'free' }, consent: {} }]);
});
