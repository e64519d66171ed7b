import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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

interface Split {
  stays: string[];
  leaves: string[];
  person: Person | null;
  other: Person | null;
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
const split = (id: string, body: object) =>
  p.ask<Split & { type: string }>('POST', `/api/people/${id}/split`, body);
const conflicts = async () =>
  (await p.ask<{ items: { message_id: string }[] }>('GET', '/api/conflicts?limit=200')).body.items;

describe('a split', () => {
  async function family(name: string): Promise<Person> {
    await p.accept(
      identify(
        { userId: `${name}-mum`, anonymousId: `${name}-pad` },
        { plan: 'mum' },
        { messageId: `${name}-1`, timestamp: at(1) },
      ),
      track({ anonymousId: `${name}-pad` }, { messageId: `${name}-2`, timestamp: at(2) }),
      identify(
        { anonymousId: `${name}-pad` },
        { email: `${name}-kid@example.com`, pet: 'cat' },
        { messageId: `${name}-3`, timestamp: at(3) },
      ),
      track({ userId: `${name}-mum` }, { messageId: `${name}-4`, timestamp: at(4) }),
    );
    return person(`user_id:${name}-mum`);
  }

  test('moves whole identifiers with exactly their events and traits; the preview tells, and changes nothing', async () => {
    const whole = await family('s1');
    const leaving = ['anonymous_id:s1-pad', 'email:s1-kid@example.com'];
    const preview = await split(whole.id, { identifiers: leaving, preview: true });
    expect(preview.body).toEqual({
      stays: ['user_id:s1-mum'],
      leaves: ['anonymous_id:s1-pad', 'email:s1-kid@example.com'],
      person: null,
      other: null,
    });
    expect(await person(whole.id)).toEqual(whole);

    const done = await split(whole.id, { identifiers: leaving, note: 'It is the children’s.' });
    expect(done.status).toBe(200);
    expect(namesOf(done.body.person)).toEqual(['user_id:s1-mum']);
    expect(namesOf(done.body.other)).toEqual(['email:s1-kid@example.com', 'anonymous_id:s1-pad']);
    expect(done.body.person?.id).toBe(whole.id);
    expect(await eventsOf(whole.id)).toEqual(['s1-1', 's1-4']);
    expect(await eventsOf(String(done.body.other?.id))).toEqual(['s1-2', 's1-3']);
    expect(Object.keys(done.body.person?.traits ?? {})).toEqual(['plan']);
    expect(Object.keys(done.body.other?.traits ?? {})).toEqual(['email', 'pet']);
  });

  test('stays: what would tie them again does not, and every id still leads to somebody', async () => {
    const whole = await family('s2');
    const pad = await idOf('anonymous_id:s2-pad');
    const { body } = await split(whole.id, {
      identifiers: ['anonymous_id:s2-pad', 'email:s2-kid@example.com'],
    });
    await p.accept(
      track({ userId: 's2-mum', anonymousId: 's2-pad' }, { messageId: 's2-5', timestamp: at(5) }),
      identify(
        { userId: 's2-mum' },
        { email: 's2-kid@example.com' },
        { messageId: 's2-6', timestamp: at(6) },
      ),
    );
    expect(await idOf('user_id:s2-mum')).not.toBe(await idOf('anonymous_id:s2-pad'));
    expect((await person(pad)).id).toBe(whole.id);
    expect((await conflicts()).some((one) => one.message_id.startsWith('s2'))).toBe(false);
    expect(await eventsOf(whole.id)).toEqual(['s2-1', 's2-4', 's2-5', 's2-6']);

    const again = await join(whole.id, { person: body.other?.id });
    expect(again.status).toBe(200);
    expect((await person(String(body.other?.id))).id).toBe(whole.id);
    expect(await eventsOf(whole.id)).toEqual(['s2-1', 's2-2', 's2-3', 's2-4', 's2-5', 's2-6']);
    expect(namesOf(again.body)).toEqual(namesOf(whole));
  });

  test('takes a join of the team back, with both ids', async () => {
    await p.accept(
      track({ userId: 's3-a' }, { messageId: 's3-1' }),
      track({ userId: 's3-b' }, { messageId: 's3-2' }),
    );
    const [a, b] = [await idOf('user_id:s3-a'), await idOf('user_id:s3-b')];
    await join(a, { person: b });
    expect((await person(b)).id).toBe(a);
    await split(a, { identifiers: ['user_id:s3-b'] });
    expect((await person(b)).id).toBe(b);
    expect(stateOf(await person(b), 'user_id:s3-b')).toBe('active');
    expect([await eventsOf(a), await eventsOf(b)]).toEqual([['s3-1'], ['s3-2']]);
  });

  test('is refused where it makes no sense, and then nothing changes', async () => {
    const whole = await family('s4');
    for (const identifiers of [
      ['user_id:somebody-else'],
      ['no identifier'],
      ['user_id:s4-mum', 'anonymous_id:s4-pad', 'email:s4-kid@example.com'],
    ]) {
      for (const preview of [true, false]) {
        const { status, body } = await split(whole.id, { identifiers, preview });
        expect([status, body.type]).toEqual([409, 'people/cannot-split']);
      }
    }
    expect((await split(whole.id, { identifiers: [] })).status).toBe(400);
    expect(await person(whole.id)).toEqual(whole);
    expect(await join(whole.id, { person: whole.id })).toMatchObject({
      status: 409,
      body: { type: 'people/same-person' },
    });
    expect(await join(whole.id, {})).toMatchObject({ status: 400, body: { type: 'people/bad-query' } });
    expect(await join(whole.id, { identifier: 'user_id:nobody-at-all' })).toMatchObject({ status: 404 });
  });
});

describe('what does not link', () => {
  test('the shop’s own phone, typed in for everybody: past its limit all its links are gone', async () => {
    const phone = '+493055501234';
    const customers = Array.from({ length: 12 }, (_, i) => `l${i}`);
    for (const customer of customers)
      await p.accept(identify({ anonymousId: customer }, { phone, email: `${customer}@example.com` }));
    const ids = new Set(
      await Promise.all(customers.map((customer) => idOf(`email:${customer}@example.com`))),
    );
    expect(ids.size).toBe(customers.length);
    const alone = await person(`phone:${phone}`);
    expect(namesOf(alone)).toEqual([`phone:${phone}`]);
    expect(stateOf(alone, `phone:${phone}`)).toBe('over-limit');
    expect(new Set(alone.identifiers[0]?.evidence.map((line) => line.outcome))).toEqual(new Set(['off']));
    expect(namesOf(await person('email:l3@example.com'))).toEqual([
      'email:l3@example.com',
      'anonymous_id:l3',
    ]);
  });

  test('a limit of the workspace’s own, which counts for the people that exist', async () => {
    for (const n of [1, 2, 3]) await p.accept(track({ userId: 'l20', anonymousId: `l20-${n}` }));
    expect(namesOf(await person('user_id:l20'))).toHaveLength(4);
    expect((await p.ask('PATCH', '/api/settings', { people: { limits: { anonymous_id: 2 } } })).status).toBe(
      200,
    );
    await until(async () => stateOf(await person('user_id:l20'), 'user_id:l20') === 'over-limit');
    expect(namesOf(await person('user_id:l20'))).toEqual(['user_id:l20']);
    await p.ask('PATCH', '/api/settings', { people: null });
    await until(async () => stateOf(await person('user_id:l20'), 'user_id:l20') === 'active');
    expect(namesOf(await person('user_id:l20'))).toHaveLength(4);
  });

  test('a value that the workspace blocks lets go of those whom it tied, and links again once it is not', async () => {
    await p.accept(
      identify({ userId: 'b1' }, { email: 'info@shop.example' }),
      track({ anonymousId: 'b2' }),
      identify({ anonymousId: 'b2' }, { email: 'info@shop.example' }),
    );
    expect(await idOf('user_id:b1')).toBe(await idOf('anonymous_id:b2'));
    await p.ask('PATCH', '/api/settings', { people: { blocked: ['email:info@shop.example'] } });
    await until(async () => (await idOf('user_id:b1')) !== (await idOf('anonymous_id:b2')));
    expect(stateOf(await person('email:info@shop.example'), 'email:info@shop.example')).toBe('blocked');
    await p.accept(identify({ anonymousId: 'b3' }, { email: 'info@shop.example' }, { messageId: 'b3-1' }));
    await p.settled();
    const { body } = await p.ask<{ items: { message_id: string; ignored: object[] }[] }>(
      'GET',
      '/api/events?limit=1000',
    );
    expect(body.items.find((event) => event.message_id === 'b3-1')?.ignored).toEqual([
      { kind: 'email', value: 'info@shop.example', reason: 'blocked' },
    ]);
    await p.ask('PATCH', '/api/settings', { people: null });
    await until(async () => (await idOf('user_id:b1')) === (await idOf('anonymous_id:b2')));
  });

  test('a kiosk: marked as shared, it lets go of everybody, and takes nobody', async () => {
    const kiosk = { context: { device: { id: 'kiosk' } } };
    await p.accept(
      track({ userId: 'k1' }, { ...kiosk, messageId: 'k1-1' }),
      track({ anonymousId: 'k2' }, { ...kiosk, messageId: 'k2-1' }),
    );
    expect(await idOf('user_id:k1')).toBe(await idOf('anonymous_id:k2'));
    const mark = (shared: boolean) =>
      p.ask('POST', '/api/people/shared-identifiers', {
        identifier: 'device_id:kiosk',
        shared,
        note: 'In the lobby',
      });
    const listed = async (query = '') => {
      const path = `/api/people/shared-identifiers${query}`;
      return (await p.ask<{ items: Record<string, string>[]; next: string | null }>('GET', path)).body;
    };
    expect(await listed()).toEqual({ items: [], next: null });
    expect((await mark(true)).status).toBe(200);
    expect(await listed()).toMatchObject({
      items: [{ identifier: 'device_id:kiosk', note: 'In the lobby', actor: expect.stringMatching(/^key:/) }],
      next: null,
    });
    const marked = { identifier: 'user_id:k1', shared: true };
    await p.ask('POST', '/api/people/shared-identifiers', marked);
    const first = await listed('?limit=1');
    expect(first.items.map((item) => item.identifier)).toEqual(['user_id:k1']);
    const rest = await listed(`?limit=1&cursor=${first.next}`);
    expect([rest.items.map((item) => item.identifier), rest.next]).toEqual([['device_id:kiosk'], null]);
    await p.ask('POST', '/api/people/shared-identifiers', { ...marked, shared: false });
    expect((await listed()).items.map((item) => item.identifier)).toEqual(['device_id:kiosk']);
    expect(await idOf('user_id:k1')).not.toBe(await idOf('anonymous_id:k2'));
    await p.accept(track({ userId: 'k3' }, kiosk), track({ anonymousId: 'k2', userId: 'k4' }, kiosk));
    expect(namesOf(await person('user_id:k3'))).toEqual(['user_id:k3']);
    expect(namesOf(await person('user_id:k4'))).toEqual(['user_id:k4', 'anonymous_id:k2']);
    const alone = await person('device_id:kiosk');
    expect([namesOf(alone), stateOf(alone, 'device_id:kiosk')]).toEqual([['device_id:kiosk'], 'shared']);
    // The event of a browser with the kiosk's device belongs to the stronger of them, as ever.
    expect(await eventsOf(alone.id)).toEqual(['k2-1']);
    expect((await mark(false)).status).toBe(200);
    expect((await listed()).items).toEqual([]);
    expect(stateOf(await person('device_id:kiosk'), 'device_id:kiosk')).toBe('active');
    expect(await idOf('device_id:kiosk')).toBe(await idOf('user_id:k1'));
  });

  test('what is no identifier', async () => {
    await p.accept(
      identify({ userId: 'n1', anonymousId: 'null' }, { email: 'test@test.com', phone: '0000000' }),
      identify({ userId: 'n2', anonymousId: 'null' }, { email: 'TEST@test.com', phone: '000-0000' }),
    );
    expect(namesOf(await person('user_id:n1'))).toEqual(['user_id:n1']);
    expect(namesOf(await person('user_id:n2'))).toEqual(['user_id:n2']);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await holds()).toBe(true), { timeout: 20_000, interval: 50 });
}
