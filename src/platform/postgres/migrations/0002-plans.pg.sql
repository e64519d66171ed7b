-- What a table holds of each workspace is not counted. Counted, a workspace that came after the last count has next to
-- no rows in the planner's eyes, and any index seems as good as the one that is meant: a brand's first import read all
-- of its people again for each of them. Uncounted, every workspace is taken for a two-hundredth of the table.
create or replace function pando.protect(target regclass) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  owned_sequence regclass;
begin
  if not exists (
    select from pg_attribute
    where attrelid = target and attnum = 1 and attname = 'workspace_id' and atttypid = 'int4'::regtype and attnotnull
  ) then
    raise exception 'The first column of % must be: workspace_id int not null', target;
  end if;
  execute format('alter table %s alter column workspace_id set statistics 0', target);
  execute format('alter table %s enable row level security', target);
  -- Outside a workspace the setting is empty or missing, and no row matches.
  execute format(
    'create policy workspace on %s '
    'using (workspace_id = nullif(current_setting(''pando.workspace'', true), '''')::int) '
    'with check (workspace_id = nullif(current_setting(''pando.workspace'', true), '''')::int)',
    target
  );
  execute format('grant select, insert, update, delete on %s to pando_app', target);
  -- Numbers drawn by `serial` columns; identity columns need no grant.
  for owned_sequence in
    select d.objid::regclass
    from pg_depend d join pg_class c on c.oid = d.objid
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid = target and d.deptype = 'a' and c.relkind = 'S'
  loop
    execute format('grant usage, select on sequence %s to pando_app', owned_sequence);
  end loop;
end
$$;

-- The tables of an installation that is older than this. What was counted already can only be taken back by whoever
-- may do everything, as in the embedded engine; elsewhere it stays as it was.
do $$
declare
  target regclass;
begin
  for target in select distinct polrelid::regclass from pg_policy where polname = 'workspace'
  loop
    execute format('alter table %s alter column workspace_id set statistics 0', target);
    if (select rolsuper from pg_roles where rolname = current_user) then
      delete from pg_statistic where starelid = target and staattnum = 1;
    end if;
  end loop;
end
$$;
