import type { Atom, EventTest } from './atoms.ts';
import { type EventRow, EventView } from './event.ts';
import type { Matcher, Slot, SlotPlace } from './node.ts';
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

/** What an event of one name and type may match, and the shapes that came of it. */
interface Candidates {
  readonly tests: readonly EventTest[];
  readonly outcomes: Uint8Array;
  readonly atoms: readonly { id: number; tests: readonly number[] }[];
  readonly root: Branch;
}

class Table {
  bytes = new Uint8Array(64);

  put(i: number, value: number): void {
    if (i >= this.bytes.length) {
      const larger = new Uint8Array(Math.max(i + 1, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[i] = value;
  }
}

class ShapeMatcher implements Matcher {
  readonly table = new Table();
  readonly atoms: ReadonlySet<number>;

  constructor(atoms: ReadonlySet<number>) {
    this.atoms = atoms;
  }

  get has(): Uint8Array {
    return this.table.bytes;
  }
}

class ShapeSlot implements SlotPlace {
  readonly table = new Table();
  readonly slot: Slot;
  readonly atoms = new Set<number>();

  constructor(slot: Slot) {
    this.slot = slot;
  }

  get offset(): Uint8Array {
    return this.table.bytes;
  }
}

/** The atoms of a set of rules, and the distinct sets of them that events matched. */
export class Shapes {
  readonly #atoms: Atom[] = [];
  readonly #ids = new Map<string, number>();
  readonly #matchers = new Map<string, ShapeMatcher>();
  readonly #slots = new Map<string, ShapeSlot>();
  readonly #shapes: Shape[] = [];
  readonly #byAtoms = new Map<string, Shape>();
  readonly #candidates = new Map<string, Map<string, Candidates>>();
  #known: ReadonlySet<string> | null = null;

  matcher(atoms: readonly Atom[]): Matcher {
    const ids = new Set(atoms.map((one) => this.#idOf(one)));
    const key = [...ids].sort((a, b) => a - b).join();
    let matcher = this.#matchers.get(key);
    if (!matcher) this.#matchers.set(key, (matcher = new ShapeMatcher(ids)));
    return matcher;
  }

  slot(atoms: readonly Atom[], slot: Slot): SlotPlace {
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
    const { tests, outcomes, atoms, root } = this.#candidatesOf(row.type ?? '', row.event ?? '');
    if (atoms.length === 0) return null;
    const view = new EventView(row);
    for (let i = 0; i < tests.length; i++) outcomes[i] = (tests[i] as EventTest).holds(view) ? 1 : 0;
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
    const tests: EventTest[] = [];
    const place = (test: EventTest) => {
      let i = places.get(test.key);
      if (i === undefined) places.set(test.key, (i = tests.push(test) - 1));
      return i;
    };
    const atoms = fitting.map(({ id, one }) => ({ id, tests: one.tests.map(place) }));
    return { tests, outcomes: new Uint8Array(tests.length), atoms, root: branch() };
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
      matcher.table.put(id, atoms.some((one) => matcher.atoms.has(one)) ? 1 : 0);
    }
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
