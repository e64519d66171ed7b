import { expect, test } from 'vitest';
import { HOUR_MS } from './calendar.ts';
import { liveVisit, SLOT_MS } from './live.ts';
import type { Delivery, Message } from './post.ts';
import { deliveries } from './simulate.ts';
import { createWorld, type World } from './world.ts';

const now = Date.UTC(2026, 10, 20, 15, 30);
const open = () => createWorld({ seed: 2, people: 400, months: 6, now, daysAfter: 30 });

/** The story up to now, and on by request. */
function upToNow(world: World): Generator<Delivery, void, void> {
  const story = deliveries(world, Number.POSITIVE_INFINITY);
  for (let next = story.next(); !next.done && next.value.arrivedAt < now; ) next = story.next();
  return story;
}

function some(story: Generator<Delivery, void, void>, count: number): string[] {
  return Array.from({ length: count }, () => JSON.stringify(story.next().value));
}

const firstSlot = Math.ceil(now / SLOT_MS);
const visits = (world: World, slots: number) =>
  Array.from({ length: slots }, (_, i) => liveVisit(world, firstSlot + i));

test('the same slot gives the same messages', () => {
  const [one, other] = [open(), open()];
  upToNow(one);
  upToNow(other);
  expect(visits(one, 20)).toEqual(visits(other, 20));
});

test('live visits leave the story as it was', () => {
  const [disturbed, left] = [open(), open()];
  const [story, untouched] = [upToNow(disturbed), upToNow(left)];
  visits(disturbed, 200);
  expect(some(story, 300)).toEqual(some(untouched, 300));
});

test('they happen now, under ids of their own, about one message every second or two', () => {
  const world = open();
  const told = new Set<string>();
  const story = deliveries(world, now);
  for (const { message } of story) told.add(String(message.messageId));
  const live = visits(world, 500);
  const messages = live.flat();
  for (const [i, visit] of live.entries()) {
    const slotMs = (firstSlot + i) * SLOT_MS;
    for (const { arrivedAt } of visit) {
      expect(arrivedAt).toBeGreaterThan(slotMs);
      expect(arrivedAt).toBeLessThan(slotMs + 3 * HOUR_MS);
    }
  }
  const ids = messages.filter((d) => d.oddity === undefined).map((d) => String(d.message.messageId));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => told.has(id))).toEqual([]);
  const seconds = (500 * SLOT_MS) / 1000;
  expect(seconds / messages.length).toBeGreaterThan(0.8);
  expect(seconds / messages.length).toBeLessThan(3);
  const orders = messages.filter((d) => (d.message as Message).event === 'Order Completed');
  expect(orders.length).toBeGreaterThan(0);
  expect(orders.length).toBeLessThan(50);
});
