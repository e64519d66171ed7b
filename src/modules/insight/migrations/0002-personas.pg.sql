-- The groups that people of a workspace fall into, on the scale of the week in which they were found: k x 6 numbers, and
-- what six leanings were scaled by. Who is in which group is a value of each person (segment_snapshots).
create table personas (
  workspace_id int primary key,
  centres float8[] not null,
  mean float8[] not null,
  deviation float8[] not null,
  made_at timestamptz not null
);
select pando.protect('personas');
