import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('gives each slot to one at a time, in the order of asking', async () => {
  const slots = new Slots(['a', 'b'], { maxWaiting: 10, maxWaitMs: 60_000 });
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const all = [1, 2, 3, 4].map((n) =>
    slots.use(async (slot) => {
      order.push(`${n} has ${slot}`);
      await new Promise<void>((resolve) => ends.push(resolve));
    }),
  );
  await turn();
  expect(order).toEqual(['1 has b', '2 has a']);
  expect(slots.waiting).toBe(2);
  ends[1]?.();
  await turn();
  expect(order).toEqual(['1 has b', '2 has a', '3 has a']);
  for (let i = 0; i < 4; i++) {
    for (const end of ends) end();
    await turn();
  }
  await Promise.all(all);
  expect(order.at(-1)).toMatch(/^4 has/);
});

test('a slot is free again after its work failed', async () => {
  const slots = new Slots(['a'], { maxWaiting: 1, maxWaitMs: 60_000 });
  await expect(slots.use(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await expect(slots.use(async (slot) => slot)).resolves.toBe('a');
});

test('refuses at once what does not fit into the queue, and later what waited too long', async () => {
  const slots = new Slots(['a'], { maxWaiting: 1, maxWaitMs: 20 });
  let end = () => {};
  const working = slots.use(() => new Promise<void>((resolve) => (end = resolve)));
  const waiting = slots.use(async () => 'never');
  await expect(slots.use(async () => 'never')).rejects.toMatchObject({ code: 202 });
  await expect(waiting).rejects.toMatchObject({ code: 202, message: expect.stringContaining('20 ms') });
  expect(slots.waiting).toBe(0);
  end();
  await working;
  await expect(slots.use(async (slot) => slot)).resolves.toBe('a');
});
