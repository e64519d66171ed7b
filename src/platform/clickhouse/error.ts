import { ClickHouseError } from '@clickhouse/client';
import { Refusal, refusals, Unavailable } from '#platform/refusal';

/** ClickHouse understood the statement and could not do it. */
export class ClickHouseFailure extends Error {
  override readonly name = 'ClickHouseFailure';
  /** ClickHouse's number of the error: 60 is UNKNOWN_TABLE. */
  readonly code: number;
  /** Its name in ClickHouse. */
  readonly type: string;

  constructor(code: number, type: string, detail: string) {
    super(`ClickHouse: ${detail} (${code}, ${type})`);
    this.code = code;
    this.type = type;
  }
}

const refuse = refusals('clickhouse', {
  'too-little-memory': { status: 422, title: 'ClickHouse has too little memory for this question' },
});
const memoryLimitExceeded = 241;

/** Busy, cut off, or too slow: the statement may be tried again as it is. */
const passing = new Set([
  159, // TIMEOUT_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  236, // ABORTED
  242, // TABLE_IS_READ_ONLY: a replica without its keeper
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS: merges must catch up
  279, // ALL_CONNECTION_TRIES_FAILED
  394, // QUERY_WAS_CANCELLED
  439, // CANNOT_SCHEDULE_TASK
]);

/** ClickHouse quotes what it could not read, which may be somebody's data. */
const quotes =
  /^(CANNOT_|BAD_|INCORRECT_|TYPE_MISMATCH|VALUE_IS_OUT_OF_RANGE|ILLEGAL_|ARGUMENT_OUT_OF_BOUND|UNKNOWN_ELEMENT_OF_ENUM|SYNTAX_ERROR|TOO_LARGE_STRING_SIZE|NO_COMMON_TYPE|DECIMAL_OVERFLOW)/;

/**
 * What to throw for what @clickhouse/client threw: a failure with ClickHouse's code, Unavailable, or a refusal that says
 * what to do.
 * `what` names the statement; the text of a failure holds no data, so that it may be logged.
 */
export function failureOf(thrown: unknown, what: string, o: { dataInside: boolean }): Error {
  if (thrown instanceof ClickHouseFailure || thrown instanceof Unavailable || thrown instanceof Refusal)
    return thrown;
  if (thrown instanceof ClickHouseError) {
    const code = Number(thrown.code);
    const type = thrown.type ?? 'UNKNOWN';
    // Rows, and a query that is within its own limit, will find memory when the queries beside them have ended.
    const crowdedOut = code === memoryLimitExceeded && (o.dataInside || thrown.message.includes('(total)'));
    if (passing.has(code) || crowdedOut)
      return new Unavailable(`ClickHouse could not do it now (${type}): ${what}.`);
    if (code === memoryLimitExceeded)
      return refuse(
        'too-little-memory',
        'Answering this takes more memory than ClickHouse may use. Ask about a shorter period or fewer people, or give it more: PANDO_CLICKHOUSE_MEMORY_MB for the one that comes along.',
      );
    return new ClickHouseFailure(code, type, `${what}: ${detailOf(thrown.message, type, o.dataInside)}`);
  }
  // A mistake in this program, not an engine that is away.
  if (thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof SyntaxError)
    return thrown;
  return new Unavailable(`ClickHouse does not answer (${reasonOf(thrown)}): ${what}.`, { cause: thrown });
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  // Refused on every address, Node says only so; a proxy in between says it with a whole page.
  const code = 'code' in thrown ? String(thrown.code) : '';
  return (thrown.message || code || thrown.name).slice(0, 100);
}

function detailOf(message: string, type: string, dataInside: boolean): string {
  if (!dataInside && !quotes.test(type)) return message.trim().replace(/\s+/g, ' ').slice(0, 500);
  const row = /\(at row (\d+)\)/.exec(message)?.[1];
  return row === undefined ? 'the values were not accepted' : `the values of row ${row} were not accepted`;
}
