import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

interface Events {
  items: { message_id: string; time: string; person_id: string | null }[];
  next: string | null;
}

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram({ work: true });
});
afterAll(() => p.drop());

const at = (minute: number) => new Date(Date.UTC(2026, 0, 10, 12, minute)).toISOString();

/** All pages of a list. */
async function pages(url: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await p.ask<Events>(
      'GET',
      `${url}${url.includes('?') ? '&' : '?'}limit=${limit}${cursor}`,
    );
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    ids.push(...body.items.map((event) => event.message_id));
    if (body.next === null) return ids;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
}

describe('the list of events', () => {
  const brief = [
    // Many at one moment, within a batch and over several.
    ...Array.from({ length: 20 }, (_, i) => ({ messageId: `same${i}`, minute: 5 })),
    { messageId: 'late', minute: 9 },
    { messageId: 'early', minute: 1 },
    { messageId: 'odd "\'\\\0\n茶', minute: 7 },
  ];

  beforeAll(async () => {
    await p.newSource('till', 'till');
    // So many batches that their numbers have two digits: batch 10 is after batch 9.
    for (let i = 0; i < brief.length; i += 1) {
      const batch = brief.slice(i, i + 1).map(({ messageId, minute }) => ({
        type: 'track',
        event: 'Listed',
        userId: `u${minute}`,
        messageId,
        timestamp: at(minute),
      }));
      await p.send('batch', { batch });
    }
    await p.send('page', { name: 'Home', userId: 'u1', messageId: 'page', timestamp: at(3) }, 'wk_till');
    await p.settled();
  });

  test('is newest first, and complete over pages of any size', async () => {
    const whole = await pages('/api/events', 1000);
    expect(whole).toHaveLength(brief.length + 1);
    expect(whole.slice(0, 2)).toEqual(['late', 'odd "\'\\\0\n茶']);
    expect(whole.slice(-2)).toEqual(['page', 'early']);
    for (const limit of [1, 3, 7]) expect(await pages('/api/events', limit)).toEqual(whole);
    const { body } = await p.ask<Events>('GET', '/api/events?limit=1000');
    const times = body.items.map((event) => event.time);
    expect(times).toEqual([...times].sort().reverse());
  });

  test('by name, type, time, source, and person', async () => {
    const listed = await pages('/api/events?name=Listed', 5);
    expect(listed).toHaveLength(brief.length);
    expect(await pages('/api/events?type=page', 5)).toEqual(['page']);
    expect(await pages(`/api/events?from=${at(7)}&to=${at(9)}`, 5)).toEqual(['odd "\'\\\0\n茶']);
    expect(await pages(`/api/events?from=${at(9)}`, 5)).toEqual(['late']);
    expect(await pages(`/api/events?to=${at(3)}`, 5)).toEqual(['early']);
    const { body } = await p.ask<{ items: { id: string; name: string }[] }>('GET', '/api/sources');
    const till = body.items.find((source) => source.name === 'till')?.id;
    expect(await pages(`/api/events?source=${till}`, 5)).toEqual(['page']);
    const who = await p.ask<{ items: { id: string }[] }>('GET', '/api/people?identifier=user_id:u1');
    expect(await pages(`/api/people/${who.body.items[0]?.id}/events`, 1)).toEqual(['page', 'early']);
  });

  test.each([
    ['a cursor that is none', 'cursor=%21%21'],
    ['a cursor of something else', `cursor=${cursor({})}`],
    ['a cursor before time', `cursor=${cursor([-9e15, 1, 'x'])}`],
    ['a cursor with a number below 0', `cursor=${cursor([0, -1, 'x'])}`],
    ['a cursor after all time', `cursor=${cursor([9e15, 9e15, 'x'])}`],
    ['a source that is none', 'source=7'],
    ['a NUL for a source', 'source=%00'],
    ['a NUL for a name', 'name=%00'],
    ['a backslash for a name', 'name=%5C%27%22'],
    ['a moment that is none', 'from=yesterday'],
    ['a leap second', 'from=2016-12-31T23:59:60Z'],
    ['a zone by its name', 'from=2016-12-31T12:00:00Z%5BEurope/Berlin%5D'],
    ['the first year', 'from=0001-01-01T00:00:00Z'],
    ['the last year', 'to=9999-12-31T23:59:59Z'],
    ['a limit of nothing', 'limit=0'],
    ['a limit of too much', 'limit=1001'],
    ['a limit in words', 'limit=many'],
  ])('%s is no fault of ours', async (_, query) => {
    for (const url of ['/api/events', '/api/overview']) {
      const { status } = await p.ask('GET', `${url}?${query}`);
      expect(status).toBeLessThan(500);
    }
  });

  test('the first and the last year hold everything', async () => {
    const whole = await pages('/api/events', 1000);
    expect(await pages('/api/events?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z', 1000)).toEqual(whole);
    for (const to of ['0001', '1970']) {
      expect(await pages(`/api/events?to=${to}-01-01T00:00:00Z`, 1000)).toEqual([]);
    }
    expect(await pages('/api/events?from=9999-12-31T23:59:59Z', 1000)).toEqual([]);
  });
});

test('events older than a workspace keeps are removed, of that workspace only', async () => {
  const brand = await p.newBrand('Keeps everything');
  const days = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString();
  for (const key of [undefined, brand.writeKey]) {
    for (const n of [5, 29, 31, 400]) {
      const body = { event: 'Aged', userId: 'ann', messageId: `aged${n}`, timestamp: days(n) };
      expect((await p.send('track', body, key)).statusCode).toBe(200);
    }
  }
  await Promise.all([p.settled(), p.settled(brand.workspace.id)]);
  expect((await p.ask('PATCH', '/api/settings', { collect: { retentionDays: 30 } })).status).toBe(200);
  await p.jobs.enqueue(null, 'collect.daily', {});
  const aged = async (key?: string) => {
    const { body } = await p.ask<Events>('GET', '/api/events?name=Aged', undefined, key);
    return body.items.map((event) => event.message_id);
  };
  await vi.waitFor(async () => expect(await aged()).toEqual(['aged5', 'aged29']), {
    timeout: 20_000,
    interval: 100,
  });
  expect(await aged(brand.secretKey)).toEqual(['aged5', 'aged29', 'aged31', 'aged400']);
  // What came by a retry after all is as old.
  await p.send('track', { event: 'Aged', userId: 'ann', messageId: 'aged31', timestamp: days(31) });
  await p.settled();
  expect(await aged()).toEqual(['aged5', 'aged29']);
});

test('nothing is kept of the log that everybody has', async () => {
  await p.accept({ type: 'track', event: 'Trimmed', userId: 'ann' });
  await p.settled();
  await p.jobs.enqueue(null, 'collect.daily', {});
  await vi.waitFor(
    async () => expect(await p.pg.asSystem((tx) => tx.query('select seq from event_log'))).toEqual([]),
    { timeout: 20_000, interval: 100 },
  );
});

function cursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
