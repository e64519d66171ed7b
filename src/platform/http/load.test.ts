import { setTimeout as after, setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchLoad } from './load.ts';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('one long pause is no overload; turns that stay long are, until they are short again', async () => {
  const load = watchLoad();
  try {
    block(1200);
    await nextTurn();
    expect(load.overloaded()).toBe(false);
    await after(700);
    for (let turn = 0; turn < 5; turn++) {
      block(700);
      await nextTurn();
    }
    expect(load.overloaded()).toBe(true);
    await expect.poll(() => load.overloaded(), { timeout: 10_000 }).toBe(false);
  } finally {
    load.close();
  }
});
