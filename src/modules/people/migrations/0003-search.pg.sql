-- Several beginnings at once, as the same number or card can be typed in several ways; and words as they are, since a
-- text-search parser would leave out all that is not Latin where the database has the locale C.
drop function search_people(text, text, int);
create function search_people(wanted text[], words text, most int) returns table (key bigint) language sql stable
  security definer set search_path = pando, pg_temp as $$
  (select i.person_key from unnest(wanted) as w(beginning) cross join lateral (
     select person_key from identifiers
      where workspace_id = current_setting('pando.workspace')::int
        and kind not in ('anonymous_id', 'device_id')
        and lower(value) ~>=~ beginning and lower(value) ~<~ (beginning || chr(1114111))
      order by lower(value) using ~<~
      limit most) i
    limit most)
  union all
  (select i.person_key from profiles p join identifiers i on i.workspace_id = p.workspace_id and i.key = p.key
    where words <> '' and p.workspace_id = current_setting('pando.workspace')::int
      and p.search @@ words::tsquery
    limit most)
$$;
revoke all on function search_people(text[], text, int) from public;
grant execute on function search_people(text[], text, int) to pando_app;
