-- Of a movement whose one party was erased: the hash that stands for them in its commitment, so that the other party's
-- receipt can still be made. What it is a hash of begins with a nonce that is gone, so it says nothing of anybody.
-- account: the party that is still there; the row goes with it.
create table points_kept_parties (
  workspace_id int not null,
  id bigint not null,
  account bigint not null,
  hash bytea not null,
  primary key (workspace_id, id)
);
create index points_kept_parties_by_account on points_kept_parties (workspace_id, account);
select pando.protect('points_kept_parties');
