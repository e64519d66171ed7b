/** What the embedded server is started with; given on the command line, so that a new Pando brings new settings. */
export function serverSettings(o: {
  port: number;
  clusterName: string;
  /** Where the socket lies; empty where there is none. */
  socketFolder: string;
  throwaway: boolean;
}): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port: o.port,
    unix_socket_directories: o.socketFolder,
    unix_socket_permissions: '0700',
    // Stands in the title of every process, by which leftovers are found.
    cluster_name: o.clusterName,

    fsync: o.throwaway ? 'off' : 'on',
    full_page_writes: o.throwaway ? 'off' : 'on',
    synchronous_commit: 'on',
    // What is thrown away serves tests: several whole programs at once.
    max_connections: o.throwaway ? 300 : 60,
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.9,
    // The npm binaries have neither lz4 nor zstd, and pglz costs more processor than the smaller log is worth.
    wal_compression: 'off',
    random_page_cost: 1.1,
    effective_cache_size: '1GB',
    // Compiling pays off for queries of seconds; ours take milliseconds.
    jit: 'off',
    // A session whose Pando was killed shall end, though it is in the middle of a long statement.
    client_connection_check_interval: '5s',

    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // Statements and failed rows may hold personal data: errors go to who caused them, not into the log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
