-- Who is in which edition of a segment. A row says nothing about those whom no row names: they are out.
-- until_ms: the exact moment of the next change by time alone where that is near, else 0; what holds at a moment is
-- is_in, or its contrary from until_ms on. version: the round that wrote it; a fill has that of its beginning.
create table if not exists segment_members {on_cluster} (
  workspace_id UInt32,
  edition UInt32,
  person UInt64,
  is_in UInt8,
  since_ms Int64 codec(Delta, ZSTD(1)),
  until_ms Int64 codec(Delta, ZSTD(1)),
  version UInt64 codec(Delta, ZSTD(1))
) engine = {replicated}ReplacingMergeTree(version) order by (workspace_id, edition, person) settings {durable};

create table if not exists segment_members_by_person {on_cluster} (
  workspace_id UInt32,
  edition UInt32,
  person UInt64,
  is_in UInt8,
  since_ms Int64 codec(Delta, ZSTD(1)),
  until_ms Int64 codec(Delta, ZSTD(1)),
  version UInt64 codec(Delta, ZSTD(1))
) engine = {replicated}ReplacingMergeTree(version) order by (workspace_id, person, edition)
  settings {durable}, index_granularity = 1024;

create materialized view if not exists segment_members_follow {on_cluster} to segment_members_by_person as
  select workspace_id, edition, person, is_in, since_ms, until_ms, version from segment_members;

-- Who entered and left, when, and why; noted_ms: the moment of the round that found it. Written again after a crash, a row counts once.
create table if not exists segment_history {on_cluster} (
  workspace_id UInt32,
  segment UInt32,
  person UInt64,
  at_ms Int64 codec(Delta, ZSTD(1)),
  entered UInt8,
  cause String codec(ZSTD(1)),
  noted_ms Int64 codec(Delta, ZSTD(1)),
  version UInt64 codec(Delta, ZSTD(1))
) engine = {replicated}ReplacingMergeTree order by (workspace_id, segment, at_ms, person, version) settings {durable};

create table if not exists segment_history_by_person {on_cluster} (
  workspace_id UInt32,
  segment UInt32,
  person UInt64,
  at_ms Int64 codec(Delta, ZSTD(1)),
  entered UInt8,
  cause String codec(ZSTD(1)),
  noted_ms Int64 codec(Delta, ZSTD(1)),
  version UInt64 codec(Delta, ZSTD(1))
) engine = {replicated}ReplacingMergeTree order by (workspace_id, person, at_ms, segment, version)
  settings {durable}, index_granularity = 1024;

create materialized view if not exists segment_history_follow {on_cluster} to segment_history_by_person as
  select workspace_id, segment, person, at_ms, entered, cause, noted_ms, version from segment_history;

-- Lists that were uploaded, as the identifiers that were found.
create table if not exists segment_list_keys {on_cluster} (
  workspace_id UInt32,
  list UInt32,
  key UInt64
) engine = {replicated}ReplacingMergeTree order by (workspace_id, list, key) settings {durable};

-- Values that compare a person with all others, by snapshot; which version is current, Postgres knows.
create table if not exists segment_snapshots {on_cluster} (
  workspace_id UInt32,
  name LowCardinality(String),
  version UInt64,
  person UInt64,
  value String codec(ZSTD(1))
) engine = {replicated}ReplacingMergeTree order by (workspace_id, name, version, person) settings {durable};
