import { afterAll, beforeAll, expect, test } from 'vitest';
import { boardLinkRoutes, boardRoutes, createLinks, reports, sharedBoardRoutes } from '#modules/insight';
import { systemClock } from '#platform/clock';
import { sha256Hex } from '#platform/ids';
import { testReports } from '../../../../test/fixtures/reports.ts';
import type { Board, BoardLinks, MadeBoardLink, SharedBoard, SharedTile } from './schema.ts';

// A board by its link: who has it sees figures, and nobody.

const day = 86_400_000;
let w: Awaited<ReturnType<typeof testReports>>;
/** How far the clock of the program is ahead. */
let aheadMs = 0;
let one: string;

beforeAll(async () => {
  const clock = {
    ...systemClock,
    ms: () => systemClock.ms() + aheadMs,
    now: () => new Date(systemClock.ms() + aheadMs),
  };
  w = await testReports({
    clock,
    routes(app, parts) {
      const links = createLinks(parts);
      boardRoutes(app, parts);
      boardLinkRoutes(app, { ...parts, links });
      sharedBoardRoutes(app, { ...parts, links }, reports);
    },
  });
  const at = (daysAgo: number) => new Date(Date.now() - daysAgo * day).toISOString();
  const batch: object[] = [];
  for (let p = 0; p < 14; p++) {
    const who = { userId: `secret-${p}`, context: { traits: { email: `secret-${p}@example.com` } } };
    batch.push(
      ...[9, 5, 1].map((n) => ({
        ...{ type: 'track', event: 'Order Completed', timestamp: at(n), messageId: `o${p}-${n}`, ...who },
        properties: {
          order_id: `o${p}-${n}`,
          total: 10 + p,
          currency: 'EUR',
          email: `secret-${p}@a.example`,
        },
      })),
      {
        ...{ type: 'track', event: 'Content Viewed', timestamp: at(2), messageId: `c${p}`, ...who },
        properties:
          p < 12
            ? { content_id: 'tea', title: 'Tea' }
            : { content_id: `c-${p}`, title: `For secret-${p} alone` },
      },
    );
  }
  await w.accept({ type: 'batch', batch });
  await w.settled();
  const { body } = await w.ask<{ id: string }>('POST', '/api/segments', {
    name: 'One',
    rule: { trait: 'nickname', equals: 'nobody' },
  });
  one = body.id;
  await w.segments.settle(w.workspaceId);
});
afterAll(() => w.drop());

const guest = (token: string, path = '') =>
  w.app.inject({ url: `/api/shared-board${path}`, headers: { authorization: `Bearer ${token}` } });

async function shared(tiles: Board['tiles'], expires_at?: string) {
  const { body: board } = await w.ask<Board>('POST', '/api/boards', { title: 'Monday', tiles });
  const { status, body: link } = await w.ask<MadeBoardLink>('POST', `/api/boards/${board.id}/links`, {
    ...(expires_at ? { expires_at } : {}),
  });
  return { status, board, link };
}
const tile = (report: string, search: Record<string, string> = {}) => ({ report, title: '', search });

test('shows the board without a login, is told once, and is kept as a hash', async () => {
  const { status, board, link } = await shared([tile('week'), tile('value-layers', { channel: 'web' })]);
  expect(status).toBe(201);
  expect(link).toMatchObject({ page: `/shared#${link.token}`, expires_at: null });
  const seen = await guest(link.token);
  expect(seen.json<SharedBoard>()).toEqual({
    ...{
      title: 'Monday',
      brand: w.workspace.name,
      time_zone: w.workspace.timeZone,
      currency: w.workspace.currency,
    },
    tiles: [
      { report: 'week', title: '', is_narrowed: false },
      { report: 'value-layers', title: '', is_narrowed: true },
    ],
  });
  expect(seen.headers['x-robots-tag']).toBe('noindex');
  expect(seen.headers['cache-control']).toBe('no-store');
  const listed = await w.ask<BoardLinks>('GET', `/api/boards/${board.id}/links`);
  expect(listed.body.items).toEqual([{ id: link.id, created_at: link.created_at, expires_at: null }]);
  const rows = await w.pg.asSystem((tx) => tx.query('select * from board_links'));
  expect(JSON.stringify(rows)).toContain(sha256Hex(link.token));
  expect(JSON.stringify(rows)).not.toContain(link.token);
});

test('ends when it is withdrawn, when its time is over, and with its board', async () => {
  const { board, link } = await shared([]);
  expect((await guest(link.token)).statusCode).toBe(200);
  const path = `/api/boards/${board.id}/links/${link.id}`;
  expect((await w.ask('DELETE', path)).status).toBe(204);
  expect((await w.ask('DELETE', path)).status).toBe(404);
  const after = await guest(link.token);
  expect([after.statusCode, after.json().type]).toEqual([401, 'insight/no-such-link']);

  const short = await shared([], new Date(Date.now() + day).toISOString());
  expect((await guest(short.link.token)).statusCode).toBe(200);
  aheadMs = day + 1000;
  expect((await guest(short.link.token)).statusCode).toBe(401);
  aheadMs = 0;

  const gone = await shared([]);
  await w.ask('DELETE', `/api/boards/${gone.board.id}`);
  expect((await guest(gone.link.token)).statusCode).toBe(401);
  const { body } = await w.ask<{ items: { action: string; subject: string }[] }>('GET', '/api/audit');
  expect(
    body.items.filter(({ subject }) => subject === `board:${board.id}`).map((one) => one.action),
  ).toEqual(['boards.unshared', 'boards.shared', 'boards.created']);
});

test('a link is no key, a key is no link, and another brand withdraws nothing', async () => {
  const { board, link } = await shared([tile('week')]);
  for (const url of ['/api/boards', '/api/people', '/api/reports/week'])
    expect((await w.ask('GET', url, undefined, link.token)).status).toBe(401);
  for (const token of ['', 'bl_', `${link.token}x`, 'sk_a_key_that_is_long_enough_for_tests'])
    expect((await guest(token)).statusCode).toBe(401);
  const other = await w.newBrand('Other');
  for (const method of ['GET', 'POST'] as const) {
    const sent = method === 'GET' ? undefined : {};
    expect((await w.ask(method, `/api/boards/${board.id}/links`, sent, other.secretKey)).status).toBe(404);
  }
  const path = `/api/boards/${board.id}/links/${link.id}`;
  expect((await w.ask('DELETE', path, undefined, other.secretKey)).status).toBe(404);
  expect((await guest(link.token)).statusCode).toBe(200);
});

test('an end in the past, or in a hundred years, and the twenty-first link are refused', async () => {
  const { board } = await shared([]);
  const make = (expires_at?: string) =>
    w.ask<{ type: string }>('POST', `/api/boards/${board.id}/links`, expires_at ? { expires_at } : {});
  for (const end of ['2001-01-01T00:00:00Z', '2126-01-01T00:00:00Z'])
    expect((await make(end)).body.type).toBe('insight/bad-expiry');
  for (let n = 1; n < 20; n++) expect((await make()).status).toBe(201);
  expect((await make()).body.type).toBe('insight/too-many-links');
});

test('no report shows who anybody is', async () => {
  const funnel = { steps: '["Order Completed", "Content Viewed"]', by: 'property:email' };
  const searches: Record<string, Record<string, string>> = { funnel };
  const { link } = await shared(reports.map(({ name }) => tile(name, { period: '30d', ...searches[name] })));
  const people = await w.ask<{ items: { id: string }[] }>('GET', '/api/people');
  for (const [i, { name }] of reports.entries()) {
    const answer = await guest(link.token, `/tiles/${i}`);
    expect(answer.statusCode, name).toBe(200);
    expect(answer.body, name).not.toContain('secret-');
    for (const { id } of people.body.items) expect(answer.body, name).not.toContain(id);
    expect(answer.json<SharedTile>(), name).toMatchObject({ report: name, has_events: true });
    expect(answer.body, name).not.toContain('"did"');
  }
  // There was something to leave out.
  const open = await w.ask<object>('GET', `/api/reports/funnel?${new URLSearchParams(funnel)}`);
  expect(JSON.stringify(open.body)).toContain('secret-');
  expect(people.body.items.length).toBe(14);
});

test('the figures are those that the team sees', async () => {
  const { link } = await shared([tile('cohorts', { period: '30d' }), tile('content', { period: '90d' })]);
  const [cohorts, content] = [
    (await guest(link.token, '/tiles/0')).json<SharedTile>(),
    (await guest(link.token, '/tiles/1')).json<SharedTile>(),
  ];
  const { from, to } = cohorts;
  expect(Date.parse(to) - Date.parse(from)).toBe(30 * day);
  expect(cohorts.result).toEqual((await w.report('cohorts', { from, to })).result);
  expect(content.result).toMatchObject({ seen: 14, content: [{ id: 'tea', seen: 12 }] });
});

test('a part about fewer than ten people is not shown; guests ask no questions of their own', async () => {
  await w.accept({ type: 'page', userId: 'secret-1', properties: { store_id: 'lonely' } });
  await w.settled();
  const { link } = await shared([
    tile('cohorts', { store: 'lonely' }),
    tile('cohorts', { segment: one }),
    tile('cohorts', { period: '7d' }),
    tile('gone'),
    tile('cohorts', { unit: 'century' }),
  ]);
  const asked = async (path: string) => {
    const answer = await guest(link.token, `/tiles/${path}`);
    return [answer.statusCode, answer.json().type ?? 'shown'];
  };
  expect(await asked('0')).toEqual([403, 'insight/too-few-people']);
  // Nobody is nobody's secret.
  expect(await asked('1')).toEqual([200, 'shown']);
  expect(await asked('3')).toEqual([404, 'insight/no-such-tile']);
  expect(await asked('4')).toEqual([400, 'insight/bad-question']);
  expect(await asked('99')).toEqual([404, 'insight/no-such-tile']);
  const plain = (await guest(link.token, '/tiles/2')).json<SharedTile>();
  const bent = await guest(link.token, '/tiles/2?from=2001-01-01T00:00:00Z&store=lonely');
  expect(bent.json<SharedTile>().lines).toEqual(plain.lines);
});

test('whoever asks too often waits', async () => {
  let refused: Awaited<ReturnType<typeof guest>> | undefined;
  for (let n = 0; n < 500 && refused?.statusCode !== 429; n++) refused = await guest('bl_nothing');
  expect(refused?.json().type).toBe('http/too-many-requests');
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
});
