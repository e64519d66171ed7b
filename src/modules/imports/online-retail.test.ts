import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataFolder } from '../../../test/data.ts';
import { testImports } from '../../../test/fixtures/imports.ts';

test.skipIf(!dataFolder())(
  'the real file has the figures that anyone can recompute, also when it is sent twice',
  async () => {
    const on = await testImports();
    try {
      const file = await openAsBlob(join(dataFolder() ?? '', 'online-retail.csv.gz'));
      for (const counts of [
        { accepted: 25_900, duplicates: 0 },
        { accepted: 0, duplicates: 25_900 },
      ]) {
        const found = await on.bring({ name: 'online-retail', file });
        expect(found).toMatchObject({
          ...{ state: 'done', preset: 'online-retail', rows: 541_909, rejected: 0, quarantined: 0 },
          ...counts,
        });
        process.stdout.write(`online-retail: ${found.rows_per_s} rows/s\n`);
        expect(await on.overview()).toMatchObject({
          known_people: 4372,
          orders: 22_064,
          returns: 3836,
          buyers: 4338,
          paid_orders: 18_532,
          known_revenue: { GBP: '8911407.904' },
          revenue: { GBP: '10644560.424' },
        });
      }
    } finally {
      await on.drop();
    }
  },
  300_000,
);
