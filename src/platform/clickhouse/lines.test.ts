import { expect, test } from 'vitest';
import { LineWatch } from './lines.ts';

test.each([
  ['nothing', [''], true],
  ['whole lines', ['1\ta\n2\tb\n'], true],
  ['lines in pieces', ['1', '\ta', '\n', '2\t', 'b\n3\tc', '\n'], true],
  ['a cut line', ['1\ta\n2\t'], false],
  ['a line of the engine at the end', ['1\ta\n2\tb\n', 'Code: 241. DB::Exception: no memory\n'], false],
  ['a line of the engine, in pieces', ['1\ta\n', 'Code: 241. DB::', 'Exception\n'], false],
  ['nothing but a line of the engine', ['Code: 241. DB::Exception: no memory\n'], false],
])('%s', (_, pieces, whole) => {
  const watch = new LineWatch();
  for (const piece of pieces) watch.saw(Buffer.from(piece));
  expect(watch.areWhole()).toBe(whole);
});
