-- How somebody arrived with this event, as 'medium|source|campaign'; '' for what is no arrival. Told once, when the row
-- is written: a report about touches would otherwise read the whole context of every event. docs/attribution.md says
-- what counts as a touch. The context is looked into only where it can say something.
alter table events {on_cluster} add column if not exists touch LowCardinality(String) materialized
  arrayMap(told -> multiIf(
    type = 'track' and event in ('Store Entered', 'Zone Entered'), concat('store|', store_id, '|'),
    type = 'track' and event = 'Invite Accepted', 'friend|invitation|',
    type = 'track' and event = 'Email Link Clicked', 'email||',
    type = 'track' and event = 'Push Notification Tapped', 'push||',
    told.1.1 != '' or told.1.2 != '', concat(substringUTF8(told.1.1, 1, 100), '|', substringUTF8(told.1.2, 1, 100), '|', substringUTF8(told.1.3, 1, 100)),
    type = 'screen', 'app||',
    type != 'page' and event != 'Content Viewed', '',
    told.2.2 = '', 'direct||',
    domainWithoutWWW(told.2.2) = domainWithoutWWW(told.2.1), '',
    concat('referrer|', domainWithoutWWW(told.2.2), '|')),
  [JSONExtract(
    if(type in ('page', 'screen') or (type = 'track' and not startsWith(event, 'Order ')
         and (event = 'Content Viewed' or position(context, '"campaign"') > 0)), context, ''),
    'Tuple(campaign Tuple(medium String, source String, name String), page Tuple(url String, referrer String))')])[1];

alter table events {on_cluster} materialize column touch;
