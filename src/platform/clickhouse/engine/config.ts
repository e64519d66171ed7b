/** What the parent tells the child, as JSON on its command line; secrets are in the folder, not here. */
export interface EngineOptions {
  /** Everything of the engine is in here. */
  folder: string;
  /** Statements that carry rows, at once. */
  inserts: number;
  /** All other statements, at once. */
  reads: number;
  /** What the engine may use in all, in MB. */
  memoryMb: number;
}

/** How to reach the engine; kept in the folder with mode 0600, so that both survive a restart. */
export interface Credentials {
  port: number;
  user: string;
  password: string;
}

export const paths = (folder: string) => ({
  data: `${folder}/data`,
  run: `${folder}/run`,
  lock: `${folder}/engine.lock`,
  credentials: `${folder}/engine.json`,
  config: `${folder}/config.xml`,
  output: `${folder}/engine.out`,
});

/**
 * What every MergeTree table has unless its own SETTINGS say otherwise; asserted at start, because a kill -9 does not
 * show that an fsync is missing, only a power loss does.
 */
export const tableSettings: Readonly<Record<string, number>> = {
  fsync_after_insert: 1,
  fsync_part_directory: 1,
  min_rows_to_fsync_after_merge: 1,
  min_compressed_bytes_to_fsync_after_merge: 1,
  // The merged parts stay until the new one has long been on disk.
  old_parts_lifetime: 480,
  // Without a window, insert_deduplication_token does nothing on plain MergeTree.
  non_replicated_deduplication_window: 1000,
  // An insert of 20,000 events as one file instead of fifty is one fsync instead of fifty.
  min_bytes_for_wide_part: 64 * 1024 * 1024,
  // With a small pool, the defaults (8, 20, 25) would mean: never.
  number_of_free_entries_in_pool_to_lower_max_size_of_merge: 1,
  number_of_free_entries_in_pool_to_execute_mutation: 1,
  number_of_free_entries_in_pool_to_execute_optimize_entire_partition: 1,
};

/** Sized for two cores that are shared with everything else. */
function serverSettings(memoryMb: number): Record<string, number | string> {
  return {
    timezone: 'UTC',
    max_server_memory_usage: memoryMb * 1024 * 1024,
    mark_cache_size: 64 * 1024 * 1024,
    index_mark_cache_size: 8 * 1024 * 1024,
    uncompressed_cache_size: 0,
    index_uncompressed_cache_size: 0,
    mmap_cache_size: 100,
    compiled_expression_cache_size: 16 * 1024 * 1024,
    query_cache: '<max_size_in_bytes>1048576</max_size_in_bytes>',
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 1,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    background_common_pool_size: 2,
    background_schedule_pool_size: 4,
    max_thread_pool_size: 150,
  };
}

export function configXml(memoryMb: number): string {
  const element = ([name, value]: [string, number | string]) => `<${name}>${value}</${name}>`;
  return [
    '<clickhouse>',
    '<logger><level>none</level><console>0</console></logger>',
    ...Object.entries(serverSettings(memoryMb)).map(element),
    '<merge_tree>',
    ...Object.entries(tableSettings).map(element),
    '</merge_tree>',
    '</clickhouse>',
    '',
  ].join('\n');
}

/** What every connection begins with; a statement may change it for itself. */
export function connectionSettings(memoryMb: number): string[] {
  const mb = 1024 * 1024;
  const settings = {
    max_threads: 2,
    // As it comes, a statement gets a thread for every free gigabyte: with less memory than two, never a second one.
    max_threads_min_free_memory_per_thread: Math.floor(memoryMb * 0.2) * mb,
    max_memory_usage: Math.floor(memoryMb * 0.6) * mb,
    // Large groupings and sorts go on on disk instead of failing.
    max_bytes_before_external_group_by: Math.floor(memoryMb * 0.3) * mb,
    max_bytes_before_external_sort: Math.floor(memoryMb * 0.2) * mb,
    // Parameters travel as statements of their own, and a list of keys may be long.
    max_query_size: 64 * mb,
    // JavaScript's numbers would lose the last digits.
    output_format_json_quote_64bit_integers: 1,
  };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
