-- An entry of a profile is [value, time in ms, tie, words]. At the same time the greater tie wins, a number made of the
-- value where it is read: no text is compared, which each database would do in an order of its own.
create or replace function merge_traits(old jsonb, new jsonb) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(name, entry), '{}'::jsonb) from (
    select distinct on (name) name, entry from (
      select * from jsonb_each(old) as o(name, entry) union all select * from jsonb_each(new) as n(name, entry)
    ) both_sides
    order by name, (entry->>1)::numeric desc, (entry->>2)::numeric desc nulls last
  ) newest
$$;

-- The words of a name are kept with it, so that somebody is found by the name that holds, and by no other.
create function words_of(traits jsonb) returns tsvector language sql immutable parallel safe as $$
  select coalesce(string_agg(entry->>3, ' '), '')::tsvector from jsonb_each(traits) as t(name, entry)
   where entry->>3 is not null
$$;
grant execute on function words_of(jsonb) to pando_app;
