/** Collects what one statement needs: parameters, and the columns that are worked out for each person. */
export class SqlWriter {
  readonly now: number;
  readonly params: Record<string, unknown> = {};
  readonly #names = new Map<string, string>();
  readonly #events = new Map<string, string>();
  readonly #people = new Map<string, string>();

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

  /** An aggregate over the person's events; `t` is the event's time in ms. Of a person without events it is 0 or ''. */
  ofEvents(expression: string): string {
    return named(this.#events, 'e', expression);
  }

  /** An aggregate over the rows of the person's identifiers. */
  ofIdentifiers(expression: string): string {
    return named(this.#people, 'f', expression);
  }

  get eventColumns(): ReadonlyMap<string, string> {
    return this.#events;
  }

  get identifierColumns(): ReadonlyMap<string, string> {
    return this.#people;
  }
}

function named(columns: Map<string, string>, prefix: string, expression: string): string {
  let name = columns.get(expression);
  if (name === undefined) {
    name = `${prefix}${columns.size}`;
    columns.set(expression, name);
  }
  return name;
}
