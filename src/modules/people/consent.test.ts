import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, identify, peopleOf, track } from '../../../test/fixtures/people.ts';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

let p: TestProgram;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  p = await testProgram();
  people = peopleOf(p);
});
afterAll(() => p.drop());

interface Row {
  purpose: string;
  granted: boolean;
  source: string;
  text_version: string | null;
  message_id: string | null;
}

const answer = (purposes: object, textVersion?: string) => ({
  context: { consent: { categoryPreferences: purposes, ...(textVersion ? { textVersion } : {}) } },
});
const history = async (id: string) =>
  (await p.ask<{ consent_history: Row[] }>('GET', `/api/people/${id}/export`)).body.consent_history;

/** What is stored of these messages, with whether only a contract kept it. */
async function stored(prefix: string): Promise<Record<string, boolean>> {
  await p.settled();
  const rows = await p.ch.query<{ message_id: string; contract: number }>(
    'select message_id, contract from events where startsWith(message_id, {prefix:String}) order by message_id',
    { prefix },
  );
  return Object.fromEntries(rows.map((row) => [row.message_id, row.contract === 1]));
}

async function withheld(): Promise<number> {
  const { body } = await p.ask<{ items: { name: string; figures: { withheld: number } }[] }>(
    'GET',
    '/api/sources',
  );
  return body.items.find((source) => source.name === 'Shop')?.figures.withheld ?? 0;
}

describe('who denies analytics', () => {
  test('is counted, not stored; what a contract needs is stored, and says so', async () => {
    const before = await withheld();
    await p.accept(
      track({ userId: 'd1' }, { messageId: 'd1-before' }),
      track({ userId: 'd1' }, { messageId: 'd1-denial', ...answer({ Analytics: false }) }),
      track({ userId: 'd1' }, { messageId: 'd1-after' }),
      { type: 'page', userId: 'd1', messageId: 'd1-page' },
      { type: 'screen', userId: 'd1', messageId: 'd1-screen' },
      track(
        { userId: 'd1' },
        { messageId: 'd1-order', event: 'Order Completed', properties: { total: '5' } },
      ),
      track(
        { userId: 'd1' },
        { messageId: 'd1-refund', event: 'Order Refunded', properties: { total: '5' } },
      ),
      identify({ userId: 'd1' }, { plan: 'gold' }, { messageId: 'd1-identify' }),
      track({ userId: 'd1-not' }, { messageId: 'd1-other' }),
    );
    expect(await stored('d1-')).toEqual({
      'd1-before': false,
      'd1-order': true,
      'd1-refund': true,
      'd1-identify': true,
      'd1-other': false,
    });
    expect((await withheld()) - before).toBe(4);
    const found = await people.person('user_id:d1');
    expect(found.consent.analytics).toMatchObject({ granted: false, asked: true, source: 'Shop' });
    expect(found.traits.plan?.value).toBe('gold');
    // An order is a deal, but behaviour is what a stage is made of.
    expect(found.stage).toBe(null);
    // Sent again, they are still known.
    await p.accept(track({ userId: 'd1' }, { messageId: 'd1-after' }));
    expect((await withheld()) - before).toBe(4);
  });

  test('is so with all that is theirs, once it is known to be theirs, and no longer once they allow it', async () => {
    await p.accept(
      track({ anonymousId: 'd2-browser' }, { messageId: 'd2-1', timestamp: at(1) }),
      track({ userId: 'd2' }, { messageId: 'd2-2', timestamp: at(2), ...answer({ analytics: false }) }),
      track({ anonymousId: 'd2-browser' }, { messageId: 'd2-3', timestamp: at(3) }),
      track({ userId: 'd2', anonymousId: 'd2-browser' }, { messageId: 'd2-4', timestamp: at(4) }),
      track({ anonymousId: 'd2-browser' }, { messageId: 'd2-5', timestamp: at(5) }),
      track(
        { anonymousId: 'd2-browser' },
        { messageId: 'd2-6', timestamp: at(6), ...answer({ analytics: true }) },
      ),
      track({ userId: 'd2' }, { messageId: 'd2-7', timestamp: at(7) }),
    );
    expect(await stored('d2-')).toEqual({ 'd2-1': false, 'd2-3': false, 'd2-6': false, 'd2-7': false });
  });

  test('after a split, each side has its own answer', async () => {
    await p.accept(
      track({ userId: 'd3', anonymousId: 'd3-browser' }, { timestamp: at(1) }),
      track({ anonymousId: 'd3-browser' }, { timestamp: at(2), ...answer({ analytics: false }) }),
      track({ userId: 'd3' }, { messageId: 'd3-1' }),
    );
    const id = await people.idOf('user_id:d3');
    await p.ask('POST', `/api/people/${id}/split`, { identifiers: ['anonymous_id:d3-browser'] });
    await p.accept(
      track({ userId: 'd3' }, { messageId: 'd3-2' }),
      track({ anonymousId: 'd3-browser' }, { messageId: 'd3-3' }),
    );
    expect(await stored('d3-')).toEqual({ 'd3-2': false });
  });

  test('is heard by every process', async () => {
    const other = await p.another();
    const see = (from: typeof other, messageId: string) =>
      from.send('track', { ...track({ userId: 'd4' }), messageId });
    await see(p, 'd4-1');
    await see(other, 'd4-2');
    await other.send('track', { ...track({ userId: 'd4' }), ...answer({ analytics: false }) });
    await see(p, 'd4-3');
    const id = await people.idOf('user_id:d4');
    await p.ask('POST', `/api/people/${id}/consent`, { purposes: { analytics: true }, source: 'Call' });
    await see(other, 'd4-4');
    expect(await stored('d4-')).toEqual({ 'd4-1': false, 'd4-2': false, 'd4-4': false });
    await other.stop();
  });
});

describe('the newest answer by the person’s own time holds', () => {
  test.each<[string, [second: number, granted: boolean][], boolean]>([
    [
      'in order',
      [
        [1, false],
        [2, true],
      ],
      true,
    ],
    [
      'a late older yes',
      [
        [5, false],
        [2, true],
      ],
      false,
    ],
    [
      'a late older no',
      [
        [5, true],
        [2, false],
      ],
      true,
    ],
    [
      'a late yes before a repeated no',
      [
        [1, false],
        [9, false],
        [5, true],
      ],
      false,
    ],
    [
      'both at once',
      [
        [3, true],
        [3, false],
      ],
      false,
    ],
    [
      'both at once, the other way round',
      [
        [3, false],
        [3, true],
      ],
      false,
    ],
  ])('%s', async (name, answers, granted) => {
    const userId = `n ${name}`;
    for (const [second, yes] of answers) {
      await p.accept(
        track({ userId }, { timestamp: at(second), ...answer({ analytics: yes, sharing: yes }) }),
      );
    }
    const { consent } = await people.person(`user_id:${userId}`);
    expect([consent.analytics?.granted, consent.sharing?.granted]).toEqual([granted, granted]);
    await p.accept(track({ userId }, { messageId: `${userId} after` }));
    expect(Object.keys(await stored(`${userId} after`))).toHaveLength(granted ? 1 : 0);
  });
});

describe('the evidence', () => {
  test('is who answered what, when, where and on which text; said again on every event, it is written once', async () => {
    const say = (messageId: string, second: number, purposes: object, version: string) =>
      track({ userId: 'e1' }, { messageId, timestamp: at(second), ...answer(purposes, version) });
    await p.accept(
      say('e1-1', 1, { analytics: true, 'E-Mail Marketing': false }, 'v1'),
      say('e1-2', 2, { analytics: true, 'E-Mail Marketing': false }, 'v1'),
      say('e1-3', 3, { analytics: true, 'E-Mail Marketing': true }, 'v1'),
      say('e1-4', 4, { analytics: true, 'E-Mail Marketing': true }, 'v2'),
      say('e1-5', 5, { analytics: true, 'E-Mail Marketing': true }, 'v2'),
    );
    const found = await people.person('user_id:e1');
    expect(found.consent.marketing_email).toEqual({
      granted: true,
      asked: true,
      time: at(4),
      source: 'Shop',
      text_version: 'v2',
    });
    expect(found.consent.sharing).toEqual({
      granted: false,
      asked: false,
      time: null,
      source: null,
      text_version: null,
    });
    const rows = (await history(found.id)).map((row) => [
      row.purpose,
      row.granted,
      row.text_version,
      row.message_id,
    ]);
    expect(rows).toEqual([
      ['analytics', true, 'v1', 'e1-1'],
      ['marketing_email', false, 'v1', 'e1-1'],
      ['marketing_email', true, 'v1', 'e1-3'],
      ['analytics', true, 'v2', 'e1-4'],
      ['marketing_email', true, 'v2', 'e1-4'],
    ]);
  });

  test('of somebody who denies analytics is no diary', async () => {
    for (let i = 0; i < 5; i++)
      await p.accept(track({ userId: 'e2' }, { timestamp: at(i), ...answer({ analytics: false }) }));
    expect(await history(await people.idOf('user_id:e2'))).toHaveLength(1);
  });
});

describe('by the API', () => {
  const record = (id: string, body: object) =>
    p.ask<Record<string, { granted: boolean; time: string }> & { type: string }>(
      'POST',
      `/api/people/${id}/consent`,
      body,
    );

  test('an answer is recorded with its source, the current text and who wrote it down', async () => {
    await p.accept(track({ userId: 'a1', anonymousId: 'a1-browser' }));
    const id = await people.idOf('anonymous_id:a1-browser');
    const { status, body } = await record(id, {
      purposes: { marketing_sms: true, analytics: false, 生日: true },
      source: 'Card form, shop 3',
      time: at(1),
    });
    expect(status).toBe(200);
    expect(body.marketing_sms).toMatchObject({
      granted: true,
      asked: true,
      source: 'Card form, shop 3',
      text_version: '1',
      time: at(1),
    });
    expect((await people.person(id)).consent).toEqual(body);
    await p.accept(track({ anonymousId: 'a1-browser' }, { messageId: 'a1-after' }));
    expect(await stored('a1-')).toEqual({});
    // An older answer is kept as evidence, and changes nothing.
    const older = await record(id, {
      purposes: { analytics: true },
      source: 'Archive',
      time: at(0),
      text_version: '0',
    });
    expect(older.body.analytics?.granted).toBe(false);
    expect((await history(id)).map((row) => row.source)).toContain('Archive');
    const { body: audit } = await p.ask<{ items: { subject: string }[] }>(
      'GET',
      '/api/audit?action=people.consent-recorded',
    );
    const subjects = audit.items.map((line) => line.subject);
    expect(subjects.filter((subject) => subject === `person:${id}`)).toHaveLength(2);
  });

  test('nothing is answered in the future, and what cannot be read is refused', async () => {
    await p.accept(track({ userId: 'a2' }));
    const id = await people.idOf('user_id:a2');
    const { body } = await record(id, {
      purposes: { sharing: true },
      source: 'Form',
      time: '2999-01-01T00:00:00Z',
    });
    expect(Date.parse(String(body.sharing?.time))).toBeLessThanOrEqual(Date.now());
    for (const wrong of [
      {},
      { purposes: { analytics: 'yes' }, source: 'Form' },
      { purposes: { 'no purpose!': true }, source: 'Form' },
      { purposes: { analytics: true }, source: '' },
      { purposes: { analytics: true }, source: 'F\0' },
      { purposes: { analytics: true }, source: 'Form', time: 'yesterday' },
      { purposes: { analytics: true }, source: 'Form', text_version: '\0' },
    ]) {
      expect((await record(id, wrong)).status).toBe(400);
    }
    expect(
      (await record('01a20030-5f0c-724a-8000-001000000001', { purposes: {}, source: 'Form' })).status,
    ).toBe(404);
  });
});

test('where the default is no, only those are stored who said yes', async () => {
  const defaults = { analytics: false, marketing_email: false };
  const purposes = ['analytics', 'marketing_email'];
  const set = await p.ask('PATCH', '/api/settings', {
    people: { consent: { purposes, defaults, textVersion: '2' } },
  });
  expect(set.status).toBe(200);
  await p.clock.sleep(1_100);
  await p.accept(
    track({ userId: 'f1' }, { messageId: 'f-asked-nobody' }),
    track({ userId: 'f2' }, { messageId: 'f-said-yes', ...answer({ analytics: true }) }),
    track({ userId: 'f2' }, { messageId: 'f-after-yes' }),
    track({ userId: 'f1' }, { messageId: 'f-order', event: 'Order Completed', properties: { total: 1 } }),
  );
  expect(await stored('f-')).toEqual({ 'f-said-yes': false, 'f-after-yes': false, 'f-order': true });
  expect((await people.person('user_id:f1')).consent).toEqual({
    analytics: { granted: false, asked: false, time: null, source: null, text_version: null },
    marketing_email: { granted: false, asked: false, time: null, source: null, text_version: null },
  });
});
