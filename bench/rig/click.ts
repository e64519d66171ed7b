import { clickHouseOf } from './program.ts';

/** Asks the ClickHouse of a program that runs on this home, beside the program; the answer as text. */
export function askClickHouse(home: string): (query: string) => Promise<string> {
  const { url, user, password } = clickHouseOf(home);
  return async (query) => {
    const asked = new URL(url);
    asked.searchParams.set('database', 'pando');
    const answer = await fetch(asked, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      body: query,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`ClickHouse answered ${answer.status}: ${text.slice(0, 500)}`);
    return text;
  };
}
