-- A snapshot that ClickHouse has whole, and that is being taken up: when everybody of whom it says something else was
-- evaluated again, it becomes the current one, in the transaction of a round. version 0: there is no current one yet.
alter table segment_snapshots
  add column next_version bigint,
  add column next_at timestamptz,
  add column next_people bigint;

-- How far each snapshot is being made, and how it was set up. day: the last day of the workspace's calendar on which it
-- was made by itself.
create table segment_snapshot_runs (
  workspace_id int not null,
  name text not null,
  settings json not null default '{}',
  state text not null default 'idle',
  progress real not null default 0,
  started_at timestamptz,
  ended_at timestamptz,
  error text,
  day int not null default 0,
  primary key (workspace_id, name)
);
select pando.protect('segment_snapshot_runs');
