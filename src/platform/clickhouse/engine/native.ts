import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** An open connection; holds its own settings, parameters and current database. Opaque. */
export type Connection = { readonly chdb: unique symbol };

/** What the addon resolves a statement to. Times in seconds. */
interface Result {
  bytes: Uint8Array;
  elapsed: number;
  rowsRead: number;
}

interface Written {
  elapsed: number;
  rowsWritten: number;
  bytesWritten: number;
}

/** The part of chDB's addon that we use. Every promise settles when the engine has finished, never earlier. */
export interface Native {
  /** All connections of a process must have the same path; `args` are those of `clickhouse local`. */
  CreateConnection(path: string, args: readonly string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<Result>;
  /** Runs `prefix` followed by the bytes, which are not copied in JavaScript and must not be changed meanwhile. */
  InsertRawAsyncConnection(
    connection: Connection,
    prefix: string,
    data: Uint8Array,
    countLines: boolean,
  ): Promise<Written>;
}

/**
 * chDB's addon itself. Its public `Session` puts off closing a connection until every statement of the process has
 * ended, so that one long query would make thousands of closed connections pile up behind it.
 */
export function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const loader: { loadNative(): Native } = require(join(dirname(require.resolve('chdb')), 'dist/loader.js'));
  return loader.loadNative();
}
