import { describe, expect, it } from 'vitest';
import type { Decision, Identifier, Tie } from './graph.ts';
import { resolvePeople } from './graph.ts';

const kinds: Record<string, { kind: string; unique: boolean }> = {
  u: { kind: 'user_id', unique: true },
  c: { kind: 'card', unique: true },
  e: { kind: 'email', unique: false },
  p: { kind: 'phone', unique: false },
  a: { kind: 'anonymous_id', unique: false },
};

/** Names like `u1` are identifiers; the key is the place of their first mention. */
function world() {
  const names: string[] = [];
  const key = (name: string) => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name) + 1;
  };
  const ties: Tie[] = [];
  const decisions: Decision[] = [];
  const off = new Set<string>();
  return {
    names,
    off,
    tie(at: number, ...members: string[]) {
      ties.push({ id: `${at}:${members.join('+')}`, keys: members.map(key), at });
    },
    alias(at: number, from: string, to: string) {
      ties.push({
        id: `${at}:${from}>${to}`,
        keys: [key(from), key(to)],
        at,
        alias: { from: key(from), to: key(to) },
      });
    },
    join(left: string[], right: string[]) {
      decisions.push({
        id: decisions.length,
        kind: 'join',
        left: left.map(key),
        right: right.map(key),
        bonds: right.map((name) => [key(left[0] as string), key(name)]),
      });
    },
    split(left: string[], right: string[], bonds: [string, string][] = []) {
      decisions.push({
        id: decisions.length,
        kind: 'split',
        left: left.map(key),
        right: right.map(key),
        bonds: bonds.map(([a, b]) => [key(a), key(b)]),
      });
    },
    people(limits: Record<string, number> = {}) {
      const identifiers: Identifier[] = names.map((name, i) => ({
        key: i + 1,
        ...(kinds[name.charAt(0)] as { kind: string; unique: boolean }),
        off: off.has(name),
        overLimit: false,
      }));
      const found = resolvePeople(identifiers, ties, decisions, limits);
      const groups = Map.groupBy(names, (_, i) => found.person.get(i + 1));
      return {
        groups: [...groups.values()].map((group) => group.sort().join(' ')).sort(),
        retired: [...found.retired].map((k) => names[k - 1]),
        overLimit: [...found.overLimit].map((k) => names[k - 1]),
        outcomes: Object.fromEntries(found.outcomes),
      };
    },
  };
}

describe('one person', () => {
  it('is whoever events tie together', () => {
    const w = world();
    w.tie(1, 'u1', 'a1');
    w.tie(2, 'u1', 'e1');
    w.tie(3, 'a2', 'e1');
    expect(w.people().groups).toEqual(['a1 a2 e1 u1']);
  });

  it('never has two living user ids: the earlier tie stands, the later is a conflict', () => {
    const w = world();
    w.tie(5, 'u2', 'a1');
    w.tie(1, 'u1', 'a1');
    const people = w.people();
    expect(people.groups).toEqual(['a1 u1', 'u2']);
    expect(people.outcomes['5:u2+a1']).toBe('conflict');
  });

  it('gets nothing from an event that ties it to somebody else, not even the rest of that event', () => {
    const w = world();
    w.tie(1, 'u1', 'e1');
    w.tie(2, 'u2', 'a2', 'e1');
    expect(w.people().groups).toEqual(['a2', 'e1 u1', 'u2']);
  });

  it('takes a new user id by an alias; the old one is retired and stays', () => {
    const w = world();
    w.tie(1, 'u1', 'a1');
    w.alias(2, 'u1', 'u2');
    w.tie(3, 'u2', 'a2');
    const people = w.people();
    expect(people.groups).toEqual(['a1 a2 u1 u2']);
    expect(people.retired).toEqual(['u1']);
  });

  it('is what the team says: a join over two cards retires the other one', () => {
    const w = world();
    w.tie(1, 'c1', 'a1');
    w.tie(2, 'c2', 'a2');
    w.join(['c1'], ['c2']);
    const people = w.people();
    expect(people.groups).toEqual(['a1 a2 c1 c2']);
    expect(people.retired).toEqual(['c2']);
  });
});

describe('a split', () => {
  it('keeps both sides apart, whatever ties them later', () => {
    const w = world();
    w.tie(1, 'u1', 'a1');
    w.tie(2, 'u1', 'e1');
    w.split(['u1', 'e1'], ['a1']);
    w.tie(3, 'a1', 'e1');
    const people = w.people();
    expect(people.groups).toEqual(['a1', 'e1 u1']);
    expect(people.outcomes['3:a1+e1']).toBe('apart');
  });

  it('is lifted by a later join, and a join by a later split', () => {
    const w = world();
    w.tie(1, 'u1', 'a1');
    w.split(['u1'], ['a1']);
    expect(w.people().groups).toEqual(['a1', 'u1']);
    w.join(['u1'], ['a1']);
    expect(w.people().groups).toEqual(['a1 u1']);
    w.split(['u1'], ['a1']);
    expect(w.people().groups).toEqual(['a1', 'u1']);
  });

  it('holds a side together that only the other side held together', () => {
    const w = world();
    w.tie(1, 'a1', 'u1');
    w.tie(2, 'a2', 'u1');
    w.split(['a1', 'a2'], ['u1'], [['a1', 'a2']]);
    expect(w.people().groups).toEqual(['a1 a2', 'u1']);
  });
});

describe('what does not link', () => {
  it("is the shop's own phone: past its limit it lets go of everybody", () => {
    const w = world();
    for (let i = 1; i <= 3; i++) w.tie(i, `c${i}`, 'p0');
    expect(w.people({ card: 3 }).groups).toContain('c1 p0');
    w.tie(4, 'c4', 'p0');
    const people = w.people({ card: 3 });
    expect(people.overLimit).toEqual(['p0']);
    expect(people.groups).toEqual(['c1', 'c2', 'c3', 'c4', 'p0']);
  });

  it('is a shared device, but what else came with it still ties', () => {
    const w = world();
    w.tie(1, 'u1', 'e1', 'a0');
    w.tie(2, 'u2', 'a0');
    w.off.add('a0');
    expect(w.people().groups).toEqual(['a0', 'e1 u1', 'u2']);
  });
});
