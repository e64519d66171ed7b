-- What reports about orders read beside the projection's columns: whose they were, and what was in them. Of other events
-- both are empty, so that they cost next to nothing; in the projection, where orders stand together in the order of time,
-- they are read for the orders that are asked for, and not out of every block of events (of 10 million: 0.4 s of
-- processor instead of 1.3 s for recency, frequency and money).
alter table events {on_cluster}
  add column if not exists order_user_id String materialized
    if(type = 'track' and event = 'Order Completed', user_id, '') codec(ZSTD(1)),
  add column if not exists order_properties String materialized
    if(type = 'track' and event in ('Order Completed', 'Order Refunded'), properties, '') codec(ZSTD(1));

alter table events {on_cluster} materialize column order_user_id, materialize column order_properties;

alter table events {on_cluster} drop projection if exists by_time;

alter table events {on_cluster} add projection by_time (
  select workspace_id, time, seq, key, person, type, event, known, contract, historical, bot, total, currency,
    order_id, order_user_id, order_properties, if(event = 'Order Completed', 1, 0)
  order by (workspace_id, if(event = 'Order Completed', 1, 0), time)
);

alter table events {on_cluster} materialize projection by_time;
