import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operator } from './operator.ts';

export interface Address {
  name: string;
  path: string;
}

/** Views of a page that ask more of the server than the page as it opens. */
const furtherViews: readonly string[] = ['/?period=90d', '/events?name=Order%20Completed'];

/** Real addresses of pages that have a part of their own in the address; without a line here, the first of the list. */
const detailPages: Record<string, (operator: Operator) => Promise<Address[]>> = {
  '/people/$id': twoPeople,
};

/** Every page of the console's router, with real ids; `missing` are those for which nothing was found to look at. */
export async function addressesOf(operator: Operator): Promise<{ pages: Address[]; missing: string[] }> {
  const router = readFileSync(join(import.meta.dirname, '../../console/router.tsx'), 'utf8');
  const within: Record<string, string> = { inSettings: '/settings' };
  const routes = [...router.matchAll(/getParentRoute(?:: ([^\n]+))?,\s+path: '([^']+)'/g)].map(
    ([, parent = '', path = '']) =>
      parent in within ? `${within[parent]}${path === '/' ? '' : path}` : path,
  );
  if (routes.length === 0) throw new Error('The router names no page.');
  const pages: Address[] = [];
  const missing: string[] = [];
  for (const path of new Set(routes)) {
    if (path === '/sign-in') continue;
    if (!path.includes('$')) {
      pages.push({ name: path, path });
      continue;
    }
    const found = await (detailPages[path] ?? firstOfList(path))(operator);
    pages.push(...found);
    if (found.length === 0) missing.push(path);
  }
  pages.push(...furtherViews.map((path) => ({ name: decodeURIComponent(path), path })));
  return { pages, missing };
}

/** `/sources/$id` is shown with the first of `/api/sources`. */
function firstOfList(path: string) {
  const list = path.slice(0, path.indexOf('/$'));
  return async (operator: Operator): Promise<Address[]> => {
    const answer = await operator.get<{ items?: { id?: string }[] }>(`/api${list}`).catch(() => null);
    const id = answer?.items?.[0]?.id;
    return id === undefined ? [] : [{ name: path, path: path.replace(/\$\w+/, encodeURIComponent(id)) }];
  };
}

/** Somebody with as many events as people have on average, and one of those with the most. */
async function twoPeople(operator: Operator): Promise<Address[]> {
  const counted = `with counted as (
      select any(user_id) as user, count() as events from people_events
       where user_id != '' and workspace_id = (select workspace_id from events group by 1 order by count() desc limit 1)
       group by person)
    select user, events from counted`;
  const pick = (order: string) =>
    operator.events<{ user: string; events: string }>(`${counted} order by ${order}, user limit 1`);
  const average = await pick('abs(toFloat64(events) - (select avg(events) from counted))');
  const rows = [...average, ...(await pick('events desc'))];
  const found: Address[] = [];
  for (const { user, events } of rows) {
    const id = await idOf(operator, `user_id:${user}`);
    if (id) found.push({ name: `/people/$id, ${events} events`, path: `/people/${id}` });
  }
  return found;
}

async function idOf(operator: Operator, identifier: string): Promise<string | undefined> {
  const query = new URLSearchParams({ identifier });
  const { items } = await operator.get<{ items: { id: string }[] }>(`/api/people?${query}`);
  return items[0]?.id;
}

/** What people type who look for somebody: beginnings and wholes of what some people here are known by, and rubbish. */
export async function searchTerms(operator: Operator): Promise<{ what: string; term: string }[]> {
  const people: { name: string | null; identifiers: string[] }[] = [];
  let more = '';
  for (let page = 0; page < 3; page++) {
    const answer = await operator.get<{ items: typeof people; next: string | null }>(
      `/api/people?limit=300${more}`,
    );
    people.push(...answer.items);
    if (answer.next === null) break;
    more = `&cursor=${answer.next}`;
  }
  const values = (kind: string) =>
    people.flatMap(({ identifiers }) =>
      identifiers.filter((text) => text.startsWith(`${kind}:`)).map((text) => text.slice(kind.length + 1)),
    );
  const names = people.flatMap(({ name }) => (name ? [name] : []));
  const [latin, chinese] = [
    names.filter((n) => /^[a-z]/i.test(n)),
    names.filter((n) => /\p{Script=Han}/u.test(n)),
  ];
  const ways: [what: string, from: readonly string[], length: number][] = [
    ['e-mail, 2 letters', values('email'), 2],
    ['e-mail, 4 letters', values('email').slice(5), 4],
    ['e-mail, whole', values('email').slice(9), 200],
    ['phone, 5 digits', values('phone'), 5],
    ['phone, whole', values('phone').slice(3), 200],
    ['card, 4 digits', values('card'), 4],
    ['card, whole', values('card').slice(2), 200],
    ['user id, whole', values('user_id').slice(4), 200],
    ['name, 2 letters', latin, 2],
    ['name, 4 letters', latin.slice(2), 4],
    ['given name', latin.slice(4).map((name) => name.split(' ')[0] ?? name), 200],
    ['family name', latin.slice(6).map((name) => name.split(' ').at(-1) ?? name), 200],
    ['whole name', latin.slice(8), 200],
    ['Chinese name, 2 characters', chinese, 2],
    ['Chinese name, whole', chinese.slice(2), 200],
  ];
  const terms = ways.flatMap(([what, from, length]) =>
    [0, 10].flatMap((place) => {
      const value = from[place];
      return value === undefined ? [] : [{ what, term: [...value].slice(0, length).join('') }];
    }),
  );
  terms.push({ what: 'nobody', term: 'zzqxjy' }, { what: 'nobody, digits', term: '+44999999' });
  // What was searched once is remembered by the browser.
  return [...new Map(terms.map((one) => [one.term, one])).values()];
}
