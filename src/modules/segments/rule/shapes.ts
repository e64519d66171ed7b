import type { Atom, EventTest, Field } from './atoms.ts';
import { type EventRow, EventView } from './event.ts';
import type { JsonValue } from './json.ts';
import type { Masks, Slot } from './node.ts';
import { type Matcher, Series, type SlotPlace } from './series.ts';
import type { Entry } from './timeline.ts';

/** All that events of one set of atoms have to themselves. */
interface Shape {
  readonly id: number;
  readonly atoms: readonly number[];
  readonly slots: readonly Slot[];
}

/** A way down by the outcome of one atom after the other. */
interface Branch {
  no: Branch | null;
  yes: Branch | null;
  shape: Shape | null | undefined;
}

const branch = (): Branch => ({ no: null, yes: null, shape: undefined });

type OfValue = NonNullable<EventTest['of']>;

/** A test, and which of the fields it looks at; -1 for none of them. */
interface Look {
  readonly test: EventTest;
  readonly of: number;
}

/** What an event of one name and type may match, and the shapes that came of it. */
interface Candidates {
  readonly fields: readonly Field[];
  /** Of the event that is being looked at, by field. */
  readonly values: (JsonValue | undefined)[];
  readonly tests: readonly Look[];
  readonly outcomes: Uint8Array;
  readonly atoms: readonly { id: number; tests: readonly number[] }[];
  readonly root: Branch;
}

/** A number for each shape. */
class Table {
  of = new Uint16Array(64);

  put(i: number, value: number): void {
    if (i >= this.of.length) {
      const larger = new Uint16Array(Math.max(i + 1, this.of.length * 2));
      larger.set(this.of);
      this.of = larger;
    }
    this.of[i] = value;
  }
}

class ShapeMatcher implements Matcher {
  readonly atoms: ReadonlySet<number>;
  has = new Uint8Array(64);

  constructor(atoms: ReadonlySet<number>) {
    this.atoms = atoms;
  }

  put(i: number, value: number): void {
    if (i >= this.has.length) {
      const larger = new Uint8Array(Math.max(i + 1, this.has.length * 2));
      larger.set(this.has);
      this.has = larger;
    }
    this.has[i] = value;
  }
}

class ShapeMasks extends Table implements Masks {
  readonly lists: readonly ReadonlySet<number>[];

  constructor(lists: readonly ReadonlySet<number>[]) {
    super();
    this.lists = lists;
  }
}

class ShapeSlot implements SlotPlace {
  readonly table = new Table();
  readonly slot: Slot;
  readonly atoms = new Set<number>();

  constructor(slot: Slot) {
    this.slot = slot;
  }

  get offset(): Uint16Array {
    return this.table.of;
  }
}

/** The atoms of a set of rules, and the distinct sets of them that events matched. */
export class Shapes {
  readonly #atoms: Atom[] = [];
  readonly #ids = new Map<string, number>();
  readonly #matchers = new Map<string, ShapeMatcher>();
  readonly #slots = new Map<string, ShapeSlot>();
  readonly #masks = new Map<string, ShapeMasks>();
  readonly #series = new Map<string, Series>();
  readonly #shapes: Shape[] = [];
  readonly #byAtoms = new Map<string, Shape>();
  /** The names of those that are looked at. */
  readonly traits: string[] = [];
  readonly widths = new Table();
  readonly #candidates = new Map<string, Map<string, Candidates>>();
  #known: ReadonlySet<string> | null = null;

  matcher(atoms: readonly Atom[]): Matcher {
    const ids = new Set(atoms.map((one) => this.#idOf(one)));
    const key = [...ids].sort((a, b) => a - b).join();
    let matcher = this.#matchers.get(key);
    if (!matcher) this.#matchers.set(key, (matcher = new ShapeMatcher(ids)));
    return matcher;
  }

  masks(lists: readonly (readonly Atom[])[]): Masks {
    const ids = lists.map((atoms) => new Set(atoms.map((one) => this.#idOf(one))));
    const key = ids.map((some) => [...some].sort((a, b) => a - b).join()).join(' ');
    let masks = this.#masks.get(key);
    if (!masks) this.#masks.set(key, (masks = new ShapeMasks(ids)));
    return masks;
  }

  trait(name: string): number {
    const known = this.traits.indexOf(name);
    return known >= 0 ? known : this.traits.push(name) - 1;
  }

  series(atoms: readonly Atom[], slot?: Slot): Series {
    const place = slot ? this.#slot(atoms, slot) : null;
    const matcher = this.matcher(atoms);
    const ids = atoms.map((one) => this.#idOf(one)).sort((a, b) => a - b);
    const key = `${ids.join()} ${slot?.key ?? ''}`;
    let series = this.#series.get(key);
    if (!series) this.#series.set(key, (series = new Series(matcher, place)));
    return series;
  }

  #slot(atoms: readonly Atom[], slot: Slot): SlotPlace {
    let place = this.#slots.get(slot.key);
    if (!place) this.#slots.set(slot.key, (place = new ShapeSlot(slot)));
    for (const one of atoms) place.atoms.add(this.#idOf(one));
    return place;
  }

  get atoms(): readonly Atom[] {
    return this.#atoms;
  }

  get slots(): readonly Slot[] {
    return [...this.#slots.values()].map((place) => place.slot);
  }

  atomsOf(shape: number): readonly number[] {
    return this.#shapes[shape]?.atoms ?? [];
  }

  get size(): number {
    return this.#shapes.length;
  }

  idOf(one: Atom): number {
    return this.#idOf(one);
  }

  entryOf(row: EventRow, time: number): Entry | null {
    const { fields, values, tests, outcomes, atoms, root } = this.#candidatesOf(
      row.type ?? '',
      row.event ?? '',
    );
    if (atoms.length === 0) return null;
    const view = new EventView(row);
    for (let i = 0; i < fields.length; i++) values[i] = (fields[i] as Field).value(view);
    for (let i = 0; i < tests.length; i++) {
      const { of, test } = tests[i] as Look;
      outcomes[i] = (of < 0 ? test.holds(view) : (test.of as OfValue).test.holds(values[of], 0)) ? 1 : 0;
    }
    let here = root;
    for (const { tests: needed } of atoms) {
      let holds = true;
      for (let i = 0; i < needed.length; i++) {
        if (outcomes[needed[i] as number] === 0) {
          holds = false;
          break;
        }
      }
      here = holds ? (here.yes ??= branch()) : (here.no ??= branch());
    }
    if (here.shape === undefined) {
      here.shape = this.#shapeOf(
        atoms.filter((one) => one.tests.every((i) => outcomes[i] === 1)).map((one) => one.id),
      );
    }
    const { shape } = here;
    if (shape === null) return null;
    return { time, shape: shape.id, values: shape.slots.length === 0 ? null : valuesOf(shape.slots, view) };
  }

  #idOf(one: Atom): number {
    let id = this.#ids.get(one.key);
    if (id === undefined) {
      id = this.#atoms.push(one) - 1;
      this.#ids.set(one.key, id);
    }
    return id;
  }

  #candidatesOf(type: string, event: string): Candidates {
    this.#known ??= new Set(this.#atoms.flatMap((one) => one.names ?? []));
    // Names that no rule knows share one entry, so that this stays small.
    const name = type === 'track' && this.#known.has(event) ? event : '';
    let ofType = this.#candidates.get(type);
    if (!ofType) this.#candidates.set(type, (ofType = new Map()));
    let candidates = ofType.get(name);
    if (!candidates) ofType.set(name, (candidates = this.#lookFor(type, name)));
    return candidates;
  }

  #lookFor(type: string, name: string): Candidates {
    const fitting = this.#atoms.flatMap((one, id) => {
      const any = !one.names && !one.types;
      const named = type === 'track' && (one.names?.includes(name) ?? false);
      return any || named || (one.types?.includes(type) ?? false) ? [{ id, one }] : [];
    });
    const places = new Map<string, number>();
    const tests: Look[] = [];
    const fields: Field[] = [];
    const fieldPlace = ({ field }: OfValue) => {
      const known = fields.findIndex((one) => one.key === field.key);
      return known >= 0 ? known : fields.push(field) - 1;
    };
    const place = (test: EventTest) => {
      let i = places.get(test.key);
      if (i === undefined)
        places.set(test.key, (i = tests.push({ test, of: test.of ? fieldPlace(test.of) : -1 }) - 1));
      return i;
    };
    const atoms = fitting.map(({ id, one }) => ({ id, tests: one.tests.map(place) }));
    return { fields, values: [], tests, outcomes: new Uint8Array(tests.length), atoms, root: branch() };
  }

  #shapeOf(atoms: readonly number[]): Shape | null {
    if (atoms.length === 0) return null;
    const key = atoms.join();
    const known = this.#byAtoms.get(key);
    if (known) return known;
    const id = this.#shapes.length;
    const slots: Slot[] = [];
    let width = 0;
    for (const place of this.#slots.values()) {
      const carries = atoms.some((one) => place.atoms.has(one));
      place.table.put(id, carries ? width + 1 : 0);
      if (!carries) continue;
      slots.push(place.slot);
      width += place.slot.width;
    }
    for (const matcher of this.#matchers.values()) {
      matcher.put(id, atoms.some((one) => matcher.atoms.has(one)) ? 1 : 0);
    }
    for (const masks of this.#masks.values()) {
      const bits = masks.lists.map((list, i) => (atoms.some((one) => list.has(one)) ? 1 << i : 0));
      masks.put(
        id,
        bits.reduce((mask, bit) => mask | bit, 0),
      );
    }
    this.widths.put(id, width);
    const shape: Shape = { id, atoms, slots };
    this.#shapes.push(shape);
    this.#byAtoms.set(key, shape);
    return shape;
  }
}

function valuesOf(slots: readonly Slot[], view: EventView): (number | string)[] {
  const values: (number | string)[] = [];
  for (const slot of slots) values.push(...slot.read(view));
  return values;
}
