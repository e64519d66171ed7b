-- Workspaces, the team, how they sign in, the keys of programs, and the list of who changed what.
-- pando.protect() leads every table to the rows of the transaction's workspace for the role pando_app.

-- The key is called as in every other table, so that a workspace sees one row here: its own.
create table workspaces (
  workspace_id int generated always as identity (minvalue 1 maxvalue 131071) primary key,
  uuid         uuid not null unique,
  slug         text not null unique,
  name         text not null,
  time_zone    text not null,
  country      text not null,
  currency     text not null,
  settings     jsonb not null default '{}',
  created_at   timestamptz not null
);
select pando.protect('workspaces');
revoke insert, delete on workspaces from pando_app;

create table users (
  id            uuid primary key,
  email         text not null unique,
  name          text not null,
  password_hash text not null,
  -- May create further workspaces, and is an owner in each of them.
  operator      boolean not null default false,
  created_at    timestamptz not null
);

-- A membership that ended stays, so that the audit list can go on naming its actors.
create table memberships (
  workspace_id int not null references workspaces,
  user_id      uuid not null references users,
  role         text not null check (role in ('owner', 'marketer', 'analyst', 'clerk')),
  joined_at    timestamptz not null,
  ended_at     timestamptz,
  primary key (workspace_id, user_id)
);
create index memberships_of_user on memberships (user_id) where ended_at is null;
select pando.protect('memberships');

-- A user belongs to no workspace; each workspace sees those of its team, and never a password's hash.
alter table users enable row level security;
create policy team_of_workspace on users for select to pando_app
  using (exists (select 1 from memberships m where m.user_id = users.id));
grant select (id, email, name) on users to pando_app;

create table sessions (
  id         uuid primary key,
  user_id    uuid not null references users,
  token_hash text not null unique,
  created_at timestamptz not null,
  seen_at    timestamptz not null,
  expires_at timestamptz not null,
  address    text not null,
  agent      text not null
);
create index sessions_of_user on sessions (user_id);

-- Counted before a password is looked at; the bucket is a hash, because people also type what is no account.
create table sign_in_attempts (
  bucket   text primary key,
  attempts int not null,
  since    timestamptz not null
);
create index sign_in_attempts_since on sign_in_attempts (since);

create table password_resets (
  id         uuid primary key,
  user_id    uuid not null references users,
  token_hash text not null unique,
  created_by text not null,
  expires_at timestamptz not null
);
create index password_resets_of_user on password_resets (user_id);

create table invitations (
  workspace_id int not null references workspaces,
  id           uuid not null,
  email        text not null,
  role         text not null check (role in ('owner', 'marketer', 'analyst', 'clerk')),
  token_hash   text not null unique,
  invited_by   text not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  -- Accepted, taken back, or replaced by a newer one for the same address.
  closed_at    timestamptz,
  primary key (workspace_id, id)
);
create unique index invitations_open on invitations (workspace_id, email) where closed_at is null;
select pando.protect('invitations');
revoke select on invitations from pando_app;
grant select (workspace_id, id, email, role, invited_by, created_at, expires_at, closed_at)
  on invitations to pando_app;

create table secret_keys (
  workspace_id int not null references workspaces,
  id           uuid not null,
  name         text not null,
  scopes       text[] not null,
  secret_hash  text not null unique,
  hint         text not null,
  created_by   text not null,
  created_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  primary key (workspace_id, id)
);
select pando.protect('secret_keys');
revoke select, delete on secret_keys from pando_app;
grant select (workspace_id, id, name, scopes, hint, created_by, created_at, last_used_at, revoked_at)
  on secret_keys to pando_app;

create table audit (
  workspace_id int not null references workspaces,
  id           bigint generated always as identity,
  at           timestamptz not null,
  actor        text not null,
  action       text not null,
  subject      text not null,
  detail       jsonb not null,
  primary key (workspace_id, id)
);
create index audit_of_subject on audit (workspace_id, subject, id);
select pando.protect('audit');
-- Append only: a line that was written can be changed by redact_audit alone.
revoke update, delete on audit from pando_app;

-- Every needle in a text becomes [erased], in any case of letters. A needle of less than four characters counts
-- only where it is the whole text: "7" is somebody's number, and also a part of nearly everything.
create function redact_text(content text, needles text[]) returns text
language plpgsql immutable as $$
declare needle text;
begin
  foreach needle in array needles loop
    if lower(content) = lower(needle) then
      return '[erased]';
    elsif length(needle) >= 4 then
      -- ***= makes the rest of a regular expression literal.
      content := regexp_replace(content, '***=' || needle, '[erased]', 'gi');
    end if;
  end loop;
  return content;
end $$;

create function redact_json(value jsonb, needles text[]) returns jsonb
language plpgsql immutable as $$
begin
  case jsonb_typeof(value)
    when 'string' then
      return to_jsonb(redact_text(value #>> '{}', needles));
    when 'number' then
      if (value #>> '{}') = any (needles) then return '"[erased]"'; end if;
      return value;
    when 'array' then
      return (select coalesce(jsonb_agg(redact_json(e.item, needles) order by e.nth), '[]')
                from jsonb_array_elements(value) with ordinality e(item, nth));
    when 'object' then
      return (select coalesce(jsonb_object_agg(redact_text(e.key, needles), redact_json(e.value, needles)), '{}')
                from jsonb_each(value) e);
    else
      return value;
  end case;
end $$;

-- Runs as the owner, who may update; that is why it keeps to the transaction's workspace itself.
create function redact_audit(needles text[]) returns int
language plpgsql security definer set search_path = pando, pg_temp as $$
declare redacted int;
begin
  update audit a
     set subject = redact_text(a.subject, needles), detail = redact_json(a.detail, needles)
   where a.workspace_id = current_setting('pando.workspace')::int
     and (a.subject, a.detail) is distinct from (redact_text(a.subject, needles), redact_json(a.detail, needles));
  get diagnostics redacted = row_count;
  return redacted;
end $$;
revoke all on function redact_audit(text[]) from public;
grant execute on function redact_audit(text[]) to pando_app;
