-- What this installation keeps to itself: every process of it reads the same, and a backup takes it along.
create table installation_secrets (
  name text primary key,
  value text not null,
  made_at timestamptz not null default now()
);
