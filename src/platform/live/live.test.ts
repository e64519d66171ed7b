import { type Readable, Writable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { createLive, type Live, type LiveTopic } from './index.ts';

const log = createLog({ level: 'silent', pretty: false });
const all = new Set(['see']);
const patience = { timeout: 10_000, interval: 10 };
let live: Live;
afterEach(() => live.stop());

/** A topic whose place is a number, that tells from where to where it went. */
function counter(o: { name?: string; size?: number } = {}) {
  const at = new Map<number, number>();
  let looks = 0;
  const topic: LiveTopic = {
    name: o.name ?? 'count',
    needs: 'see',
    everyMs: 1_000,
    position: async (workspaceId) => {
      looks++;
      return String(at.get(workspaceId) ?? 0);
    },
    between: async (_workspaceId, after, upTo) => ({ after, upTo, padding: 'x'.repeat(o.size ?? 0) }),
  };
  return {
    topic,
    looks: () => looks,
    move(workspaceId: number) {
      at.set(workspaceId, (at.get(workspaceId) ?? 0) + 1);
      live.wake(workspaceId, topic.name);
    },
  };
}

function listen(workspaceId: number, o: { lastId?: string; once?: boolean; may?: Set<string> } = {}) {
  const { may = all, ...more } = o;
  return live.listen(workspaceId, { may, mayNow: async () => may, ...more });
}

/** Reads a stream, message by message. */
function reading(stream: Readable) {
  const told: { event: string; id: string; data: Record<string, unknown> }[] = [];
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? '';
      if (field('event'))
        told.push({ event: field('event'), id: field('id'), data: JSON.parse(field('data')) });
    }
  });
  return told;
}

test('many who listen to a workspace are told the same, by one look; others hear nothing', async () => {
  live = createLive({ clock: systemClock, log });
  const count = counter();
  live.add(count.topic);
  const [one, two, other] = [reading(listen(1)), reading(listen(1)), reading(listen(2))];
  await vi.waitFor(() => expect([one, two, other].map((told) => told.length)).toEqual([1, 1, 1]), patience);
  const before = count.looks();
  count.move(1);
  await vi.waitFor(() => expect([one.length, two.length]).toEqual([2, 2]), patience);
  expect(one[1]).toEqual({ event: 'count', id: 'count=1', data: { after: '0', upTo: '1', padding: '' } });
  expect(two).toEqual(one);
  expect(count.looks() - before).toBeLessThan(3);
  expect(other.map(({ event }) => event)).toEqual(['ready']);
  expect(live.listeners()).toBe(3);
});

test('whoever comes back is told what came since', async () => {
  live = createLive({ clock: systemClock, log });
  const count = counter();
  live.add(count.topic);
  for (let i = 0; i < 5; i++) count.move(1);
  const told = reading(listen(1, { lastId: 'count=3' }));
  await vi.waitFor(() => expect(told).toHaveLength(2), patience);
  expect(told).toEqual([
    { event: 'count', id: 'count=5', data: { after: '3', upTo: '5', padding: '' } },
    { event: 'ready', id: 'count=5', data: {} },
  ]);
  const nothingNew = reading(listen(1, { lastId: 'count=5' }));
  const nonsense = reading(listen(1, { lastId: '%%%' }));
  await vi.waitFor(() => expect([nothingNew.length, nonsense.length]).toEqual([1, 1]), patience);
});

test('an answer that is not a stream ends when it has told', async () => {
  live = createLive({ clock: systemClock, log });
  const count = counter();
  live.add(count.topic);
  count.move(1);
  const stream = listen(1, { lastId: 'count=0', once: true });
  const told = reading(stream);
  await new Promise((resolve) => stream.once('close', resolve));
  expect(told.map(({ event }) => event)).toEqual(['count', 'ready']);
  await vi.waitFor(() => expect(live.listeners()).toBe(0), patience);
});

test('who does not read costs a bounded memory, is told how much they missed, and goes on', async () => {
  live = createLive({ clock: systemClock, log });
  const count = counter({ size: 20_000 });
  live.add(count.topic);
  const slow = listen(1);
  const quick = reading(listen(1));
  const moves = 60;
  for (let i = 1; i <= moves; i++) {
    count.move(1);
    await vi.waitFor(() => expect(quick.at(-1)?.id).toBe(`count=${i}`), patience);
  }
  expect(slow.readableLength).toBeLessThanOrEqual(256 * 1024 + 1_000);
  expect(slow.readableLength).toBeGreaterThan(100_000);
  const told = reading(slow);
  await vi.waitFor(() => expect(told.some(({ event }) => event === 'missed')).toBe(true), patience);
  const heard = told.filter(({ event }) => event === 'count').length;
  const missed = told.find(({ event }) => event === 'missed');
  expect(heard).toBeGreaterThan(5);
  // Every message was either told or counted as missed; from the notice one can go on.
  const quickHeard = quick.filter(({ event }) => event === 'count').length;
  expect(missed).toMatchObject({ id: `count=${moves}`, data: { messages: quickHeard - heard } });
  count.move(1);
  await vi.waitFor(() => expect(told.at(-1)?.id).toBe(`count=${moves + 1}`), patience);
});

test('what they may not see is not told', async () => {
  live = createLive({ clock: systemClock, log });
  const count = counter();
  live.add(count.topic);
  const [blind, seeing] = [reading(listen(1, { may: new Set() })), reading(listen(1))];
  await vi.waitFor(() => expect([blind.length, seeing.length]).toEqual([1, 1]), patience);
  count.move(1);
  await vi.waitFor(() => expect(seeing).toHaveLength(2), patience);
  expect(blind).toEqual([{ event: 'ready', id: '', data: {} }]);
});

test('so many may listen and no more; who goes makes room', async () => {
  live = createLive({ clock: systemClock, log, mostListeners: 2 });
  live.add(counter().topic);
  const first = listen(1);
  listen(1).resume();
  expect(() => listen(1)).toThrow('At most 2');
  listen(2).resume();
  first.destroy();
  await vi.waitFor(() => expect(live.listeners()).toBe(2), patience);
  listen(1).resume();
});

test('who may not listen any more is told so and let go', async () => {
  live = createLive({ clock: systemClock, log });
  live.add(counter().topic);
  let may: Set<string> | null = all;
  const stream = live.listen(1, { may: all, mayNow: async () => may });
  const told = reading(stream);
  await vi.waitFor(() => expect(told).toHaveLength(1), patience);
  may = null;
  await vi.waitFor(() => expect(stream.closed).toBe(true), patience);
  expect(told.map(({ event }) => event)).toEqual(['ready', 'over']);
});

test('a topic that fails holds nobody up for good, and loses nothing', async () => {
  live = createLive({ clock: systemClock, log });
  const count = counter();
  let fails = true;
  live.add({
    ...count.topic,
    position: async (workspaceId) => {
      if (fails) throw new Error('away');
      return count.topic.position(workspaceId);
    },
  });
  const told = reading(listen(1, { lastId: 'count=0' }));
  count.move(1);
  await vi.waitFor(() => expect(live.listeners()).toBe(1), patience);
  fails = false;
  await vi.waitFor(() => expect(told.map(({ event }) => event)).toEqual(['count', 'ready']), patience);
});

test('the end ends every stream', async () => {
  live = createLive({ clock: systemClock, log });
  live.add(counter().topic);
  const stream = listen(1);
  const read = new Promise<void>((resolve) => {
    stream.pipe(new Writable({ write: (_chunk, _encoding, done) => done(), final: () => resolve() }));
  });
  await vi.waitFor(() => expect(live.listeners()).toBe(1), patience);
  await live.stop();
  await read;
  expect(() => listen(1)).toThrow('Come back');
});
