-- Where a workspace wants to be told what happens. types: of facts. topics: only about these (a segment's id, ...); null
-- for all. secrets: the signing secrets that hold, newest first; the older ones until `until` (ms), after a rotation.
create table webhook_endpoints (
  workspace_id int not null,
  id bigint generated always as identity,
  uuid uuid not null,
  url text not null,
  description text not null,
  types text[] not null,
  topics text[],
  secrets jsonb not null,
  created_at timestamptz not null,
  disabled_at timestamptz,
  disabled_why text,
  primary key (workspace_id, id)
);
create unique index webhook_endpoints_by_uuid on webhook_endpoints (uuid);
select pando.protect('webhook_endpoints');

-- state: 0 waits, 1 delivered, 2 given up. subject: whom it is about, so that it goes when they are erased.
create table webhook_deliveries (
  workspace_id int not null,
  endpoint_id bigint not null,
  id bigint generated always as identity,
  message_id text not null,
  type text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  state smallint not null default 0,
  attempts smallint not null default 0,
  due_at timestamptz not null,
  held_until timestamptz,
  tried_at timestamptz,
  status smallint,
  error text,
  primary key (workspace_id, endpoint_id, id)
) with (fillfactor = 80);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at) where state = 0;
create index webhook_deliveries_by_state on webhook_deliveries (workspace_id, endpoint_id, state, id desc);
create index webhook_deliveries_by_subject on webhook_deliveries (workspace_id, subject);
create index webhook_deliveries_old on webhook_deliveries (tried_at) where state > 0;
select pando.protect('webhook_deliveries');
