import type { Log } from '#platform/log';
import type { Tx } from '#platform/postgres';

/**
 * Facts are told in the order of their transactions' numbers, and every server counts from its own beginning. When the
 * data were moved to a younger server (a restored backup, another host), new facts would come to stand before old ones
 * and be passed over. So places are numbers plus a shift, and the shift is raised here, before anything is recorded.
 */
export async function keepPlacesGrowing(tx: Tx, log: Log): Promise<void> {
  const [raised] = await tx.query<{ shift: number }>(
    `with told as (
       select greatest(
         (select max(place) from facts),
         (select max(place) from fact_followers)
       ) as place
     ), next as (
       select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xid
     )
     update fact_log set shift = told.place - next.xid + 1
     from told, next
     where told.place >= next.xid + shift
     returning shift`,
  );
  if (raised)
    log.warn({ shift: raised.shift }, 'the data come from another Postgres server; the log of facts goes on');
}
