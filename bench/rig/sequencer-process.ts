import { createTransparency } from '#modules/transparency';
import { systemClock as clock } from '#platform/clock';
import { createLog } from '#platform/log';
import { openPostgres } from '#platform/postgres';

// Follows the public logs of a database until it is killed: node sequencer-process.ts URL HOME
const [url = '', home = ''] = process.argv.slice(2);
const log = createLog({ level: 'error', pretty: false });
const pg = await openPostgres({ url, log, clock });
const transparency = createTransparency({
  ...{ pg, clock, log, home },
  secret: 'of the tests',
  publicUrl: () => 'https://brand.example',
});
transparency.start();
process.stdout.write('follows\n');
