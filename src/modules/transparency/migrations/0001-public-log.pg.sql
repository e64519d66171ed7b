-- One public log. name: its place in the address, taken once in the installation. origin: the head of every checkpoint,
-- never changed. size: how many leaves are numbered. totals_index: where the newest totals stand.
create table transparency_logs (
  workspace_id int not null,
  id bigint generated always as identity,
  name text not null,
  origin text not null,
  created_at timestamptz not null,
  size bigint not null default 0,
  totals_index bigint,
  totals_at timestamptz,
  primary key (workspace_id, id)
);
create unique index transparency_logs_by_name on transparency_logs (name);
select pando.protect('transparency_logs');

-- The keys that sign its checkpoints, those without `retired_at` all of them. sealed_key: the private half, encrypted under
-- a secret of the installation, which pando_app cannot read.
create table transparency_keys (
  workspace_id int not null,
  log_id bigint not null,
  number smallint not null,
  public_key bytea not null,
  sealed_key bytea not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (workspace_id, log_id, number)
);
select pando.protect('transparency_keys');

-- Leaves that were committed and not yet numbered: a queue, so that one that commits late is not passed over.
create table transparency_pending (
  workspace_id int not null,
  log_id bigint not null,
  id bigint not null,
  leaf bytea not null,
  primary key (workspace_id, log_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
select pando.protect('transparency_pending');

-- The entries in their order, 256 a row, as the public bundles have them. The last row of a log grows.
create table transparency_bundles (
  workspace_id int not null,
  log_id bigint not null,
  n bigint not null,
  width smallint not null,
  entries bytea not null,
  primary key (workspace_id, log_id, n)
);
alter table transparency_bundles alter column entries set storage external;
select pando.protect('transparency_bundles');

-- The tree above the leaves: tiles from level 1 on (level 0 follows from the entries).
create table transparency_tiles (
  workspace_id int not null,
  log_id bigint not null,
  level smallint not null,
  n bigint not null,
  hashes bytea not null,
  primary key (workspace_id, log_id, level, n)
);
alter table transparency_tiles alter column hashes set storage external;
select pando.protect('transparency_tiles');

-- Where each leaf stands: of 256 ids that follow each other, the pairs of id and index, in one list.
create table transparency_places (
  workspace_id int not null,
  log_id bigint not null,
  bucket bigint not null,
  pairs bigint[] not null,
  primary key (workspace_id, log_id, bucket)
);
alter table transparency_places alter column pairs set storage main;
select pando.protect('transparency_places');

-- What was signed: one text for a size, ever. kept: beside the newest, for good (those after totals).
create table transparency_checkpoints (
  workspace_id int not null,
  log_id bigint not null,
  size bigint not null,
  root bytea not null,
  note text not null,
  at timestamptz not null,
  kept boolean not null,
  primary key (workspace_id, log_id, size)
);
select pando.protect('transparency_checkpoints');

-- History is added to and never written anew, whoever asks: not by a fault of ours either.
create function pando.refuse_to_rewrite_log() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_table_name = 'transparency_bundles' then
    if tg_op = 'UPDATE' and new.workspace_id = old.workspace_id and new.log_id = old.log_id and new.n = old.n
      and substr(new.entries, 1, length(old.entries)) = old.entries then return new;
    end if;
  elsif tg_table_name = 'transparency_tiles' then
    if tg_op = 'UPDATE' and new.workspace_id = old.workspace_id and new.log_id = old.log_id
      and new.level = old.level and new.n = old.n
      and substr(new.hashes, 1, length(old.hashes)) = old.hashes then return new;
    end if;
  elsif tg_table_name = 'transparency_logs' then
    if tg_op = 'UPDATE' and new.size >= old.size and new.origin = old.origin and new.name = old.name then return new;
    end if;
  end if;
  raise exception 'The public log is never written anew (% of %).', tg_op, tg_table_name;
end
$$;
revoke execute on function pando.refuse_to_rewrite_log() from public;
create trigger append_only before update or delete on transparency_bundles
  for each row execute function pando.refuse_to_rewrite_log();
create trigger append_only before update or delete on transparency_tiles
  for each row execute function pando.refuse_to_rewrite_log();
create trigger append_only before update or delete on transparency_logs
  for each row execute function pando.refuse_to_rewrite_log();
create trigger append_only before update on transparency_checkpoints
  for each row execute function pando.refuse_to_rewrite_log();
