-- Whom a proposal is about, by the key of an identifier; it goes with the person.
alter table points_proposals drop column account, add column owner bigint;

-- The laws of the books, as what breaks them: each view is empty, or names a programme and says what is wrong there.
-- A job reads them all the time; whoever doubts may read them too.

-- Every movement takes from one side what it gives to another: all sides of a programme add up to nothing, posted and
-- held together, and money likewise.
create view points_law_balance with (security_invoker = true) as
  select workspace_id, programme_id, 'debits-equal-credits' as law,
    format('points add up to %s, money to %s', points, money) as says
  from (
    select workspace_id, programme_id, coalesce(sum(a + b + c + d) filter (where kind < 3), 0) as points,
      coalesce(sum(a + b) filter (where kind = 3), 0) as money
    from points_accounts group by workspace_id, programme_id
  ) sums where points <> 0 or money <> 0;

-- A balance is the sum of all movements of its side.
create view points_law_entries with (security_invoker = true) as
  select workspace_id, programme_id, 'balance-equals-entries' as law,
    format('account %s side %s stands at %s, its movements add up to %s', account, side, stands, moved) as says
  from (
    select workspace_id, programme_id, account, side, sum(stands) as stands, sum(moved) as moved
    from (
      select p.workspace_id, p.programme_id, p.id as account, s.side, s.stands, 0::numeric as moved
      from points_accounts p cross join lateral (values (0, p.a), (1, p.b), (2, p.c), (3, p.d)) as s (side, stands)
      where s.stands <> 0
      union all
      select workspace_id, programme_id, from_account / 4, (from_account % 4)::int, 0, -sum(amount)
      from points_transfers group by workspace_id, programme_id, from_account
      union all
      select workspace_id, programme_id, to_account / 4, (to_account % 4)::int, 0, sum(amount)
      from points_transfers group by workspace_id, programme_id, to_account
    ) both_sides group by workspace_id, programme_id, account, side
  ) sums where stands <> moved;

-- The balances that each movement left follow from those before it: nothing was taken out, put in or changed.
create view points_law_chain with (security_invoker = true) as
  select workspace_id, programme_id, 'nothing-overwritten' as law,
    format('movement %s leaves %s on side %s, where %s follows from the one before', id, after, address, coalesce(before, 0) + change) as says
  from (
    select workspace_id, programme_id, id, address, change, after,
      lag(after) over (partition by workspace_id, address order by at, id) as before
    from (
      select workspace_id, programme_id, id, at, from_account as address, -amount as change, from_after as after
      from points_transfers
      union all
      select workspace_id, programme_id, id, at, to_account, amount, to_after from points_transfers
    ) both_sides
  ) chained where after <> coalesce(before, 0) + change;

-- The books and the policies can be added to only.
create view points_law_keep with (security_invoker = true) as
  select p.workspace_id, p.id as programme_id, 'append-only' as law, 'table ' || t.name || ' could be changed' as says
  from points_programmes p cross join (values ('points_transfers'), ('points_policies')) as t (name)
  where has_table_privilege('pando_app', 'pando.' || t.name, 'update, delete, truncate')
    or not exists (
      select from pg_trigger g where g.tgrelid = ('pando.' || t.name)::regclass and g.tgname = t.name || '_keep'
        and g.tgenabled in ('O', 'A'));

-- The lots of a wallet add up to it, those of a hold to the hold, the holds of an account to what is held there; points
-- of one origin and one last day are one lot.
create view points_law_lots with (security_invoker = true) as
  select p.workspace_id, p.programme_id, 'lots-equal-balance' as law,
    format('account %s has %s in its wallet and %s in its lots', p.id, p.a, coalesce(l.amount, 0)) as says
  from points_accounts p left join (
    select workspace_id, account, sum(amount) as amount from points_lots where hold = 0 group by workspace_id, account
  ) l on l.workspace_id = p.workspace_id and l.account = p.id
  where p.kind <= 1 and p.a <> coalesce(l.amount, 0)
  union all
  select h.workspace_id, h.programme_id, 'lots-equal-balance',
    format('hold %s is of %s and its lots of %s', h.id, h.amount, coalesce(l.amount, 0))
  from points_holds h left join (
    select workspace_id, hold, sum(amount) as amount from points_lots where hold <> 0 group by workspace_id, hold
  ) l on l.workspace_id = h.workspace_id and l.hold = h.id
  where h.amount <> coalesce(l.amount, 0)
  union all
  select p.workspace_id, p.programme_id, 'lots-equal-balance',
    format('account %s holds %s and its holds are of %s', p.id, p.b, coalesce(h.amount, 0))
  from points_accounts p left join (
    select workspace_id, account, sum(amount) as amount from points_holds group by workspace_id, account
  ) h on h.workspace_id = p.workspace_id and h.account = p.id
  where p.kind <= 1 and p.b <> coalesce(h.amount, 0)
  union all
  select workspace_id, programme_id, 'lots-equal-balance', format('account %s has a lot twice, or one of nothing', account)
  from points_lots group by workspace_id, programme_id, account, hold, origin, expires
  having count(*) > 1 or min(amount) <= 0;

-- What is in circulation and what may still come into it is what the reserve covers.
create view points_law_reserve with (security_invoker = true) as
  select workspace_id, programme_id, 'reserve-covers' as law,
    format('%s points are in circulation and %s may be issued, the reserve covers %s', circulating, budget, covered) as says
  from (
    select workspace_id, programme_id, coalesce(sum(a + b) filter (where kind <= 1), 0) as circulating,
      sum(budget) as budget, coalesce(sum(a * ratio) filter (where kind = 3), 0) as covered
    from points_accounts group by workspace_id, programme_id
  ) sums where circulating + budget <> covered or circulating > covered;

create view points_laws with (security_invoker = true) as
  select * from points_law_balance union all select * from points_law_entries union all select * from points_law_chain
  union all select * from points_law_keep union all select * from points_law_lots union all select * from points_law_reserve;
grant select on points_laws, points_law_balance, points_law_entries, points_law_chain, points_law_keep, points_law_lots,
  points_law_reserve to pando_app;

-- When the laws were looked at last and what was found; checked: every movement up to this id was found in the log once.
create table points_law_checks (
  workspace_id int not null,
  programme_id int not null,
  at timestamptz not null,
  took_ms int not null,
  broken jsonb not null default '[]',
  checked bigint not null default 0,
  primary key (workspace_id, programme_id)
);
select pando.protect('points_law_checks');
