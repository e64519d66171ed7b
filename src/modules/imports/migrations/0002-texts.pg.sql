-- What a rejected row says, read as what it is (CSV, JSON): the texts of all its cells, and of those that tell whose it
-- is. An erasure looks there, because in the raw text quotes and letters may be written in many ways. Null in rows that
-- were set aside before.
alter table import_rejects add column texts text[], add column ids text[];
-- A page shows them in the order of the file.
create index import_rejects_by_line on import_rejects (workspace_id, import_id, line, n);

-- Who was erased while an import is under way: `erased` wherever it stands, these only as whole cells.
alter table imports
  add column erased_texts text[] not null default '{}',
  add column erased_ids text[] not null default '{}';

-- Whether a text is one of `whole` (in small letters), or holds one of `parts`, whatever the case of its letters. A number
-- may end in .0, and a card may have blanks and dashes; of a phone the last eight digits count, because files write them in many ways.
create function pando.texts_tell_of(texts text[], parts text[], whole text[]) returns boolean
language sql immutable parallel safe
as $$
  select exists (
    select from unnest(texts) as t
    where lower(btrim(t)) = any (whole)
      or regexp_replace(lower(btrim(t)), '\.0+$', '') = any (whole)
      or regexp_replace(lower(t), '[\s-]+', '', 'g') = any (whole)
  ) or exists (
    select from unnest(texts) as t, unnest(parts) as part
    where position(lower(part) in lower(t)) > 0
      or (part ~ '^\+[0-9]{8,}$' and position(right(part, 8) in regexp_replace(t, '[^0-9]', '', 'g')) > 0)
  )
$$;
grant execute on function pando.texts_tell_of(text[], text[], text[]) to pando_app;

-- The texts in a JSON document, as they are meant.
create function pando.texts_of(document jsonb) returns text[]
language sql immutable parallel safe
as $$
  select coalesce(array_agg(value #>> '{}'), '{}')
  from jsonb_path_query(document, 'lax $.**') as value
  where jsonb_typeof(value) in ('string', 'number')
$$;
grant execute on function pando.texts_of(jsonb) to pando_app;
