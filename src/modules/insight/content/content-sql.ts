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
const read = (name: string, other: string) =>
  `if(JSONHas(properties, '${name}'), JSONExtractString(properties, '${name}'), JSONExtractString(properties, '${other}'))`;
const bits = `bitOr(bitOr(if(${seen}, 1, 0), if(${kept}, 2, 0)), if(${shared}, 4, 0))`;
const counts = `countIf(bitTest(did, 0)) as seen, countIf(bitTest(did, 1)) as kept, countIf(bitTest(did, 2)) as shared,
  countIf(bitAnd(did, 5) = 5) as both`;

/** Who saw, kept and passed on each piece, the most seen first; and any at all, with an empty id, before them. */
export async function pieces({ ch, rows }: Asking): Promise<Piece[]> {
  const found = await ch.query<Record<keyof Piece, string>>(
    `select id, argMax(title, latest) as title, argMax(kind, latest) as kind, ${counts}
       from (
         select who, id, groupBitOr(bits) as did, max(time) as latest, argMax(title, (title != '', time)) as title, argMax(kind, (kind != '', time)) as kind
           from (
             select ${rows.who} as who, time, toUInt8(${bits}) as bits, ${read('title', 'name')} as title, JSONExtractString(properties, 'content_type') as kind,
                    arrayJoin(['', ${read('content_id', 'product_id')}]) as id
               from events
              where ${rows.where} and ${rows.inPeriod} and type = 'track' and (${seen} or ${kept} or ${shared}))
          group by who, id having ${rows.isMeant})
      group by id order by id != '', seen desc, shared desc, id limit 201`,
    rows.params,
  );
  return found.map((row) => ({
    id: row.id,
    title: row.title,
    kind: row.kind,
    seen: Number(row.seen),
    kept: Number(row.kept),
    shared: Number(row.shared),
    both: Number(row.both),
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

/** By the week of their first event: what people invited within some days after it, and what of that was accepted. */
export async function inviting({ ch, rows, timeZone }: Asking, days: number): Promise<Cohort[]> {
  const invite = "JSONExtractString(properties, 'invite_id')";
  const found = await ch.query<Record<string, string>>(
    `select toString(toStartOfWeek(toTimeZone(began, {zone:String}), 1)) as week, max(began) + toIntervalDay({days:UInt16}) <= ${rows.to} as is_whole,
            count() as people, sum(length(sent)) as invites, sum(came) as accepted, sum(came * came) as squares
       from (
         select who, min(time) as began, groupArrayIf((time, taken), is_invite) as all_sent,
                arrayFilter(one -> one.1 < began + toIntervalDay({days:UInt16}), all_sent) as sent,
                toUInt64(arrayCount(one -> one.2, sent)) as came
           from (
             select ${rows.who} as who, time, type = 'track' and event = 'Invite Sent' as is_invite,
                    is_invite and if(is_invite, ${invite}, '') in (
                      select ${invite} from events
                       where workspace_id = {q_ws:UInt32} and contract = 0 and type = 'track' and event = 'Invite Accepted'
                         and ${rows.untilEnd} and ${invite} != '') as taken
               from events where ${rows.where} and ${rows.untilEnd})
          group by who having ${rows.isMeant} and began >= ${rows.from})
      group by week order by week`,
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
