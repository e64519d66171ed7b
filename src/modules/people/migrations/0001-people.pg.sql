-- One row a workspace: held while identifiers, ties or decisions change, so that the graph has one writer.
-- version tells other processes that what they remember may be old.
create table graphs (
  workspace_id int primary key,
  next_key bigint not null,
  version bigint not null default 0
);
select pando.protect('graphs');

-- Identifier to person is the only thing that a join or a split changes. A person is the set of its
-- identifiers; its key is the smallest of theirs (the oldest identifier).
-- state: 0 links, 1 retired (stays findable, no longer the living value of its kind), 2 past its limit,
--        3 shared device, 4 blocked by the workspace.
-- contested: something in its surroundings was not joined; new ties there are settled by the whole rule.
-- consent: the newest answer by purpose, {purpose: [granted, time in ms]}; denied: what the person's
-- identifiers together say about `analytics` (null: nobody asked).
create table identifiers (
  workspace_id int not null,
  key bigint not null,
  person_key bigint not null,
  kind text not null,
  value text not null,
  hash bigint not null,
  state smallint not null default 0,
  contested boolean not null default false,
  denied boolean,
  consent jsonb,
  created_at timestamptz not null,
  primary key (workspace_id, key)
) with (fillfactor = 90);
create unique index identifiers_by_hash on identifiers (workspace_id, hash);
create index identifiers_by_person on identifiers (workspace_id, person_key) where person_key <> key;
-- Prefix search over what people type; browsers and devices are found by their whole value only.
create index identifiers_by_value on identifiers (workspace_id, lower(value) text_pattern_ops)
  where kind not in ('anonymous_id', 'device_id');
select pando.protect('identifiers');

-- What ties identifiers together, once a set of identifiers; the earliest event that carried it is the evidence.
-- outcome: 0 joined, 1 conflict (waits for the team), 2 kept apart by the team, 3 does not link.
create table ties (
  workspace_id int not null,
  hash bigint not null,
  keys bigint[] not null,
  alias_from bigint,
  alias_to bigint,
  rule text not null,
  at timestamptz not null,
  message_id text not null,
  source_id int not null,
  received_at timestamptz not null,
  outcome smallint not null default 0,
  primary key (workspace_id, hash)
);
create index ties_in_conflict on ties (workspace_id, received_at desc, hash) where outcome = 1;
select pando.protect('ties');

-- others: how many other identifiers the tie has.
create table tie_keys (
  workspace_id int not null,
  key bigint not null,
  hash bigint not null,
  others smallint not null,
  primary key (workspace_id, key, hash) include (others)
);
select pando.protect('tie_keys');

-- The team's word: joins, splits, shared devices. Never changed; a later one overrules.
create table decisions (
  workspace_id int not null,
  id bigint generated always as identity,
  kind text not null check (kind in ('join', 'split', 'share', 'unshare')),
  left_keys bigint[] not null,
  right_keys bigint[] not null,
  bonds jsonb not null default '[]',
  actor text not null,
  note text,
  at timestamptz not null,
  primary key (workspace_id, id)
);
select pando.protect('decisions');

create table decision_keys (
  workspace_id int not null,
  key bigint not null,
  decision_id bigint not null,
  primary key (workspace_id, key, decision_id)
);
select pando.protect('decision_keys');

-- Identifiers whose person changed, on their way to the dictionary in ClickHouse.
create table moves (
  workspace_id int not null,
  id bigint generated always as identity,
  key bigint not null,
  person_key bigint not null,
  primary key (workspace_id, id)
);
select pando.protect('moves');

-- Traits by the identifier they came with: {name: [value, time in ms]}. A value that jsonb cannot hold
-- (a NUL, half a surrogate pair) is kept as {"$json": its JSON text}.
create table profiles (
  workspace_id int not null,
  key bigint not null,
  traits jsonb not null,
  search tsvector not null,
  updated_at timestamptz not null,
  primary key (workspace_id, key)
) with (fillfactor = 80);
create index profiles_by_words on profiles using gin (search);
select pando.protect('profiles');

-- For each key the newest by the event's own time wins; at the same time, the greater text, so that the
-- outcome does not hang on the order of arrival.
create function merge_traits(old jsonb, new jsonb) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(name, entry), '{}'::jsonb) from (
    select distinct on (name) name, entry from (
      select * from jsonb_each(old) as o(name, entry) union all select * from jsonb_each(new) as n(name, entry)
    ) both_sides
    order by name, (entry->>1)::numeric desc, (entry->0)::text desc
  ) newest
$$;

create table trait_types (
  workspace_id int not null,
  name text not null,
  type text not null,
  first_seen timestamptz not null,
  primary key (workspace_id, name, type)
);
select pando.protect('trait_types');

-- The evidence of consent: every answer, with what was shown and where it was given.
create table consents (
  workspace_id int not null,
  id bigint generated always as identity,
  key bigint not null,
  purpose text not null,
  granted boolean not null,
  at timestamptz not null,
  source text not null,
  text_version text,
  message_id text,
  received_at timestamptz not null,
  primary key (workspace_id, id)
);
create index consents_by_key on consents (workspace_id, key, at);
select pando.protect('consents');

-- Hashes (keyed, so that nobody can try values on a copy) of erased identifiers: they never come back by an import.
create table suppressions (
  workspace_id int not null,
  hash bytea not null,
  at timestamptz not null,
  primary key (workspace_id, hash)
);
select pando.protect('suppressions');

-- Erased identifiers whose rows still have to leave ClickHouse and the log.
create table erasures (
  workspace_id int not null,
  id bigint generated always as identity,
  person_id uuid not null,
  keys bigint[] not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  done_at timestamptz,
  primary key (workspace_id, id)
);
select pando.protect('erasures');

-- One reviewed search under row-level security: prefix search is not leakproof, so under the policy the
-- indexes would not be used. It takes the workspace from the session like the policy does, never from the caller.
create function search_people(wanted text, words text, most int) returns table (key bigint) language sql stable
  security definer set search_path = pando, pg_temp as $$
  (select i.person_key from identifiers i
    where i.workspace_id = current_setting('pando.workspace')::int
      and i.kind not in ('anonymous_id', 'device_id')
      and lower(i.value) ~>=~ wanted and lower(i.value) ~<~ (wanted || chr(1114111))
    order by lower(i.value) using ~<~
    limit most)
  union all
  (select i.person_key from profiles p join identifiers i on i.workspace_id = p.workspace_id and i.key = p.key
    where words <> '' and p.workspace_id = current_setting('pando.workspace')::int
      and p.search @@ to_tsquery('simple', words)
    limit most)
$$;
revoke all on function search_people(text, text, int) from public;
grant execute on function search_people(text, text, int) to pando_app;
grant execute on function merge_traits(jsonb, jsonb) to pando_app;
