import type { ClickHouse } from '#platform/clickhouse';

/** What events there are, the most frequent first; pages and screens stand as one, whatever they are called. */
export async function eventNames(
  ch: ClickHouse,
  workspaceId: number,
  most: number,
): Promise<{ type: string; name: string; events: string }[]> {
  return ch.query(
    `select type, if(type = 'track', event, '') as name, count() as events from events
      where workspace_id = {ws:UInt32} and contract = 0 and bot = 0
      group by type, name order by count() desc, type, name limit {most:UInt32}`,
    { ws: workspaceId, most },
  );
}

/**
 * The properties of some events of a kind, from the identifiers that were met last: these stand together at the end of
 * the table, so that reading stops early. What is rare is looked for a moment only; then what was found is enough.
 */
export async function sampleOfProperties(
  ch: ClickHouse,
  workspaceId: number,
  of: { type: string; name: string },
  o: { most: number; seconds: number },
): Promise<{ properties: string }[]> {
  return ch.query(
    `select properties from events
      where workspace_id = {ws:UInt32} and contract = 0 and bot = 0 and type = {type:String}
        and ({name:String} = '' or event = {name:String})
        and dictGetOrDefault('person_now', 'person', key, person) != 0
      order by workspace_id desc, key desc, time desc limit {most:UInt32}
      settings optimize_read_in_order = 1, max_execution_time = {seconds:Float32}, timeout_overflow_mode = 'break'`.replace(
      '{seconds:Float32}',
      String(o.seconds),
    ),
    { ws: workspaceId, type: of.type, name: of.name, most: o.most },
  );
}
