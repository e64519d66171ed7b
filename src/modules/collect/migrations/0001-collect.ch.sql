-- Every event, for ever. key: the strongest identifier it came with; person: as of its acceptance, person_now
-- knows who moved since. No partitions: one person's rows stand together in few parts.
-- contract: stored because a contract needs it (the person denied analytics); left out of behaviour reports.
create table if not exists events {on_cluster} (
  workspace_id UInt32,
  key UInt64,
  person UInt64,
  time DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  received DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
  seq UInt64 codec(Delta, ZSTD(1)),
  message_id String codec(ZSTD(1)),
  source UInt32,
  channel LowCardinality(String),
  type LowCardinality(String),
  event LowCardinality(String),
  known UInt8,
  contract UInt8,
  historical UInt8,
  bot UInt8,
  order_id String codec(ZSTD(1)),
  total Nullable(Decimal(18, 6)),
  currency LowCardinality(String),
  store_id LowCardinality(String),
  user_id String codec(ZSTD(1)),
  anonymous_id String codec(ZSTD(1)),
  properties String codec(ZSTD(1)),
  traits String codec(ZSTD(1)),
  context String codec(ZSTD(1)),
  ignored String codec(ZSTD(1))
) engine = {replicated}MergeTree order by (workspace_id, key, time) settings {durable};

-- What every report reads: the person as of now, without those who were erased.
create view if not exists people_events {on_cluster} as
  select * except (person), dictGetOrDefault('person_now', 'person', key, person) as person
  from events
  where dictGetOrDefault('person_now', 'person', key, person) != 0;
