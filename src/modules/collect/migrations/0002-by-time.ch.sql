-- What reports about a period read: the few columns that they ask for, orders apart from the rest, each in the order
-- of time. Without it a period costs a pass over all events (of 10 million: 0.2 s instead of 0.03 s for the reading
-- alone). ClickHouse keeps it with the rows, through merges and deletions.
alter table events {on_cluster} add projection if not exists by_time (
  select workspace_id, time, seq, key, person, type, event, known, contract, historical, bot, total, currency,
    if(event = 'Order Completed', 1, 0)
  order by (workspace_id, if(event = 'Order Completed', 1, 0), time)
);

alter table events {on_cluster} materialize projection by_time;
