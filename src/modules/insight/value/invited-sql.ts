import type { Rows } from '../report/rows-sql.ts';

const paid =
  "type = 'track' and event = 'Order Completed' and if(event = 'Order Completed', 1, 0) = 1 and total > 0";

/** The one who invited, as `Invite Accepted` tells their user id. */
const inviter =
  "if(JSONExtractString(properties, 'inviter') != '', JSONExtractString(properties, 'inviter'), JSONExtractString(properties, 'inviter_id'))";

/**
 * Who came by whose invitation: the first that a person accepted, by the person who has the inviter's user id now; at
 * any time up to the end. Nobody invites themselves.
 */
const invitations = (rows: Rows) => `
  select child, parent, at
    from (
      select ${rows.who} as child, argMin(${inviter}, time) as inviter, min(time) as at from events
       where ${rows.where} and ${rows.untilEnd} and type = 'track' and event = 'Invite Accepted' and ${inviter} != ''
       group by child having child != 0) as accepted
    inner join (
      select user_id as inviter, any(${rows.who}) as parent from events
       where workspace_id = {q_ws:UInt32} and user_id in (
         select ${inviter} from events
          where ${rows.where} and ${rows.untilEnd} and type = 'track' and event = 'Invite Accepted')
       group by user_id having parent != 0) as known using (inviter)
   where parent != child`;

/**
 * What people brought about in others: one row for each person and degree (1: whom they invited, 2: whom these did, 3),
 * with how many came and what those bought in the period and after they had come. Columns: who, degree, n, fresh (of
 * the n, who came in the period), revenue.
 */
export function broughtSql(rows: Rows): string {
  return `
    select credit.1 as who, credit.2 as degree, count() as n, countIf(at >= ${rows.from}) as fresh, sum(spent) as revenue
      from (
        select one.child as child, one.at as at, bought.spent as spent,
               arrayJoin(arrayFilter((c, i) -> c.1 != 0 and c.1 != one.child and indexOf(up, c.1) = i,
                 [(one.parent, 1), (two.parent, 2), (three.parent, 3)], [1, 2, 3])) as credit,
               [one.parent, two.parent, three.parent] as up
          from (${invitations(rows)}) as one
          left join (${invitations(rows)}) as two on one.parent = two.child
          left join (${invitations(rows)}) as three on two.parent = three.child
          left join (
            select o.who as who, sum(o.total) as spent
              from (
                select ${rows.who} as who, time, assumeNotNull(total) as total from events
                 where ${rows.where} and ${rows.inPeriod} and ${paid} and currency = {currency:String}) as o
              inner join (${invitations(rows)}) as i on o.who = i.child
             where o.time >= i.at group by o.who) as bought on bought.who = one.child)
     group by who, degree`;
}
