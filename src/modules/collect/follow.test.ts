import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import type { Collect } from './collect.ts';
import type { BatchHandler } from './follow.ts';
import { trimLog } from './sql.ts';

const patience = { timeout: 20_000, interval: 30 };
let p: TestProgram;
/** What each follower was told and committed, as `workspace:message`. */
const told = new Map<string, string[]>();
/** Called for each batch before it is taken down; may throw. */
const trouble = new Map<string, () => void>();

function follower(name: string): BatchHandler {
  return async (tx, { workspaceId, events }) => {
    trouble.get(name)?.();
    tx.afterCommit(() => {
      const list = told.get(name) ?? [];
      told.set(name, [...list, ...events.map((event) => `${workspaceId}:${event.message_id}`)]);
    });
  };
}

const following =
  (...names: string[]) =>
  (collect: Collect) => {
    for (const name of names) collect.follow(name, follower(name));
  };

beforeAll(async () => {
  p = await testProgram({ wire: following('segments', 'influence') });
  await registered('segments', 'influence');
});
afterAll(() => p.drop());

async function registered(...names: string[]): Promise<void> {
  await vi.waitFor(async () => {
    const rows = await p.pg.asSystem((tx) => tx.query<{ name: string }>('select name from log_followers'));
    expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(names));
  }, patience);
}

let sent = 0;
/** Sends so many events one after the other; what a follower should be told of them. */
async function send(count: number, o: { key?: string; workspaceId?: number } = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `m${sent++}`);
  for (const messageId of ids) {
    const answer = await p.send('track', { event: 'Seen', userId: 'ann', messageId }, o.key);
    expect(answer.statusCode).toBe(200);
  }
  return ids.map((id) => `${o.workspaceId ?? p.workspaceId}:${id}`);
}

const isTold = (name: string, expected: readonly string[]) =>
  vi.waitFor(() => expect(told.get(name)).toEqual(expected), patience);

const errors = () =>
  p.pg.inWorkspace(p.workspaceId, (tx) =>
    tx.query<{ follower: string; error: string | null }>(
      'select follower, error from log_positions order by 1',
    ),
  );

test('each is told every event once, in order; a handler that fails holds up nobody else', async () => {
  const first = await send(5);
  await isTold('segments', first);
  await isTold('influence', first);

  trouble.set('segments', () => {
    throw new Error('not today');
  });
  const more = await send(8);
  await isTold('influence', [...first, ...more]);
  await vi.waitFor(async () => {
    expect(await errors()).toEqual([
      { follower: 'influence', error: null },
      { follower: 'segments', error: 'not today' },
    ]);
  }, patience);
  expect(told.get('segments')).toEqual(first);

  let failures = 3;
  trouble.set('segments', () => {
    if (failures-- > 0) throw new Error('not yet');
  });
  await isTold('segments', [...first, ...more]);
  trouble.delete('segments');
  await vi.waitFor(async () => expect((await errors())[1]?.error).toBe(null), patience);
});

test('of one follower in two processes, each event is told to one of them', async () => {
  const before = told.get('segments') ?? [];
  const other = await p.another({ wire: following('segments') });
  const more = await send(30);
  await isTold('segments', [...before, ...more]);
  await other.stop();
});

test('a workspace that comes later is told from its first event', async () => {
  const before = told.get('segments') ?? [];
  const brand = await p.newBrand('Later');
  const more = await send(3, { key: brand.writeKey, workspaceId: brand.workspace.id });
  await isTold('segments', [...before, ...more]);
});

test('the log waits for a follower that is away, who goes on where it stood; a new one begins at the end', async () => {
  const before = told.get('segments') ?? [];
  await vi.waitFor(() => expect(told.get('influence')).toHaveLength(before.length), patience);
  const beforeInfluence = told.get('influence') ?? [];
  await p.stop();
  const another = await p.another({ wire: following('influence') });
  const more: string[] = [];
  for (let i = 0; i < 3; i++) {
    const messageId = `away${i}`;
    await another.send('track', { event: 'Seen', userId: 'ann', messageId });
    more.push(`${p.workspaceId}:${messageId}`);
  }
  await isTold('influence', [...beforeInfluence, ...more]);
  await another.settled();
  await another.collect.fold(p.workspaceId);
  await p.pg.inWorkspace(p.workspaceId, (tx) => trimLog(tx, p.workspaceId, 1_000));
  const kept = await p.pg.inWorkspace(p.workspaceId, (tx) => tx.query('select seq from event_log'));
  expect(kept).toHaveLength(3);
  await another.stop();

  const third = await p.another({ wire: following('segments', 'voice') });
  await isTold('segments', [...before, ...more]);
  await registered('voice');
  await third.send('track', { event: 'Seen', userId: 'ann', messageId: 'last' });
  await isTold('voice', [`${p.workspaceId}:last`]);
  await third.collect.fold(p.workspaceId);
  await third.settled();
  await isTold('segments', [...before, ...more, `${p.workspaceId}:last`]);
  await vi.waitFor(async () => {
    await p.pg.inWorkspace(p.workspaceId, (tx) => trimLog(tx, p.workspaceId, 1_000));
    const left = await p.pg.inWorkspace(p.workspaceId, (tx) => tx.query('select seq from event_log'));
    // That of `influence`, who is away now.
    expect(left).toHaveLength(1);
  }, patience);
});

test('what a handler does in the transaction stands if, and only if, its position does', async () => {
  await p.pg.asSystem(async (tx) => {
    await tx.query('create table followed (workspace_id int not null, message_id text not null)');
    await tx.query("select pando.protect('followed')");
  });
  let calls = 0;
  const other = await p.another({
    wire: (collect) =>
      collect.follow('points', async (tx, { workspaceId, events }) => {
        for (const { message_id } of events) {
          await tx.query('insert into followed values ($1, $2)', [workspaceId, message_id]);
        }
        if (++calls <= 4) throw new Error('after the work was done');
      }),
  });
  await registered('points');
  const ids = Array.from({ length: 12 }, (_, i) => `done${i}`);
  for (const messageId of ids) await other.send('track', { event: 'Seen', userId: 'ann', messageId });
  await vi.waitFor(async () => {
    const rows = await p.pg.inWorkspace(p.workspaceId, (tx) =>
      tx.query<{ message_id: string }>('select message_id from followed'),
    );
    expect(rows.map((row) => row.message_id)).toEqual(ids);
  }, patience);
});
