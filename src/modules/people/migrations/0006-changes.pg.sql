-- Who wants to hear whose person, traits or consent changed. Each follower has rows of its own and deletes what it has
-- dealt with, so that a transaction that commits late is never passed over.
create table person_followers (
  id int generated always as identity primary key,
  name text not null unique
);
grant select on person_followers to pando_app;

create table person_changes (
  workspace_id int not null,
  follower int not null,
  id bigint generated always as identity,
  keys bigint[] not null,
  primary key (workspace_id, follower, id)
);
select pando.protect('person_changes');
create index person_changes_by_follower on person_changes (follower, id);

-- Whose person changed is told with the person they left: who stayed there is somebody else now as well.
-- One row a statement and follower; a restore tells everything anew at its end instead.
create function record_person_changes() returns trigger language plpgsql set search_path = pando, pg_temp as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'identifiers' then
    insert into person_changes (workspace_id, follower, keys)
    select c.workspace_id, f.id, c.keys from person_followers f cross join (
      select n.workspace_id, array_agg(n.key) || coalesce(
               array_agg(distinct o.person_key) filter (where n.person_key <> o.person_key), '{}') as keys
        from new_rows n join old_rows o on o.workspace_id = n.workspace_id and o.key = n.key
       where n.person_key <> o.person_key or n.consent is distinct from o.consent
       group by n.workspace_id) c;
  elsif tg_op = 'DELETE' then
    insert into person_changes (workspace_id, follower, keys)
    select c.workspace_id, f.id, c.keys from person_followers f cross join (
      select workspace_id, array_agg(key) as keys from old_rows group by workspace_id) c;
  else
    insert into person_changes (workspace_id, follower, keys)
    select c.workspace_id, f.id, c.keys from person_followers f cross join (
      select workspace_id, array_agg(key) as keys from new_rows group by workspace_id) c;
  end if;
  return null;
end
$$;

create trigger identifiers_inserted after insert on identifiers referencing new table as new_rows
  for each statement when (current_setting('pando.restoring', true) is distinct from 'on')
  execute function record_person_changes();
create trigger identifiers_updated after update on identifiers referencing old table as old_rows new table as new_rows
  for each statement when (current_setting('pando.restoring', true) is distinct from 'on')
  execute function record_person_changes();
create trigger identifiers_deleted after delete on identifiers referencing old table as old_rows
  for each statement when (current_setting('pando.restoring', true) is distinct from 'on')
  execute function record_person_changes();
create trigger profiles_inserted after insert on profiles referencing new table as new_rows
  for each statement when (current_setting('pando.restoring', true) is distinct from 'on')
  execute function record_person_changes();
create trigger profiles_updated after update on profiles referencing old table as old_rows new table as new_rows
  for each statement when (current_setting('pando.restoring', true) is distinct from 'on')
  execute function record_person_changes();
create trigger profiles_deleted after delete on profiles referencing old table as old_rows
  for each statement when (current_setting('pando.restoring', true) is distinct from 'on')
  execute function record_person_changes();

-- Everybody, to a follower that begins or begins anew.
create function tell_all_people(follower int) returns void language sql set search_path = pando, pg_temp as $$
  delete from person_changes where person_changes.follower = $1;
  insert into person_changes (workspace_id, follower, keys)
  select workspace_id, $1, array_agg(key) from identifiers group by workspace_id, key / 4096;
$$;

-- Carries identifiers with their traits and their consent into ClickHouse.
insert into person_followers (name) values ('mirror');
select tell_all_people(id) from person_followers where name = 'mirror';
create sequence person_versions;
