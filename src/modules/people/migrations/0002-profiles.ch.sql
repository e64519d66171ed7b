-- Identifiers as Postgres has them, with what is known by each: traits as {name: [value, time in ms, tie]}, consent as
-- {purpose: [granted, time in ms]}; '' where there is none. person 0: erased.
create table if not exists person_identifiers {on_cluster} (
  workspace_id UInt32,
  key UInt64,
  person UInt64,
  kind LowCardinality(String),
  traits String codec(ZSTD(1)),
  consent String codec(ZSTD(1)),
  version UInt64
) engine = {replicated}ReplacingMergeTree(version) order by (workspace_id, key) settings {durable};

-- Everybody, also those who never did anything, by the person whose identifier it is now.
create view if not exists people_now {on_cluster} as
  select workspace_id, key, dictGetOrDefault('person_now', 'person', key, person) as person, kind, traits, consent
  from person_identifiers final
  where person != 0 and dictGetOrDefault('person_now', 'person', key, person) != 0;
