/** A failure as ClickHouse words it: `Code: 60. DB::Exception: ... (UNKNOWN_TABLE)`. */
export class EngineError extends Error {
  /** ClickHouse's number of the error. */
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function clickHouseError(code: number, type: string, text: string): EngineError {
  return new EngineError(code, `Code: ${code}. DB::Exception: ${text}. (${type})`);
}

/** What the addon threw, with its code; without one it is ClickHouse's "some other exception", 1001. */
export function asEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = /Code: (\d+)/.exec(message)?.[1];
  return code === undefined
    ? clickHouseError(1001, 'STD_EXCEPTION', message)
    : new EngineError(Number(code), message);
}

const statusOf: Record<number, number> = {
  48: 501, // NOT_IMPLEMENTED
  46: 404, // UNKNOWN_FUNCTION
  47: 404, // UNKNOWN_IDENTIFIER
  60: 404, // UNKNOWN_TABLE
  73: 404, // UNKNOWN_FORMAT
  81: 404, // UNKNOWN_DATABASE
  115: 404, // UNKNOWN_SETTING
  159: 408, // TIMEOUT_EXCEEDED
  164: 403, // READONLY
  202: 503, // TOO_MANY_SIMULTANEOUS_QUERIES
  236: 503, // ABORTED
  307: 413, // TOO_MANY_BYTES
  516: 403, // AUTHENTICATION_FAILED
};
const badRequests = new Set([1, 6, 26, 27, 36, 38, 41, 42, 43, 53, 62, 69, 70, 72, 117, 130, 131, 456, 457]);

/** The HTTP status that ClickHouse's server gives to an error. */
export function httpStatus(code: number): number {
  return statusOf[code] ?? (badRequests.has(code) ? 400 : 500);
}
