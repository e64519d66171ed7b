import { type Link, restName } from './paths-sql.ts';

/** Level by level the events of most people; all others are one, the rest. Who stops stays apart. */
export function foldRest(links: readonly Link[], top: number): Link[] {
  const people = new Map<number, Map<string, number>>();
  for (const { level, to, people: n } of links) {
    const at = people.get(level) ?? new Map<string, number>();
    at.set(to, (at.get(to) ?? 0) + n);
    people.set(level, at);
  }
  const kept = new Map(
    [...people].map(([level, at]) => {
      const named = [...at].filter(([name]) => name !== '' && name !== restName);
      named.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
      return [level, new Set(named.slice(0, top).map(([name]) => name))];
    }),
  );
  const told = (name: string, level: number) => (name === '' || kept.get(level)?.has(name) ? name : restName);
  const folded = new Map<string, Link>();
  for (const link of links) {
    // What an event is called, it is called on the level that it was reached by.
    const from = link.level === 0 ? link.from : told(link.from, link.level - 1);
    const to = told(link.to, link.level);
    const key = JSON.stringify([link.level, from, to]);
    const known = folded.get(key);
    if (known) known.people += link.people;
    else folded.set(key, { ...link, from, to });
  }
  return [...folded.values()].sort(
    (a, b) => a.level - b.level || b.people - a.people || (a.to < b.to ? -1 : 1),
  );
}
