import type { Asking } from '../report/define.ts';

export interface Piece {
  id: string;
  title: string;
  kind: string;
  seen: number;
  kept: number;
  shared: number;
  both: number;
}

const seen = "event = 'Content Viewed'";
const kept = "event in ('Content Kept', 'Content Saved', 'Content Bookmarked', 'Product Added to Wishlist')";
const shared = "event in ('Content Shared', 'Product Shared')";
/** All that is read of a document, by one look at it. */
const told =
  "JSONExtract(properties, 'Tuple(title Nullable(String), name String, content_type String, content_id Nullable(String), product_id String)')";

/**
 * Who saw, kept and passed on each piece, the most seen first, by the last title and kind that were told of it; and any at
 * all before them. People are counted by sets of them: how many did two things is told by how many did either.
 */
export async function pieces({ ch, rows }: Asking): Promise<Piece[]> {
  const found = await ch.query<Record<Exclude<keyof Piece, 'both'> | 'is_all' | 'either', string>>(
    `select id, grouping(id) = 1 as is_all, argMaxIf(title, time, title != '') as title, argMaxIf(kind, time, kind != '') as kind,
            uniqExactIf(who, is_seen) as seen, uniqExactIf(who, is_kept) as kept, uniqExactIf(who, is_shared) as shared,
            uniqExactIf(who, is_seen or is_shared) as either
       from (
         select ${rows.who} as who, time, ${seen} as is_seen, ${kept} as is_kept, ${shared} as is_shared, ${told} as told,
                ifNull(told.title, told.name) as title, told.content_type as kind, ifNull(told.content_id, told.product_id) as id
           from events
          where ${rows.where} and ${rows.inPeriod} and type = 'track' and (${seen} or ${kept} or ${shared}))
      where ${rows.isMeant}
      group by id with rollup
     having is_all or id != ''
      order by is_all desc, seen desc, shared desc, id limit 201`,
    rows.params,
  );
  return found.map((row) => ({
    id: row.id,
    title: row.title,
    kind: row.kind,
    seen: Number(row.seen),
    kept: Number(row.kept),
    shared: Number(row.shared),
    both: Number(row.seen) + Number(row.shared) - Number(row.either),
  }));
}

export interface Cohort {
  week: string;
  isWhole: boolean;
  people: number;
  invites: number;
  accepted: number;
  squares: number;
}

/**
 * By the week of their first event: what people invited within some days after it, and what of that was accepted. When
 * somebody came first is asked of all events, by identifier in the order of rows; invitations are read apart from them, so
 * that the documents of other events are left alone.
 */
export async function inviting({ ch, rows, timeZone, allInOrder }: Asking, days: number): Promise<Cohort[]> {
  const invite = "JSONExtractString(properties, 'invite_id')";
  const found = await ch.query<Record<string, string>>(
    `select toString(toStartOfWeek(toTimeZone(began, {zone:String}), 1)) as week, max(began) + toIntervalDay({days:UInt16}) <= ${rows.to} as is_whole,
            count() as people, sum(length(sent)) as invites, sum(came) as accepted, sum(came * came) as squares
       from (
         select ${rows.who} as who, min(first) as began,
                arrayFilter(one -> one.1 < began + toIntervalDay({days:UInt16}), groupArrayArray(invites)) as sent,
                toUInt64(arrayCount(one -> one.2, sent)) as came
           from (
             select key, any(person) as person, min(time) as first, cast([] as Array(Tuple(DateTime64(3, 'UTC'), UInt8))) as invites
               from events where ${rows.where} and ${rows.untilEnd} group by key
             union all
             select key, any(person) as person, min(time) as first, groupArray((time, ${invite} in (
                      select ${invite} from events
                       where workspace_id = {q_ws:UInt32} and contract = 0 and type = 'track' and event = 'Invite Accepted'
                         and ${rows.untilEnd} and ${invite} != ''))) as invites
               from events where ${rows.where} and ${rows.untilEnd} and type = 'track' and event = 'Invite Sent' group by key)
          group by who having ${rows.isMeant} and began >= ${rows.from})
      group by week order by week${allInOrder}`,
    { ...rows.params, zone: timeZone, days },
  );
  return found.map((row) => ({
    week: String(row.week),
    isWhole: Number(row.is_whole) === 1,
    people: Number(row.people),
    invites: Number(row.invites),
    accepted: Number(row.accepted),
    squares: Number(row.squares),
  }));
}
