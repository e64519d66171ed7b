-- Who follows the event log: a new follower begins at the end of the logs that are there, and at the beginning of
-- those that come later. To do without a follower for good, delete it here: the log waits for each of them.
create table log_followers (
  name text primary key,
  since timestamptz not null default now()
);
grant select on log_followers to pando_app;
