-- A source is an entrance for data. Its write key is not a secret (it stands in web pages): it can only write.
create table sources (
  workspace_id int not null,
  id int not null,
  uuid uuid not null,
  name text not null,
  kind text not null,
  write_key text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (workspace_id, id)
);
create unique index sources_by_write_key on sources (write_key);
create unique index sources_by_uuid on sources (uuid);
create unique index sources_by_name on sources (workspace_id, lower(name)) where archived_at is null;
select pando.protect('sources');

create table source_days (
  workspace_id int not null,
  source_id int not null,
  day date not null,
  accepted bigint not null default 0,
  duplicates bigint not null default 0,
  quarantined bigint not null default 0,
  withheld bigint not null default 0,
  bots bigint not null default 0,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (workspace_id, source_id, day)
) with (fillfactor = 70);
select pando.protect('source_days');

-- The head of a workspace's event log. Held while a batch is appended: batches of one workspace have one order,
-- and a number is never passed over.
-- folded: message ids up to this batch are in id_runs; runs_version tells other processes to load them anew.
create table log_heads (
  workspace_id int primary key,
  head bigint not null default 0,
  accepted_events bigint not null default 0,
  folded bigint not null default 0,
  runs_version bigint not null default 0
) with (fillfactor = 50);
select pando.protect('log_heads');

-- payload: rows of ClickHouse's table `events` as TabSeparated, compressed with zstd.
-- ids, kept_ids: the 64-bit hashes of their message ids, packed (kept_ids: of sources that remember for ever).
create table event_log (
  workspace_id int not null,
  seq bigint not null,
  at timestamptz not null,
  events int not null,
  ids bytea not null,
  kept_ids bytea not null,
  payload bytea not null,
  primary key (workspace_id, seq)
) with (autovacuum_vacuum_scale_factor = 0.05);
alter table event_log alter column payload set storage external, alter column ids set storage external,
  alter column kept_ids set storage external;
select pando.protect('event_log');

-- How far each workspace's log stands in ClickHouse.
create table log_written (
  workspace_id int primary key,
  seq bigint not null default 0,
  events bigint not null default 0
) with (fillfactor = 50);
select pando.protect('log_written');

-- What the writer is about to insert, written down first: after a crash the same batches go out under the same
-- token, and ClickHouse drops what it already has.
create table event_writer (
  id int primary key,
  token text,
  plan jsonb,
  lease_until timestamptz
);
insert into event_writer (id) values (0);

create table log_positions (
  workspace_id int not null,
  follower text not null,
  seq bigint not null,
  error text,
  primary key (workspace_id, follower)
);
select pando.protect('log_positions');

-- Message ids of the past, as sorted runs of 64-bit hashes in pages of about 1,000, with a Bloom filter a run.
create table id_runs (
  workspace_id int not null,
  run bigint generated always as identity,
  kept boolean not null,
  ids bigint not null,
  newest timestamptz not null,
  filter bytea not null,
  primary key (workspace_id, run)
);
alter table id_runs alter column filter set storage external;
select pando.protect('id_runs');

create table id_pages (
  workspace_id int not null,
  run bigint not null,
  first_hash bigint not null,
  hashes bytea not null,
  primary key (workspace_id, run, first_hash)
);
alter table id_pages alter column hashes set storage external;
select pando.protect('id_pages');

create table quarantine (
  workspace_id int not null,
  id bigint generated always as identity,
  source_id int not null,
  at timestamptz not null,
  reason text not null,
  detail text not null,
  message_id text,
  sent_at text,
  raw text not null,
  primary key (workspace_id, id)
);
create index quarantine_newest on quarantine (workspace_id, at desc, id desc);
select pando.protect('quarantine');
