-- Rules about what earns points. A rule's body stands in its versions; nothing of an older one is overwritten.
-- points, awards: what its payments come to, after refunds, kept in the transactions that decide them.
create table reward_rules (
  workspace_id int not null,
  id int generated always as identity,
  uuid uuid not null,
  programme uuid not null,
  name text not null,
  version int not null,
  created_at timestamptz not null,
  paused_at timestamptz,
  points bigint not null default 0,
  awards bigint not null default 0,
  primary key (workspace_id, id)
);
create unique index reward_rules_by_uuid on reward_rules (uuid);
create unique index reward_rules_by_name on reward_rules (workspace_id, programme, lower(name));
select pando.protect('reward_rules');

create table reward_rule_versions (
  workspace_id int not null,
  rule_id int not null,
  version int not null,
  body jsonb not null,
  since timestamptz not null,
  by text not null,
  primary key (workspace_id, rule_id, version)
);
select pando.protect('reward_rule_versions');

-- What was decided for one event, one rule and one person, and how far the ledger has it. granted: by caps at that time.
-- target: after refunds, never rising. posted: what the ledger has. step: what it is being brought to, written before
-- the ledger is asked, so that a repeat asks for the same. earn: the movement in the ledger. person: key at that time.
create table reward_awards (
  workspace_id int not null,
  id bigint generated always as identity,
  key text not null,
  rule_id int not null,
  version int not null,
  role text not null,
  person bigint not null,
  message_id text not null,
  order_id text,
  day int not null,
  at timestamptz not null,
  basis jsonb not null,
  factor text not null,
  granted bigint not null check (granted >= 0),
  target bigint not null check (target between 0 and granted),
  held_until timestamptz,
  expires date,
  posted bigint not null default 0,
  step bigint,
  earn text,
  try_at timestamptz not null,
  tries int not null default 0,
  problem text,
  primary key (workspace_id, id)
) with (fillfactor = 80);
create unique index reward_awards_by_key on reward_awards (workspace_id, key);
create index reward_awards_by_order on reward_awards (workspace_id, order_id) where order_id is not null;
create index reward_awards_by_person on reward_awards (workspace_id, person, rule_id, day);
create index reward_awards_by_rule on reward_awards (workspace_id, rule_id, id);
create index reward_awards_due on reward_awards (try_at) where posted <> target or step is not null;
select pando.protect('reward_awards');

-- What came back of orders, whether anything was paid for them yet or not. key: of the identifier that it came with.
create table reward_refunds (
  workspace_id int not null,
  order_id text not null,
  message_id text not null,
  event text not null,
  key bigint not null,
  refund jsonb not null,
  primary key (workspace_id, order_id, message_id)
);
create index reward_refunds_by_key on reward_refunds (workspace_id, key);
select pando.protect('reward_refunds');

-- Who was invited by whom: the earliest invitation that was accepted.
create table reward_invitations (
  workspace_id int not null,
  person bigint not null,
  inviter bigint not null,
  at timestamptz not null,
  primary key (workspace_id, person)
);
create index reward_invitations_by_inviter on reward_invitations (workspace_id, inviter);
select pando.protect('reward_invitations');

create table reward_dry_runs (
  workspace_id int not null,
  uuid uuid not null,
  rule jsonb not null,
  from_day date not null,
  to_day date not null,
  state smallint not null default 0,
  progress real not null default 0,
  cost jsonb,
  problem text,
  created_at timestamptz not null,
  primary key (workspace_id, uuid)
);
select pando.protect('reward_dry_runs');

-- What points can be had for. taken: how many of the stock are gone.
create table rewards (
  workspace_id int not null,
  id int generated always as identity,
  uuid uuid not null,
  programme uuid not null,
  name text not null,
  description text not null,
  cost bigint not null check (cost > 0),
  stock int,
  taken int not null default 0,
  from_at timestamptz,
  to_at timestamptz,
  each int,
  voucher jsonb,
  archived_at timestamptz,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  check (stock is null or taken <= stock)
);
create unique index rewards_by_uuid on rewards (uuid);
create unique index rewards_by_name on rewards (workspace_id, programme, lower(name)) where archived_at is null;
select pando.protect('rewards');

-- Points for a reward, or for money off an order. state: 0 under way, 1 done, 2 refused, 3 reversed. spend: the movement
-- in the ledger. content: what the key stood for, to tell a repeat from another request under the same key.
create table reward_redemptions (
  workspace_id int not null,
  id bigint generated always as identity,
  uuid uuid not null,
  key text not null,
  content text not null,
  programme uuid not null,
  reward_id int,
  person bigint,
  points bigint not null,
  order_id text,
  worth numeric(18, 6),
  currency text,
  at timestamptz not null,
  state smallint not null default 0,
  spend text,
  reversed_at timestamptz,
  primary key (workspace_id, id)
);
create unique index reward_redemptions_by_uuid on reward_redemptions (uuid);
create unique index reward_redemptions_by_key on reward_redemptions (workspace_id, key);
create index reward_redemptions_by_person on reward_redemptions (workspace_id, person, id desc);
create index reward_redemptions_open on reward_redemptions (at) where state = 0;
select pando.protect('reward_redemptions');

-- number: what stands in the code and, signed, in the token.
create table reward_vouchers (
  workspace_id int not null,
  number bigint not null,
  redemption_id bigint not null,
  worth numeric(18, 6),
  currency text,
  expires timestamptz not null,
  used_at timestamptz,
  used_key text,
  order_id text,
  reversed_at timestamptz,
  primary key (workspace_id, number)
);
create index reward_vouchers_by_redemption on reward_vouchers (workspace_id, redemption_id);
select pando.protect('reward_vouchers');

-- The key that vouchers of a workspace are signed with.
create table reward_keys (
  workspace_id int primary key,
  private_key bytea not null,
  public_key bytea not null
);
select pando.protect('reward_keys');
