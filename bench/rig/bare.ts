import { clickHouseOf } from './program.ts';

const rowsAnInsert = 100_000;

/**
 * What the engine alone can do: reads the rows that the program stored and inserts them, in bulk and nothing else,
 * into a table of the same shape and the same durability. Rows a second over the inserts; reading does not count.
 */
export async function bareInsert(
  home: string,
  most: number,
): Promise<{ rows: number; rowsPerSecond: number }> {
  const { url, user, password } = clickHouseOf(home);
  const say = async (query: string, body?: Buffer): Promise<Buffer> => {
    const asked = new URL(url);
    asked.searchParams.set('database', 'pando');
    asked.searchParams.set('query', query);
    const answer = await fetch(asked, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      ...(body ? { body: new Uint8Array(body) } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok)
      throw new Error(`ClickHouse answered ${answer.status}: ${bytes.toString().slice(0, 300)}`);
    return bytes;
  };
  await say('create table bench_bare as events');
  const [upTo = 0] = (await say('select max(seq) from events format TabSeparated'))
    .toString()
    .split('\n')
    .map(Number);
  let rows = 0;
  let ms = 0;
  let from = 0;
  // By batches of the log, so that the rows come in the order in which they came to the program.
  const counted = await say('select seq, count() from events group by seq order by seq format TabSeparated');
  const sizes = counted
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map(Number) as [number, number]);
  let gathered = 0;
  for (const [seq, size] of sizes) {
    gathered += size;
    if (gathered < rowsAnInsert && seq < upTo) continue;
    const body = await say(
      `select * from events where seq > ${from} and seq <= ${seq} order by seq format TabSeparated`,
    );
    const started = performance.now();
    await say('insert into bench_bare format TabSeparated', body);
    ms += performance.now() - started;
    rows += gathered;
    gathered = 0;
    from = seq;
    if (rows >= most) break;
  }
  const [there = 0] = (await say('select count() from bench_bare format TabSeparated'))
    .toString()
    .split('\n')
    .map(Number);
  if (there !== rows) throw new Error(`The bare insert wrote ${there} rows of ${rows}.`);
  await say('drop table bench_bare sync');
  return { rows, rowsPerSecond: rows / (ms / 1000) };
}
