import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';

interface Quarantine {
  items: {
    id: string;
    source: string | null;
    at: string;
    reason: string;
    detail: string;
    message_id: string | null;
    raw: Record<string, unknown>;
  }[];
  counts: { reason: string; events: number }[];
  next: string | null;
}
interface Replayed {
  accepted: number;
  duplicates: number;
  failed: number;
}

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram();
});
afterAll(() => p.drop());

const look = async (query = '') => (await p.ask<Quarantine>('GET', `/api/quarantine?limit=500${query}`)).body;
const replay = (body: object) => p.ask<Replayed & { type: string }>('POST', '/api/quarantine/replay', body);

/** Of a batch, what went to quarantine, oldest first. */
async function quarantined(batch: unknown[], more: object = {}): Promise<Quarantine['items']> {
  const before = new Set((await look()).items.map((item) => item.id));
  expect((await p.send('batch', { batch, ...more })).statusCode).toBe(200);
  return (await look()).items.filter((item) => !before.has(item.id)).reverse();
}

async function find(messageId: string) {
  await p.settled();
  const { body } = await p.ask<{ items: Record<string, unknown>[] }>('GET', '/api/events?limit=1000');
  return body.items.filter((event) => event.message_id === messageId);
}

const good = (messageId: string) => ({ type: 'track', event: 'Seen', userId: 'ann', messageId });

test('of a batch the good events are accepted, and each bad one is kept as it was sent, with the reason', async () => {
  const bad = [
    'text',
    null,
    42,
    { type: 'buy', messageId: 'q1', userId: 'ann' },
    { type: 'track', messageId: 'q2', userId: 'ann', properties: { name: 'a\0b \ud800 😀' } },
    { type: 'track', messageId: 'q3', event: 'Seen' },
    { ...good('q4'), timestamp: 'yesterday' },
    { ...good('q5'), event: 'Order Completed', properties: { total: 'a lot' } },
    { ...good('q6'), properties: { text: 'x'.repeat(40_000) } },
    { ...good('q7\0\ud800'), properties: 7 },
  ];
  const items = await quarantined([good('ok1'), ...bad, good('ok2')]);
  expect(items.map((item) => item.raw)).toEqual(bad);
  expect(items.map((item) => item.reason)).toEqual([
    'not-an-object',
    'not-an-object',
    'not-an-object',
    'unknown-type',
    'event-name-missing',
    'no-identifier',
    'bad-timestamp',
    'bad-money',
    'too-large',
    'bad-properties',
  ]);
  expect(items.map((item) => item.message_id)).toEqual([
    null,
    null,
    null,
    'q1',
    'q2',
    'q3',
    'q4',
    'q5',
    'q6',
    'q7\ufffd',
  ]);
  for (const item of items) {
    expect(item.source).toBe(p.source.uuid);
    expect(item.detail.length).toBeGreaterThan(10);
  }
  expect(await find('ok1')).toHaveLength(1);
  expect(await find('ok2')).toHaveLength(1);
});

test('nested deeper than anything reads, it is kept without what cannot be shown', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const answer = await p.app.inject({
    method: 'POST',
    url: '/v1/batch',
    payload: `{"writeKey":"wk_test","batch":[{"type":"track","event":"Deep","userId":"u","messageId":"deep","properties":{"deep":${deep}}}]}`,
  });
  expect(answer.statusCode).toBe(200);
  const [item] = (await look('&reason=too-deep')).items;
  expect(item).toMatchObject({ reason: 'too-deep', message_id: 'deep' });
});

describe('what lies there', () => {
  test('can be paged through, newest first, by reason, and is counted', async () => {
    await quarantined(Array.from({ length: 7 }, (_, i) => ({ ...good(`page${i}`), timestamp: {} })));
    const ids: string[] = [];
    let query = '&reason=bad-timestamp';
    for (;;) {
      const page = (await p.ask<Quarantine>('GET', `/api/quarantine?limit=3${query}`)).body;
      expect(page.items.length).toBeLessThanOrEqual(3);
      for (const item of page.items) ids.push(item.id);
      if (page.next === null) break;
      query = `&reason=bad-timestamp&cursor=${page.next}`;
    }
    const { counts, items } = await look();
    expect(ids).toEqual(items.filter((item) => item.reason === 'bad-timestamp').map((item) => item.id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(counts.find((row) => row.reason === 'bad-timestamp')?.events).toBe(ids.length);
    expect(counts.reduce((sum, row) => sum + row.events, 0)).toBe(items.length);
  });

  test('can be mended and replayed: it gets the time of its arrival, by the sender’s clock as it was', async () => {
    const sentAt = new Date(Date.now() + 3_600_000);
    const timestamp = new Date(sentAt.getTime() - 60_000).toISOString();
    const [item] = await quarantined([{ type: 'track', userId: 'ann', messageId: 'mend', timestamp }], {
      sentAt: sentAt.toISOString(),
    });
    const failed = await replay({ ids: [item?.id] });
    expect(failed.body).toEqual({ accepted: 0, duplicates: 0, failed: 1 });
    // It is there once, still as it was sent, when and by whom.
    const [still, ...more] = (await look('&reason=event-name-missing')).items.filter(
      (one) => one.message_id === 'mend',
    );
    expect(more).toEqual([]);
    expect(still).toMatchObject({ source: p.source.uuid, at: item?.at, raw: item?.raw });
    const mended = await replay({ ids: [still?.id], message: { ...still?.raw, event: 'Mended' } });
    expect(mended.body).toEqual({ accepted: 1, duplicates: 0, failed: 0 });
    expect((await look()).items.some((one) => one.message_id === 'mend')).toBe(false);
    const [event] = await find('mend');
    expect(event).toMatchObject({ event: 'Mended', source: p.source.uuid });
    expect(Date.parse(String(event?.received)) - Date.parse(String(event?.time))).toBe(60_000);
  });

  test('counts once, also when it was sent again meanwhile or is replayed twice', async () => {
    const bad = { ...good('once'), properties: 'none' };
    const [first] = await quarantined([bad]);
    const [second] = await quarantined([bad]);
    await p.accept(good('once'));
    const message = good('once');
    expect((await replay({ ids: [first?.id], message })).body).toEqual({
      accepted: 0,
      duplicates: 1,
      failed: 0,
    });
    expect((await replay({ ids: [second?.id], message })).body).toMatchObject({ duplicates: 1 });
    expect(await find('once')).toHaveLength(1);
    const [third] = await quarantined([{ ...bad, messageId: 'race' }]);
    const both = await Promise.all([1, 2].map(() => replay({ ids: [third?.id], message: good('race') })));
    expect(both.some((answer) => answer.body.accepted === 1)).toBe(true);
    expect(await find('race')).toHaveLength(1);
    expect((await look()).items.some((one) => ['once', 'race'].includes(String(one.message_id)))).toBe(false);
  });

  test('many can be replayed at once, after what was wrong was put right elsewhere', async () => {
    const items = await quarantined(
      Array.from({ length: 5 }, (_, i) => ({
        ...good(`own${i}`),
        userId: undefined,
        context: { externalIds: [{ type: 'crm_id', id: `C-${i}` }] },
      })),
    );
    expect(items.map((item) => item.reason)).toEqual(Array(5).fill('no-identifier'));
    const ids = items.map((item) => item.id);
    expect((await replay({ ids })).body).toEqual({ accepted: 0, duplicates: 0, failed: 5 });
    const people = { ownKinds: [{ name: 'crm_id', unique: true }] };
    expect((await p.ask('PATCH', '/api/settings', { people })).status).toBe(200);
    // What a process knows of the settings may be a second old.
    await p.clock.sleep(1_100);
    const now = (await look('&reason=no-identifier')).items.filter((item) =>
      item.message_id?.startsWith('own'),
    );
    expect((await replay({ ids: now.map((item) => item.id) })).body).toEqual({
      accepted: 5,
      duplicates: 0,
      failed: 0,
    });
    expect(await find('own3')).toHaveLength(1);
  });

  test('of a source that is archived now can be replayed', async () => {
    const source = await p.newSource('old-till', 'till');
    await p.send('batch', { batch: [{ ...good('archived'), event: '' }] }, 'wk_old-till');
    await p.ask('DELETE', `/api/sources/${source.uuid}`);
    const [item] = (await look()).items;
    expect(item).toMatchObject({ source: source.uuid, message_id: 'archived' });
    const answer = await replay({ ids: [item?.id], message: good('archived') });
    expect(answer.body).toEqual({ accepted: 1, duplicates: 0, failed: 0 });
    expect(await find('archived')).toMatchObject([{ source: source.uuid }]);
  });

  test('can be dropped, which is written down', async () => {
    const items = await quarantined([1, 2, 3]);
    const [a, b, c] = items.map((item) => item.id);
    const drop = (ids: unknown[]) => p.ask<{ dropped: number }>('POST', '/api/quarantine/drop', { ids });
    expect((await drop([a, b, '999999999'])).body).toEqual({ dropped: 2 });
    expect((await drop([a])).body).toEqual({ dropped: 0 });
    const left = (await look()).items.map((item) => item.id);
    expect([left.includes(String(a)), left.includes(String(c))]).toEqual([false, true]);
    const { body } = await p.ask<{ items: { action: string; detail: object }[] }>(
      'GET',
      '/api/audit?action=quarantine.dropped',
    );
    expect(body.items[0]).toMatchObject({ detail: { events: 2 } });
  });

  test('is not there for those who ask wrongly', async () => {
    expect(await replay({ ids: ['999999999'] })).toMatchObject({
      status: 404,
      body: { type: 'collect/no-such-quarantined' },
    });
    expect((await replay({ ids: [] })).status).toBe(400);
    expect((await replay({ ids: ['x'] })).status).toBe(400);
    expect((await replay({ ids: ['1', '2'], message: good('two') })).status).toBe(400);
    expect((await p.ask('GET', '/api/quarantine?cursor=x')).status).toBe(400);
    expect((await p.ask('GET', '/api/quarantine?reason=%00')).status).toBeLessThan(500);
  });
});
