-- Everything that a workspace owns is seen and changed through pando_app, a role that neither owns the tables nor
-- bypasses row-level security. (The role belongs to the whole server, so it is made before the first migration.)
grant usage on schema pando to pando_app;

-- Write `select pando.protect('table_name');` after every table that a workspace owns. It refuses a table whose first
-- column is not `workspace_id int not null`.
create function pando.protect(target regclass) returns void
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

revoke execute on function pando.protect(regclass) from public;
