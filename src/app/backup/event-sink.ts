import type { ClickHouse } from '#platform/clickhouse';

const mostRows = 50_000;
const mostBytes = 32 * 1024 * 1024;
const newline = 0x0a;

/** Inserts rows as they come, in parts of a size that ClickHouse likes. */
export class EventSink {
  readonly #ch: ClickHouse;
  readonly #table: string;
  readonly #columns: readonly string[];
  /** Different for every attempt: a row that was removed since must not pass for one that is there. */
  readonly #token: string;
  #waiting: Buffer[] = [];
  #rows = 0;
  #bytes = 0;
  #inserts = 0;

  constructor(ch: ClickHouse, table: string, columns: readonly string[], token: string) {
    this.#ch = ch;
    this.#table = table;
    this.#columns = columns;
    this.#token = token;
  }

  async write(data: Buffer): Promise<void> {
    let begin = 0;
    for (let at = data.indexOf(newline); at !== -1; at = data.indexOf(newline, at + 1)) {
      this.#rows++;
      if (this.#rows < mostRows && this.#bytes + at + 1 - begin < mostBytes) continue;
      this.#waiting.push(data.subarray(begin, at + 1));
      begin = at + 1;
      await this.#insert();
    }
    this.#waiting.push(data.subarray(begin));
    this.#bytes += data.length - begin;
  }

  async end(): Promise<void> {
    if (this.#rows > 0) await this.#insert();
  }

  async #insert(): Promise<void> {
    const body = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#rows = 0;
    this.#bytes = 0;
    const dedupToken = `${this.#token}:${this.#inserts++}`;
    await this.#ch.insert(this.#table, this.#columns, 'TabSeparated', body, { dedupToken });
  }
}
