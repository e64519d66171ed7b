-- A currency of the brand's own. secret: what hashes of keys and orders are keyed with, so that nobody can try them.
create table points_programmes (
  workspace_id int not null,
  id int generated always as identity,
  uuid uuid not null,
  slug text not null,
  name text not null,
  currency text not null,
  secret bytea not null,
  log_id bigint,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index points_programmes_by_uuid on points_programmes (uuid);
create unique index points_programmes_by_slug on points_programmes (slug);
select pando.protect('points_programmes');

-- Never changed: a new policy is a new version that holds from its moment on.
create table points_policies (
  workspace_id int not null,
  programme_id int not null,
  version int not null,
  from_ms bigint not null,
  policy jsonb not null,
  by text not null,
  created_at timestamptz not null,
  primary key (workspace_id, programme_id, version)
);
select pando.protect('points_policies');
revoke update, delete on points_policies from pando_app;

-- Who or what has points, a row each, with a balance a side (a movement names id * 4 + side):
--   kind 0 member and 1 partner: a wallet, b held, c receivable (negative: what is owed)
--   kind 2 shard of the programme: a issued (negative), b redeemed, c expired, d suspense
--   kind 3 treasury: a reserve, b funding (negative), in minor units of the programme's currency
-- budget: how many points more may come into circulation through this shard; of the treasury, what no shard has.
-- Budgets and what is in circulation together are the reserve times the ratio, so no row is everybody's.
-- lots: of the wallet, four numbers a lot (origin, last day as days since 1970, day earned, points); points of one
-- origin and one last day are one lot. secret: what the commitments in the public log are opened by; it goes with the
-- person. at: of the newest movement, ms; time never runs backwards in an account.
create table points_accounts (
  workspace_id int not null,
  id bigint generated always as identity,
  programme_id int not null,
  kind smallint not null,
  owner bigint,
  name text,
  a bigint not null default 0,
  b bigint not null default 0,
  c bigint not null default 0,
  d bigint not null default 0,
  lots bigint[] not null default '{}',
  next_expiry int,
  budget bigint not null default 0,
  at bigint not null default 0,
  since bigint not null default 0,
  out_day int not null default 0,
  out_sum bigint not null default 0,
  policy int not null default 0,
  ratio int not null default 0,
  secret bytea,
  primary key (workspace_id, id),
  check (kind > 1 or (a >= 0 and b >= 0 and c <= 0))
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05);
create unique index points_accounts_by_owner on points_accounts (workspace_id, programme_id, owner) where owner is not null;
create unique index points_accounts_by_name on points_accounts (workspace_id, programme_id, name) where name is not null;
create index points_accounts_by_kind on points_accounts (workspace_id, programme_id, kind) where kind > 0;
create index points_accounts_expiring on points_accounts (workspace_id, programme_id, next_expiry) where next_expiry is not null;
select pando.protect('points_accounts');
revoke delete on points_accounts from pando_app;

-- The books: from one account's side to another's, never changed and never deleted. Holds no personal data.
-- id: drawn after the accounts were locked, so of one account the greater id is the later movement. first: of the legs
-- of one order all but the first name it. of: the hold, spend or earn that it is about. after: the balances it left.
-- key, content, ref: keyed hashes of the idempotency key, of the order as it was asked for, and of the shop's order.
-- origin, expires, day: where it moved one lot; lots where it moved several.
create table points_transfers (
  workspace_id int not null,
  id bigint not null,
  programme_id int not null,
  at bigint not null,
  from_account bigint not null,
  to_account bigint not null,
  amount bigint not null check (amount > 0),
  from_after bigint not null,
  to_after bigint not null,
  first bigint,
  of bigint,
  content bigint,
  key uuid,
  ref uuid,
  kind smallint not null,
  origin smallint,
  policy int not null,
  expires int,
  day int,
  lots bigint[],
  rule text,
  primary key (workspace_id, id),
  check (from_account <> to_account)
);
create unique index points_transfers_by_key on points_transfers (workspace_id, programme_id, key) where key is not null;
create index points_transfers_from on points_transfers (workspace_id, from_account, at, id);
create index points_transfers_to on points_transfers (workspace_id, to_account, at, id);
create index points_transfers_legs on points_transfers (workspace_id, first) where first is not null;
create index points_transfers_about on points_transfers (workspace_id, of) where of is not null;
create index points_transfers_by_ref on points_transfers (workspace_id, programme_id, ref) where ref is not null;
select pando.protect('points_transfers');
revoke update, delete, truncate on points_transfers from pando_app;
create sequence points_batches;
grant usage on sequence points_batches to pando_app;

create function points_keep() returns trigger language plpgsql as $$
begin
  raise exception 'The books of points are never changed: correct them by another movement.';
end
$$;
create trigger points_transfers_keep before update or delete or truncate on points_transfers
  for each statement execute function points_keep();
create trigger points_policies_keep before update or delete or truncate on points_policies
  for each statement execute function points_keep();

-- What is left of a hold, a row for each wallet it took from; its lots add up to what is left. id: of the leg that made
-- it; first: by which it is named. target and back are sides; -1 issued and -2 redeemed, of whichever shard it is then.
create table points_holds (
  workspace_id int not null,
  id bigint not null,
  programme_id int not null,
  first bigint not null,
  account bigint not null,
  amount bigint not null check (amount >= 0),
  lots bigint[] not null,
  target bigint not null,
  back bigint not null,
  due bigint,
  settles boolean not null,
  primary key (workspace_id, id)
) with (fillfactor = 70);
create index points_holds_by_first on points_holds (workspace_id, first);
create index points_holds_by_account on points_holds (workspace_id, account) where amount > 0;
create index points_holds_due on points_holds (workspace_id, due) where amount > 0 and due is not null;
select pando.protect('points_holds');

-- What people wrote about a movement: it can hold personal data, and goes with the person.
create table points_notes (
  workspace_id int not null,
  id bigint not null,
  account bigint not null,
  order_ref text,
  reason text,
  by text[],
  primary key (workspace_id, id)
);
create index points_notes_by_account on points_notes (workspace_id, account);
select pando.protect('points_notes');

-- What one person asks for and another one decides: adjustments and movements of the reserve.
create table points_proposals (
  workspace_id int not null,
  id bigint generated always as identity,
  uuid uuid not null,
  programme_id int not null,
  content jsonb not null,
  account bigint,
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  approved boolean,
  transfer bigint,
  primary key (workspace_id, id)
);
create unique index points_proposals_by_uuid on points_proposals (uuid);
create index points_proposals_open on points_proposals (workspace_id, programme_id) where decided_at is null;
select pando.protect('points_proposals');

-- The lots of all wallets and holds, a row each; hold 0 is the wallet.
create view points_lots with (security_invoker = true) as
  select p.workspace_id, p.programme_id, p.id as account, 0::bigint as hold,
    p.lots[n]::smallint as origin, p.lots[n + 1]::int as expires, p.lots[n + 2]::int as day, p.lots[n + 3] as amount
  from points_accounts p cross join lateral generate_series(1, cardinality(p.lots), 4) as n
  union all
  select h.workspace_id, h.programme_id, h.account, h.id,
    h.lots[n]::smallint, h.lots[n + 1]::int, h.lots[n + 2]::int, h.lots[n + 3]
  from points_holds h cross join lateral generate_series(1, cardinality(h.lots), 4) as n;
grant select on points_lots to pando_app;

-- What the newest movement up to a moment (ms) left on a side of an account.
create function points_balance_at(of_workspace int, address bigint, at_ms bigint) returns bigint language sql stable as $$
  select coalesce((
    select after from (
      (select at, id, from_after as after from pando.points_transfers
        where workspace_id = of_workspace and from_account = address and at <= at_ms order by at desc, id desc limit 1)
      union all
      (select at, id, to_after from pando.points_transfers
        where workspace_id = of_workspace and to_account = address and at <= at_ms order by at desc, id desc limit 1)
    ) newest order by at desc, id desc limit 1), 0)
$$;
grant execute on function points_balance_at(int, bigint, bigint) to pando_app;
