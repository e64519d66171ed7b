-- Identifiers whose person changed after they had events: rows carry the person as of their acceptance.
-- person 0: erased; every read leaves such rows out.
create table if not exists moved_identifiers {on_cluster} (
  key UInt64,
  person UInt64,
  version UInt64
) engine = {replicated}ReplacingMergeTree(version) order by key settings {durable};

create dictionary if not exists person_now {on_cluster} (
  key UInt64,
  person UInt64
) primary key key
source(clickhouse({credentials} query 'select key, person from {database}.moved_identifiers final'))
layout(hashed_array())
lifetime(0);
