import pg from 'pg';
import { refusals, Unavailable } from '#platform/refusal';

/** What only the person who runs the installation can put right. */
export const refuse = refusals('postgres', {
  'sign-in-refused': { status: 503, title: 'Postgres refuses the user' },
  'no-database': { status: 503, title: 'The database does not exist' },
  'too-old': { status: 503, title: 'Postgres is too old' },
  'no-role': { status: 503, title: 'The role pando_app is missing' },
  'role-bypasses': { status: 503, title: 'The role pando_app could bypass row-level security' },
  'database-newer': { status: 503, title: 'The database is newer than this program' },
  'migration-changed': { status: 503, title: 'A migration was changed after it was applied' },
  'folder-in-use': { status: 503, title: 'Another Pando uses this folder' },
  'folder-of-other-version': { status: 503, title: 'The data were written by another version of Postgres' },
  'no-binaries': { status: 503, title: 'There is no embedded Postgres for this machine' },
  'no-user': { status: 503, title: 'There is no user to run Postgres as' },
  'will-not-start': { status: 503, title: 'Postgres does not start' },
  'text-with-nul': { status: 400, title: 'A text holds a NUL' },
});

// Of SQLSTATEs: shut down, crashed, starting up, sessions ended by the server, full of connections, disk or memory.
const AWAY_STATES = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53000',
  '53100',
  '53200',
  '53300',
  '58030',
]);
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
// The driver gives no code to these.
const AWAY_MESSAGES = [
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end',
  'Query read timeout',
];
const POOL_EXHAUSTED = 'timeout exceeded when trying to connect';

export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The connection or the server is gone, as opposed to a statement that was wrong or slow. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code && (AWAY_STATES.has(code) || AWAY_CODES.has(code) || /^08/.test(code))) return true;
  const message = error instanceof Error ? error.message : '';
  return AWAY_MESSAGES.some((start) => message.startsWith(start));
}

/** A transaction that lost against another one, and may win when it is repeated. */
export function isRepeatable(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

// SQLSTATEs of a NUL in a text and in JSON.
const NUL_STATES = new Set(['22021', '22P05']);

/**
 * Unavailable where the engine is away, too busy or too slow to answer; a refusal of a NUL, the one character that
 * Postgres cannot store; anything else as it was.
 */
export function asUnavailable(error: unknown): unknown {
  if (isAway(error)) {
    return new Unavailable(`Postgres is away (${withoutValues(error)}). Try again in a moment.`, {
      cause: error,
    });
  }
  if (error instanceof Error && error.message === POOL_EXHAUSTED) {
    return new Unavailable('All connections to Postgres are busy. Try again in a moment.', { cause: error });
  }
  if (codeOf(error) === '57014') {
    return new Unavailable('Postgres took too long to answer. Try again in a moment.', { cause: error });
  }
  if (NUL_STATES.has(codeOf(error) ?? '')) {
    return refuse('text-with-nul', 'A text in the request holds the character NUL, which cannot be stored.');
  }
  return error;
}

/**
 * What went wrong, without what was in the rows: Postgres quotes values in some messages and in every `detail`, and
 * values may be personal. For logs and for error columns.
 */
export function withoutValues(error: unknown): string {
  if (error instanceof pg.DatabaseError) {
    const at = error.constraint ?? error.column ?? error.table;
    const quotesValues = error.code === undefined || error.code.startsWith('22');
    return `SQLSTATE ${error.code}${at ? ` at ${at}` : ''}${quotesValues ? '' : `: ${error.message}`}`;
  }
  if (error instanceof Error) return error.message || codeOf(error) || error.name;
  return 'unknown error';
}
