-- What happened to the state of the business, in the transaction in which it happened; upper modules follow it.
create table facts (
  workspace_id int not null,
  id bigint generated always as identity,
  -- The writing transaction, as a place in the log that only grows: see fact_log.
  place bigint not null,
  type text not null,
  subject text not null,
  data jsonb not null,
  at timestamptz not null default now(),
  primary key (workspace_id, id)
);
select pando.protect('facts');

-- Followers read in this order.
create unique index facts_in_order on facts (place, id);
create index facts_by_subject on facts (workspace_id, subject);

-- A transaction's number starts again when the data are moved to a younger server (a restored backup). The shift is
-- what to add to it so that places go on growing; one row.
create table fact_log (
  one boolean primary key default true check (one),
  shift bigint not null default 0
);
insert into fact_log default values;
grant select on fact_log to pando_app;

-- How far each follower has come: it has dealt with everything up to and including (place, fact_id).
create table fact_followers (
  name text primary key,
  place bigint not null default 0,
  fact_id bigint not null default 0,
  error text,
  moved_at timestamptz not null default now()
);
