import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  at,
  identify,
  namesOf,
  type Person,
  peopleOf,
  stateOf,
  track,
} from '../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

interface Conflict {
  id: string;
  rule: string;
  message_id: string;
  collides: string[];
  people: { id: string; identifiers: string[] }[];
}

let p: TestProgram;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  p = await testProgram({ work: true });
  people = peopleOf(p);
});
afterAll(() => p.drop());

const idOf = (identifier: string) => people.idOf(identifier);
const person = (of: string) => people.person(of);
const eventsOf = (id: string) => people.eventsOf(id);
const join = (id: string, body: object) =>
  p.ask<Person & { type: string }>('POST', `/api/people/${id}/join`, body);
const conflicts = async () =>
  (await p.ask<{ items: Conflict[] }>('GET', '/api/conflicts?limit=200')).body.items;

describe('identifiers that come together are one person', () => {
  test('with the evidence: what came with what, by which rule, when', async () => {
    await p.accept(
      track({ anonymousId: 'j1-browser' }, { messageId: 'j1-1', timestamp: at(1) }),
      identify(
        { userId: 'j1', anonymousId: 'j1-browser' },
        { email: 'J1@Example.com' },
        { messageId: 'j1-2', timestamp: at(5) },
      ),
      track({ userId: 'j1', anonymousId: 'j1-browser' }, { messageId: 'j1-3', timestamp: at(7) }),
      track({ userId: 'j1', anonymousId: 'j1-browser' }, { messageId: 'j1-4', timestamp: at(6) }),
    );
    const found = await person('email:j1@example.com');
    expect(namesOf(found)).toEqual(['user_id:j1', 'email:j1@example.com', 'anonymous_id:j1-browser']);
    expect(found.known).toBe(true);
    const [user] = found.identifiers;
    expect(user?.state).toBe('active');
    expect(
      user?.evidence.map(({ with: others, ...rest }) => ({ ...rest, with: [...others].sort() })),
    ).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          with: ['anonymous_id:j1-browser', 'email:j1@example.com'],
          rule: 'identify',
          outcome: 'joined',
          message_id: 'j1-2',
          time: at(5),
        }),
        // Of several events that say the same, the earliest.
        expect.objectContaining({
          with: ['anonymous_id:j1-browser'],
          rule: 'event',
          message_id: 'j1-4',
          time: at(6),
        }),
      ]),
    );
    expect(await eventsOf(found.id)).toEqual(['j1-1', 'j1-2', 'j1-4', 'j1-3']);
  });

  test('the id is that of the oldest, and every id ever given out leads there', async () => {
    await p.accept(
      track({ userId: 'j2' }, { messageId: 'j2-1' }),
      track({ anonymousId: 'j2-browser' }, { messageId: 'j2-2' }),
    );
    const [user, browser] = [await idOf('user_id:j2'), await idOf('anonymous_id:j2-browser')];
    expect(user).not.toBe(browser);
    await p.accept(track({ userId: 'j2', anonymousId: 'j2-browser' }, { messageId: 'j2-3' }));
    expect((await person(browser)).id).toBe(user);
    expect((await person(user)).id).toBe(user);
    expect(await eventsOf(user)).toEqual(['j2-1', 'j2-2', 'j2-3']);
  });

  test('an alias joins what events would not, and the older value stays findable', async () => {
    await p.accept(
      identify({ userId: 'j3-old', anonymousId: 'j3-browser' }, { plan: 'gold' }, { messageId: 'j3-1' }),
      track({ userId: 'j3' }, { messageId: 'j3-2' }),
      { type: 'alias', userId: 'j3', previousId: 'j3-old', messageId: 'j3-3' },
    );
    const found = await person('user_id:j3-old');
    expect(await idOf('user_id:j3')).toBe(found.id);
    expect(stateOf(found, 'user_id:j3-old')).toBe('retired');
    expect(stateOf(found, 'user_id:j3')).toBe('active');
    expect(found.identifiers.find((one) => one.value === 'j3')?.evidence).toMatchObject([
      { with: ['user_id:j3-old'], rule: 'alias', outcome: 'joined', message_id: 'j3-3' },
    ]);
    expect(found.traits.plan?.value).toBe('gold');
    // What still sends the older value is the same person.
    await p.accept(track({ userId: 'j3-old' }, { messageId: 'j3-4' }));
    expect(await eventsOf(found.id)).toEqual(['j3-1', 'j3-2', 'j3-3', 'j3-4']);
    const { body } = await p.ask<{ items: object[] }>('GET', '/api/people?q=j3-old');
    expect(body.items).toHaveLength(1);
  });

  test('a browser’s alias to the user who signs up', async () => {
    const browser = '3b8e9c1a-0f55-4b1e-9f0a-6d1f1c0e8a11';
    await p.accept(track({ anonymousId: browser }, { messageId: 'j4-1' }), {
      type: 'alias',
      userId: 'j4',
      previousId: browser,
      messageId: 'j4-2',
    });
    expect(await eventsOf(await idOf('user_id:j4'))).toEqual(['j4-1', 'j4-2']);
  });
});

describe('a conflict', () => {
  async function conflict(name: string): Promise<Conflict> {
    await p.accept(
      identify(
        { userId: `${name}-a` },
        { email: `${name}@example.com` },
        { messageId: `${name}-1`, timestamp: at(1) },
      ),
      track({ userId: `${name}-b` }, { messageId: `${name}-2`, timestamp: at(2) }),
      identify(
        { userId: `${name}-b` },
        { email: `${name}@example.com` },
        { messageId: `${name}-3`, timestamp: at(3) },
      ),
    );
    const [first, ...more] = (await conflicts()).filter((one) => one.message_id.startsWith(name));
    expect(more).toEqual([]);
    if (!first) throw new Error('There is no conflict.');
    return first;
  }

  test('joins nothing, and stands on a list with what collides', async () => {
    const found = await conflict('c1');
    expect(found).toMatchObject({ rule: 'identify', message_id: 'c1-3' });
    expect([...found.collides].sort()).toEqual(['user_id:c1-a', 'user_id:c1-b']);
    expect(found.people.map((one) => one.id).sort()).toEqual(
      [await idOf('user_id:c1-a'), await idOf('user_id:c1-b')].sort(),
    );
    expect(await idOf('email:c1@example.com')).toBe(await idOf('user_id:c1-a'));
    expect((await person('user_id:c1-b')).identifiers[0]?.evidence).toMatchObject([{ outcome: 'conflict' }]);
    // Said again, it is no second one.
    await p.accept(identify({ userId: 'c1-b' }, { email: 'c1@example.com' }));
    expect((await conflicts()).filter((one) => one.message_id.startsWith('c1'))).toHaveLength(1);
  });

  test('is decided by a join: the other value is retired, and stays findable', async () => {
    await conflict('c2');
    const [a, b] = [await idOf('user_id:c2-a'), await idOf('user_id:c2-b')];
    const joined = await join(b, { person: a, note: 'She called.' });
    expect(joined.status).toBe(200);
    expect(namesOf(joined.body)).toEqual(['user_id:c2-a', 'user_id:c2-b', 'email:c2@example.com']);
    expect(stateOf(joined.body, 'user_id:c2-b')).toBe('active');
    expect(stateOf(joined.body, 'user_id:c2-a')).toBe('retired');
    expect((await person(a)).id).toBe((await person(b)).id);
    expect((await conflicts()).some((one) => one.message_id.startsWith('c2'))).toBe(false);
    expect(await eventsOf(joined.body.id)).toEqual(['c2-1', 'c2-2', 'c2-3']);
    const decided = joined.body.identifiers.flatMap((one) => one.evidence.map((line) => line.rule));
    expect(decided.some((rule) => rule.startsWith('join by key:'))).toBe(true);
    const audit = await p.ask<{ items: object[] }>('GET', '/api/audit?action=people.joined');
    expect(audit.body.items[0]).toMatchObject({ subject: `person:${b}` });
  });

  test('is decided by keeping apart: it never comes back', async () => {
    const found = await conflict('c3');
    const keep = () =>
      p.ask<{ kept_apart: number; type: string }>('POST', `/api/conflicts/${found.id}/keep-apart`, {});
    expect((await keep()).body).toEqual({ kept_apart: 2 });
    expect((await conflicts()).some((one) => one.message_id.startsWith('c3'))).toBe(false);
    await p.accept(
      identify({ userId: 'c3-b' }, { email: 'c3@example.com' }),
      track({ userId: 'c3-b', anonymousId: 'c3-browser' }),
      track({ userId: 'c3-a', anonymousId: 'c3-browser' }),
    );
    expect((await conflicts()).some((one) => one.message_id.startsWith('c3'))).toBe(false);
    expect(await idOf('user_id:c3-a')).not.toBe(await idOf('user_id:c3-b'));
    expect(await keep()).toMatchObject({ status: 404, body: { type: 'people/no-such-conflict' } });
    // A later join overrules it.
    const joined = await join(await idOf('user_id:c3-a'), { identifier: 'user_id:c3-b' });
    expect(joined.body.identifiers.map((one) => one.value)).toEqual(
      expect.arrayContaining(['c3-a', 'c3-b', 'c3-browser']),
    );
  });

  test('of two cards under one phone', async () => {
    await p.accept(
      identify({ anonymousId: 'c4-till' }, { card: '90001', phone: '+49 30 5550101' }, { messageId: 'c4-1' }),
      identify({ anonymousId: 'c4-web' }, { card: '90002', phone: '+49 30 5550101' }, { messageId: 'c4-2' }),
    );
    const [found] = (await conflicts()).filter((one) => one.message_id.startsWith('c4'));
    expect([...(found?.collides ?? [])].sort()).toEqual(['card:90001', 'card:90002']);
  });

  test('the list is paged, newest first', async () => {
    for (const name of ['c5', 'c6', 'c7']) await conflict(name);
    const whole = await conflicts();
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await p.ask<{ items: Conflict[]; next: string | null }>(
        'GET',
        `/api/conflicts?limit=2${cursor}`,
      );
      seen.push(...body.items.map((one) => one.id));
      if (body.next === null) break;
      cursor = `&cursor=${encodeURIComponent(body.next)}`;
    }
    expect(seen).toEqual(whole.map((one) => one.id));
    expect(whole[0]?.message_id).toBe('c7-3');
  });

  test('the list is paged also where many came in one moment', async () => {
    const sides = Array.from({ length: 6 }, (_, i) =>
      ['1', '2'].map((side) => ({
        type: 'identify',
        messageId: `c8-${i}-${side}`,
        anonymousId: `c8-${i}-${side}`,
        traits: { card: `9100${i}${side}`, phone: `+49 30 555020${i}` },
      })),
    );
    expect((await p.send('batch', { batch: sides.flat() })).statusCode).toBe(200);
    const whole = (await conflicts()).map((one) => one.id);
    const first = await p.ask<{ next: string }>('GET', '/api/conflicts?limit=3');
    const rest = await p.ask<{ items: Conflict[] }>(
      'GET',
      `/api/conflicts?limit=200&cursor=${encodeURIComponent(first.body.next)}`,
    );
    expect(rest.body.items.map((one) => one.id)).toEqual(whole.slice(3));
  });

  test.each(['x', '1', '9999999999999999999', '-9223372036854775809', '%00'])(
    'there is none with the id %s',
    async (id) => {
      const { status, body } = await p.ask<{ type: string }>('POST', `/api/conflicts/${id}/keep-apart`, {});
      expect([status, body.type]).toEqual([404, 'people/no-such-conflict']);
    },
  );

  test.each(['x', '1.x', '99999999999999999999.1', '1.9999999999999999999', '1.1.1', '%00'])(
    'no page begins at %s',
    async (cursor) => {
      const { status } = await p.ask('GET', `/api/conflicts?cursor=${cursor}`);
      expect(status).toBe(400);
    },
  );
});
