/** One aggregate over some of a person's rows: those for which `when` holds. */
interface Aggregate {
  readonly name: string;
  readonly fn: string;
  /** Of the function itself, with its brackets. */
  readonly parameters: string;
  readonly args: string;
  readonly when: string;
}

/** Aggregates, each under its name, and which rows matter to any of them. */
interface Columns {
  readonly columns: readonly string[];
  readonly when: string;
}

/** So many different conditions of rows are worth being asked before rows are grouped. */
const mostAsked = 6;

/** Collects what one statement needs: parameters, and the columns that are worked out for each person. */
export class SqlWriter {
  readonly now: number;
  readonly params: Record<string, unknown> = {};
  readonly #names = new Map<string, string>();
  readonly #events = new Map<string, Aggregate>();
  readonly #people = new Map<string, Aggregate>();

  constructor(now: number) {
    this.now = now;
  }

  /** A value as a parameter; the same value has one name. */
  param(value: string | number | readonly string[] | readonly number[], type: string): string {
    const key = JSON.stringify([type, value]);
    let name = this.#names.get(key);
    if (name === undefined) {
      name = `p${this.#names.size}`;
      this.#names.set(key, name);
      this.params[name] = value;
    }
    return `{${name}:${type}}`;
  }

  /**
   * An aggregate over those of the person's events for which `when` holds; `t` is the event's time in ms. Of a person
   * without any it is 0, '' or an empty list.
   */
  ofEvents(fn: string, args: string, when: string, parameters = ''): string {
    return named(this.#events, 'e', { fn, parameters, args, when });
  }

  /** The same over the rows of the person's identifiers. */
  ofIdentifiers(fn: string, args: string, when: string): string {
    return named(this.#people, 'f', { fn, parameters: '', args, when });
  }

  /** Null where nothing is asked of events. */
  get eventColumns(): Columns | null {
    return this.#events.size === 0 ? null : columnsOf([...this.#events.values()]);
  }

  get asksIdentifiers(): boolean {
    return this.#people.size > 0;
  }

  /** `all`: of all identifiers, also those that no condition is about. */
  identifierColumns(o: { all: boolean }): Columns {
    return columnsOf([...this.#people.values()], o.all);
  }
}

function named(aggregates: Map<string, Aggregate>, prefix: string, of: Omit<Aggregate, 'name'>): string {
  const key = JSON.stringify(of);
  let aggregate = aggregates.get(key);
  if (!aggregate) aggregates.set(key, (aggregate = { ...of, name: `${prefix}${aggregates.size}` }));
  return aggregate.name;
}

/** `everyRow`: rows are not chosen by the conditions, so that each column has to keep its own. */
function columnsOf(all: readonly Aggregate[], everyRow = false): Columns {
  const conditions = [...new Set(all.map(({ when }) => when))];
  const columns = all.map(({ name, fn, parameters, args, when }) => {
    if (!everyRow && conditions.length === 1 && when !== '1') return `${fn}${parameters}(${args}) as ${name}`;
    return `${fn}If${parameters}(${args === '' ? when : `${args}, ${when}`}) as ${name}`;
  });
  const isMany = conditions.length === 0 || conditions.length > mostAsked;
  return { columns, when: isMany || conditions.includes('1') ? '1' : `(${conditions.join(' or ')})` };
}
