import { openAsBlob, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { manualClock } from '#platform/clock';
import { dataFolder } from '../../../../test/data.ts';
import { testImports } from '../../../../test/fixtures/imports.ts';
import { createSegments } from '../segments.ts';

const nowMs = Date.UTC(2011, 11, 11);
const file = () => join(dataFolder() ?? '', 'online-retail.csv.gz');

/** The same from the file's lines alone, with doubles, as a notebook would. */
function groupsOfTheFile(): Record<string, number> {
  const customers = new Map<string, { last: number; invoices: Set<string>; pence: number }>();
  for (const line of gunzipSync(readFileSync(file())).toString('utf8').split('\n').slice(1)) {
    // Only the description may be quoted, and hold commas.
    const cells = line.replace(/"(?:[^"]|"")*"/, '').split(',');
    const [invoice = '', , , quantity = '', date = '', price = '', customer = ''] = cells;
    if (customer === '' || !(Number(quantity) > 0) || !(Number(price) > 0)) continue;
    let one = customers.get(customer);
    if (!one) customers.set(customer, (one = { last: 0, invoices: new Set(), pence: 0 }));
    one.last = Math.max(one.last, Date.parse(`${date.replace(' ', 'T')}Z`));
    one.invoices.add(invoice);
    one.pence += Math.round(Number(quantity) * Number(price) * 1000);
  }
  const list = [...customers].map(([id, { last, invoices, pence }]) => ({
    id: Number(id),
    days: Math.floor((nowMs - last) / 86_400_000),
    invoices: invoices.size,
    pence,
  }));
  const quantile = (sorted: number[], k: number) => {
    const place = (k / 5) * (sorted.length - 1);
    const [low = 0, high = low] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
    return low + (high - low) * (place - Math.floor(place));
  };
  const fifths = (values: number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const edges = [1, 2, 3, 4].map((k) => quantile(sorted, k));
    return (value: number) => 1 + edges.filter((edge) => edge < value).length;
  };
  list.sort((a, b) => a.invoices - b.invoices || a.id - b.id);
  const ofDays = fifths(list.map((one) => one.days));
  const ofRank = fifths(list.map((_, i) => i + 1));
  const patterns: [RegExp, string][] = [
    [/[1-2][1-2]/, 'hibernating'],
    [/[1-2][3-4]/, 'at_risk'],
    [/[1-2]5/, 'cant_lose'],
    [/3[1-2]/, 'about_to_sleep'],
    [/33/, 'need_attention'],
    [/[3-4][4-5]/, 'loyal'],
    [/41/, 'promising'],
    [/51/, 'new'],
    [/[4-5][2-3]/, 'potential_loyalist'],
    [/5[4-5]/, 'champions'],
  ];
  const counts: Record<string, number> = {};
  list.forEach((one, i) => {
    const scores = `${6 - ofDays(one.days)}${ofRank(i + 1)}`;
    const name = patterns.find(([pattern]) => pattern.test(scores))?.[1] ?? scores;
    counts[name] = (counts[name] ?? 0) + 1;
  });
  return counts;
}

test.skipIf(!dataFolder())(
  'the ten groups of the real file are those that its lines give',
  async () => {
    const on = await testImports();
    try {
      await on.bring({ name: 'online-retail', file: await openAsBlob(file()) });
      const { workspaceId } = on.program;
      const { snapshots } = createSegments({ ...on.program, clock: manualClock(nowMs) });
      await snapshots.make(workspaceId, 'rfm');
      const counts = await snapshots.counts(workspaceId, 'rfm_group');
      const groups = Object.fromEntries(counts.map(({ value, people }) => [value, people]));
      process.stdout.write(`online-retail, 2011-12-11: ${JSON.stringify(groups)}\n`);
      expect(groups).toEqual(groupsOfTheFile());
      expect(Object.values(groups).reduce((sum, n) => sum + n, 0)).toBe(4338);
    } finally {
      await on.drop();
    }
  },
  300_000,
);
