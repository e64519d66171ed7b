-- An import is one file on its way into the event log. What it needs to go on after a crash stands here: the mapping as
-- it was, and how many of its events (which always come in the same order) were answered.
create table imports (
  workspace_id int not null,
  id uuid not null,
  name text not null,
  preset text,
  -- YAML
  mapping text not null,
  zone text not null,
  file_name text not null,
  file_bytes bigint not null,
  sha256 text not null,
  -- Names of the lookups that came with it.
  lookups text[] not null,
  dry_run boolean not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- Who is at work: a process that lost it finds another one here, and leaves off.
  runner uuid,
  resumed int not null default 0,
  -- Of which program the order of events is.
  event_order int not null,
  -- From 0 to 1.
  progress double precision not null default 0,
  rows bigint not null default 0,
  events bigint not null default 0,
  -- Answered events, without a gap; the four after it are their outcomes.
  sent bigint not null default 0,
  accepted bigint not null default 0,
  duplicates bigint not null default 0,
  quarantined bigint not null default 0,
  withheld bigint not null default 0,
  rejected bigint not null default 0,
  -- How many of the rejected rows are in import_rejects.
  rejects_kept bigint not null default 0,
  skipped bigint not null default 0,
  -- { event name: count }, { reason: count }
  by_event jsonb not null default '{}',
  skips jsonb not null default '{}',
  -- How the file is laid out, once it was opened.
  layout jsonb,
  -- Of a dry run: its first messages.
  sample jsonb,
  notes text[] not null default '{}',
  -- What tells people who were erased while this is under way: rows that hold it are not kept. Emptied at the end.
  erased text[] not null default '{}',
  error text,
  created_by text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id)
);
-- At most one import of the same thing is under way.
create unique index imports_under_way on imports (workspace_id, lower(name), sha256, md5(mapping), dry_run)
  where state in ('waiting', 'running');
select pando.protect('imports');

-- Rows that could not be taken. broken: not even its cells can be told apart.
create table import_rejects (
  workspace_id int not null,
  import_id uuid not null,
  n bigint not null,
  line bigint not null,
  reason text not null,
  raw text not null,
  broken boolean not null,
  primary key (workspace_id, import_id, n),
  foreign key (workspace_id, import_id) references imports (workspace_id, id) on delete cascade
);
select pando.protect('import_rejects');

-- Whether a text holds one of the needles, whatever the case of its letters; of a phone number the last nine digits
-- count, because files write them in many ways.
create function pando.tells_of(text text, needles text[]) returns boolean
language sql immutable parallel safe
as $$
  select exists (
    select from unnest(needles) as needle
    where position(lower(needle) in lower(text)) > 0
      or (needle ~ '^\+[0-9]{9,}$' and position(right(needle, 9) in regexp_replace(text, '[^0-9]', '', 'g')) > 0)
  )
$$;
grant execute on function pando.tells_of(text, text[]) to pando_app;
