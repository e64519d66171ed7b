import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nothing } from '../rule/index.ts';
import { PersonState } from '../rule/timeline.ts';
import { Arena } from './arena.ts';
import { Memory } from './memory.ts';
import { isIn, type Person, setIn } from './person.ts';

// People are put away as numbers and bytes, and taken out again as they were.

const editions = 70;
/** Entries of shape 1 carry one value, those of shape 2 two. */
const widths = { of: new Uint16Array([0, 1, 2]) };

/** As little memory as somebody could write who need not care for how much of it there is. */
interface Remembered {
  keys: number[];
  entries: { time: number; shape: number; values: (number | string)[] }[];
  traits: PersonState['traits'];
  consent: Record<string, readonly [boolean, number]>;
  ins: Set<number>;
  near: Map<number, number>;
  due: number;
}

const entry = fc
  .record({
    time: fc.integer({ min: 0, max: 50 }),
    shape: fc.integer({ min: 0, max: 2 }),
    values: fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom('a', 'b', 'ü')), {
      minLength: 2,
      maxLength: 2,
    }),
  })
  .map(({ time, shape, values }) => ({ time, shape, values: values.slice(0, shape) }));
const who = fc.integer({ min: 1, max: 12 });
const place = fc.integer({ min: 0, max: editions - 1 });
const words = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const trait = fc.option(fc.oneof(words, fc.array(words, { maxLength: 3 })), { nil: undefined });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ add: who, entries: fc.array(entry, { minLength: 1, maxLength: 9 }) }) },
  fc.record({ put: who, others: fc.uniqueArray(fc.integer({ min: 20, max: 30 }), { maxLength: 3 }) }),
  fc.record({ set: who, place, to: fc.boolean(), moment: fc.integer({ min: 0, max: 99 }) }),
  fc.record({ mark: who, place }),
  fc.record({ know: who, trait, at: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ remove: who }),
  fc.record({ join: who, with: who }),
  fc.record({ end: fc.constant(true) }),
);

function entriesOf({ state }: Person): Remembered['entries'] {
  let cell = 0;
  return Array.from({ length: state.size }, (_, i) => {
    const shape = state.shape[i] as number;
    const values = Array.from({ length: shape }, () => {
      const at = state.cells?.[cell++] as number;
      return state.textOf(at) ?? at;
    });
    return { time: state.time[i] as number, shape, values };
  });
}

/** In the order of their times, those of one time as they came. */
function insert(into: Remembered['entries'], one: Remembered['entries'][number]): void {
  const after = into.findLastIndex(({ time }) => time <= one.time);
  into.splice(after + 1, 0, one);
}

const memoryFor = (room: number) =>
  new Memory({ room, editions, newState: (person, held) => new PersonState(person, widths, held) });

function newcomer(memory: Memory, key: number, others: readonly number[]): Person {
  return memory.newPerson(key, [key, ...others], new PersonState(key, widths));
}

describe('people at hand', () => {
  test('are as whoever was put, changed, joined and removed, however often rounds ended between', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
        const memory = memoryFor(1_000_000);
        const model = new Map<number, Remembered>();
        for (const one of steps) {
          if ('put' in one) {
            const fresh = newcomer(memory, one.put, one.others);
            fresh.due = one.put;
            memory.put(fresh);
            const keys = [one.put, ...one.others];
            const [entries, traits, consent] = [[], [], {}];
            model.set(one.put, {
              keys,
              entries,
              traits,
              consent,
              ins: new Set(),
              near: new Map(),
              due: one.put,
            });
          } else if ('add' in one) {
            const [person, known] = [memory.person(one.add), model.get(one.add)];
            expect(person === undefined).toBe(known === undefined);
            for (const added of one.entries) {
              person?.state.add({ ...added, values: added.shape === 0 ? null : added.values });
              if (known) insert(known.entries, added);
            }
          } else if ('set' in one) {
            const [person, known] = [memory.person(one.set), model.get(one.set)];
            if (!person || !known) continue;
            setIn(person, one.place, one.to);
            known.ins[one.to ? 'add' : 'delete'](one.place);
            if (one.moment % 3 === 0) {
              person.near?.delete(one.place);
              known.near.delete(one.place);
            } else {
              (person.near ??= new Map()).set(one.place, one.moment);
              known.near.set(one.place, one.moment);
            }
          } else if ('mark' in one) {
            memory.markIn(one.mark, one.place);
            model.get(one.mark)?.ins.add(one.place);
          } else if ('know' in one) {
            const [person, known] = [memory.person(one.know), model.get(one.know)];
            if (!person || !known) continue;
            const traits = [undefined, one.trait];
            person.state.traits = traits;
            person.state.facts = { ...nothing, consent: { news: [true, one.at] } };
            known.traits = traits;
            known.consent = { news: [true, one.at] };
          } else if ('remove' in one) {
            memory.remove(one.remove);
            model.delete(one.remove);
          } else if ('join' in one) {
            const [into, from] = [memory.person(one.join), memory.person(one.with)];
            const [known, other] = [model.get(one.join), model.get(one.with)];
            if (!into || !from || !known || !other || into === from) continue;
            memory.remove(from.key);
            into.state.absorb(from.state);
            memory.remove(into.key);
            into.keys = [...into.keys, ...from.keys];
            memory.put(into);
            for (const added of other.entries) insert(known.entries, added);
            known.keys = [...known.keys, ...other.keys];
            model.delete(one.with);
          } else memory.endRound();
        }
        expect([...memory.keys()].sort()).toEqual([...model.keys()].sort());
        for (const [key, known] of model) {
          for (let i = 0; i < editions; i++) {
            const standing = { is_in: known.ins.has(i), until_ms: known.near.get(i) ?? 0 };
            expect(memory.standing(key, i)).toEqual(standing);
          }
          const person = memory.person(key) as Person;
          expect(person.key).toBe(key);
          expect(person.keys).toEqual(known.keys);
          expect(entriesOf(person)).toEqual(known.entries);
          expect(person.state.traits[0]).toBeUndefined();
          expect(person.state.traits[1]).toEqual(known.traits[1]);
          expect(person.state.facts.consent).toEqual(known.consent);
          const ins = Array.from({ length: editions }, (_, i) => i).filter((i) => isIn(person, i));
          expect(new Set(ins)).toEqual(known.ins);
          expect(new Map(person.near ?? [])).toEqual(known.near);
          expect(person.due).toBe(known.due);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('are one and the same object within a round, by whichever identifier', () => {
    const memory = memoryFor(1_000);
    memory.put(newcomer(memory, 1, [7]));
    memory.endRound();
    expect(memory.knows(7)).toBe(true);
    expect(memory.byKey(7)).toBe(memory.person(1));
    expect(memory.byKey(8)).toBeUndefined();
  });

  test('go when there is no room, whoever was not needed for longest first', () => {
    const memory = memoryFor(200);
    for (let key = 1; key <= 40; key++) {
      memory.put(newcomer(memory, key, []));
      memory.person(1);
      memory.endRound();
    }
    expect(memory.has(1)).toBe(true);
    expect(memory.has(2)).toBe(false);
    expect(memory.has(40)).toBe(true);
    expect(memory.size).toBeLessThan(25);
    for (const key of memory.keys()) memory.remove(key);
    expect(memory.isFull).toBe(false);
    expect(memory.knows(40)).toBe(false);
  });
});

describe('an arena', () => {
  test('never has two blocks at one place, and uses what was let go again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 700_000 }), drop: fc.nat(30) }), {
          minLength: 1,
          maxLength: 60,
        }),
        (steps) => {
          const arena = new Arena();
          const held: { address: number; size: number; mark: number }[] = [];
          let mark = 0;
          const view = ({ address, size }: { address: number; size: number }) => {
            const { chunk, offset } = arena.at(address);
            return new Uint8Array(chunk, offset, size);
          };
          for (const { bytes, drop } of steps) {
            const size = arena.sizeFor(bytes);
            expect(size).toBeGreaterThanOrEqual(bytes);
            expect(arena.sizeFor(size)).toBe(size);
            const block = { address: arena.take(size), size, mark: (mark = (mark + 1) % 256) };
            view(block).fill(block.mark);
            held.push(block);
            const gone = held[drop];
            if (gone) {
              arena.letGo(gone.address, gone.size);
              held.splice(drop, 1);
            }
          }
          for (const block of held) expect(view(block).every((byte) => byte === block.mark)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
    const arena = new Arena();
    const size = arena.sizeFor(1_000);
    for (let i = 0; i < 5_000; i++) arena.letGo(arena.take(size), size);
    expect(arena.bytes).toBe(1 << 20);
  });
});
