-- One simulated brand a workspace: what it is told from, and how far it has been told.
-- now: the end of its past. position: so many messages of the story were handed in, without a gap.
-- holder, held_until: the process that tells it, so that two never do at once.
create table demo_stories (
  workspace_id int primary key,
  seed int not null,
  people int not null,
  months int not null,
  now timestamptz not null,
  created_at timestamptz not null,
  position bigint not null default 0,
  arrived_at timestamptz,
  state text not null default 'waiting' check (state in ('waiting', 'filling', 'filled')),
  result jsonb,
  holder text,
  held_until timestamptz
);
select pando.protect('demo_stories');
