-- People are listed by name, and found by the whole value of a trait: lexemes of the form workspace=trait=value stand
-- beside the words of names in the index that is there. A profile whose values stay the same costs the index nothing.
alter table profiles add column name text;
create index profiles_by_name on profiles (workspace_id, name, key) where name is not null;

-- Nothing that others follow changes by it.
select set_config('pando.restoring', 'on', true);
update profiles p set
  name = nullif(left(lower(coalesce(
    nullif(btrim(traits->'name'->>0), ''),
    concat_ws(' ',
      coalesce(nullif(btrim(traits->'firstName'->>0), ''), nullif(btrim(traits->'first_name'->>0), '')),
      coalesce(nullif(btrim(traits->'lastName'->>0), ''), nullif(btrim(traits->'last_name'->>0), ''))))), 100), ''),
  search = search || coalesce((
    select array_to_tsvector(array_agg(distinct workspace_id || '=' || name || '=' || text)) from (
      select t.name, entry->>0 as text from jsonb_each(p.traits) as t(name, entry)
       where jsonb_typeof(entry->0) in ('string', 'number', 'boolean')
      union all
      select t.name, part #>> '{}' from jsonb_each(p.traits) as t(name, entry)
       cross join lateral jsonb_array_elements(case when jsonb_typeof(entry->0) = 'array' then entry->0 else '[]'::jsonb end) as e(part)
       where jsonb_typeof(part) in ('string', 'number', 'boolean')) one
     where text <> '' and length(text) <= 120 and length(name) <= 60
       and name not in ('email', 'phone', 'card', 'name', 'firstName', 'first_name', 'lastName', 'last_name')), '');
select set_config('pando.restoring', 'off', true);

-- Matching words is not leakproof, so under the policy the index would not be used. The workspace is the session's.
create function people_with_value(wanted text, most int) returns table (key bigint) language sql stable
  security definer set search_path = pando, pg_temp as $$
  select i.person_key from profiles p join identifiers i on i.workspace_id = p.workspace_id and i.key = p.key
   where p.workspace_id = current_setting('pando.workspace')::int and p.search @@ wanted::tsquery
   limit most
$$;
revoke all on function people_with_value(text, int) from public;
grant execute on function people_with_value(text, int) to pando_app;
