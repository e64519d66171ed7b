-- A segment is a rule about people, kept as it was written (json: the first key of a condition tells its kind). `rule` is what the team wants; `edition` is the one that is live, and
-- `next_edition` the one that is being filled (an edited rule, or the first).
create table segments (
  workspace_id int not null,
  id int generated always as identity,
  uuid uuid not null,
  name text not null,
  description text not null default '',
  rule json not null,
  edition int,
  next_edition int,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  proof jsonb,
  primary key (workspace_id, id)
);
create unique index segments_by_uuid on segments (uuid);
create unique index segments_by_name on segments (workspace_id, lower(name)) where archived_at is null;
select pando.protect('segments');

-- A rule as it is evaluated; membership in ClickHouse carries its number. Never changed: an edit makes a new one.
-- state: waiting (to be registered by the runner), filling, live, old.
create table segment_editions (
  workspace_id int not null,
  id int generated always as identity,
  segment_id int not null,
  rule json not null,
  state text not null,
  progress real not null default 0,
  error text,
  position bigint,
  at_ms bigint,
  version bigint,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create index segment_editions_alive on segment_editions (workspace_id) where state <> 'old';
select pando.protect('segment_editions');

-- Who runs the workspace's segments. `round` counts every committed round: whoever finds another number than they
-- left has been overtaken, and what they remember is void. set_version is raised when what is to be evaluated changes.
create table segment_runners (
  workspace_id int primary key,
  round bigint not null default 0,
  set_version bigint not null default 0,
  owner uuid,
  lease_until timestamptz,
  evaluated_ms bigint not null default 0,
  backfill_from bigint,
  -- Of what all rules stand on: time zone, defaults, the path, computed traits, snapshots.
  context_hash text,
  error text
) with (fillfactor = 50);
select pando.protect('segment_runners');

-- Changes of membership on their way to ClickHouse, one packed row for each round; reads lay them over what stands
-- there. version: the round.
create table segment_changes (
  workspace_id int not null,
  version bigint not null,
  now_ms bigint not null,
  payload bytea not null,
  primary key (workspace_id, version)
) with (autovacuum_vacuum_scale_factor = 0.05);
alter table segment_changes alter payload set storage external;
select pando.protect('segment_changes');

create table segment_sizes (
  workspace_id int not null,
  segment_id int not null,
  hour timestamptz not null,
  size bigint not null,
  entered bigint not null default 0,
  gone bigint not null default 0,
  primary key (workspace_id, segment_id, hour)
) with (fillfactor = 70);
select pando.protect('segment_sizes');

create table segment_lists (
  workspace_id int not null,
  id int generated always as identity,
  name text not null,
  keys int not null default 0,
  unmatched int not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index segment_lists_by_name on segment_lists (workspace_id, lower(name));
select pando.protect('segment_lists');

create table segment_list_keys (
  workspace_id int not null,
  list int not null,
  key bigint not null,
  primary key (workspace_id, list, key)
);
create index segment_list_keys_by_key on segment_list_keys (workspace_id, key);
select pando.protect('segment_list_keys');

create table computed_traits (
  workspace_id int not null,
  name text not null,
  definition json not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, name)
);
select pando.protect('computed_traits');

-- The current snapshot of what compares a person with all others.
create table segment_snapshots (
  workspace_id int not null,
  name text not null,
  version bigint not null,
  at timestamptz not null,
  people bigint not null,
  primary key (workspace_id, name)
);
select pando.protect('segment_snapshots');
