-- Boards that a team composes from reports. tiles: in their order, each with the report, a title and its question as it
-- stands in the address. version is raised with every change, so that nobody writes over what they have not seen.
create table boards (
  workspace_id int not null,
  id int generated always as identity,
  uuid uuid not null,
  title text not null,
  tiles jsonb not null,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index boards_by_uuid on boards (uuid);
select pando.protect('boards');
