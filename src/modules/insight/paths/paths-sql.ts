import type { Asking } from '../report/define.ts';

export interface Flow {
  /** The event that paths go from, as a condition over rows of `events`. */
  anchor: string;
  params: Record<string, unknown>;
  depth: number;
  withinMs: number;
  collapse: boolean;
}

/** One number an event: 1 is what the paths go from, 2 and more are names, 255 any other. */
export const restPlace = 255;
const mostNames = 200;

/** Names of track calls, and the types of the others. */
export const nameSql = "if(type = 'track', event, type)";

/** Which names there are, the most frequent first. */
export async function frequentNames({ ch, rows }: Asking): Promise<string[]> {
  const found = await ch.query<{ name: string }>(
    `select ${nameSql} as name, count() as n from events where ${rows.where} and ${rows.inPeriod}
      group by name order by n desc, name limit ${mostNames}`,
    rows.params,
  );
  return found.map(({ name }) => name);
}

export interface Link {
  level: number;
  from: string;
  to: string;
  people: number;
}

/**
 * From each person's first time in the period outwards: which event follows which, level by level. An event is one
 * number, its time and its name, so that a person's events are sorted as numbers; at one moment the anchor comes first.
 */
export async function countFlow(
  asking: Asking,
  flow: Flow,
): Promise<{ people: number; after: Link[]; before: Link[] }> {
  const { ch, rows, question } = asking;
  const names = await frequentNames(asking);
  const { depth, collapse, withinMs } = flow;
  const way = (list: string) => {
    const places = `arrayMap(x -> toUInt8(bitAnd(x, 255)), ${list})`;
    const told = collapse ? `arrayCompact(${places})` : places;
    return `arrayResize(arraySlice(${told}, 1, ${depth + 1}), ${depth + 1}, toUInt8(0))`;
  };
  const [from, to] = [Date.parse(question.from), Date.parse(question.to)];
  const found = await ch.query<{
    is_after: number;
    level: number;
    one: number;
    other: number;
    people: string;
  }>(
    `select is_after, level, way[level + 1] as one, way[level + 2] as other, count() as people
       from (
         select arrayJoin(ways) as told, told.1 as is_after, told.2 as way, arrayJoin(range(${depth})) as level
           from (
             select [(toUInt8(1), ${way('arrayFilter(x -> x <= first + {flow_reach:UInt64}, arraySlice(all, place))')}),
                     (toUInt8(0), ${way('arrayFilter(x -> x + {flow_reach:UInt64} >= first, arrayReverse(arraySlice(all, 1, place)))')})] as ways
               from (
                 select ${rows.who} as who, arraySort(groupArrayArray(moments)) as all,
                        arrayFirstIndex(x -> bitAnd(x, 255) = 1 and x >= {flow_from:UInt64} and x < {flow_to:UInt64}, all) as place,
                        all[place] as first
                   from (
                     select key, any(person) as person, groupArray(at) as moments
                       from (
                         select key, person,
                                bitShiftLeft(toUInt64(toUnixTimestamp64Milli(time)), 8) + if(${flow.anchor}, toUInt8(1),
                                  transform(${nameSql}, {names:Array(String)}, {places:Array(UInt8)}, toUInt8(${restPlace}))) as at
                           from events
                          where ${rows.where} and time >= fromUnixTimestamp64Milli({flow_first:Int64}, 'UTC')
                            and time < fromUnixTimestamp64Milli({flow_last:Int64}, 'UTC'))
                      group by key)
                  group by who having place > 0 and ${rows.isMeant})))
      where one != 0
      group by is_after, level, one, other${asking.inOrder}`,
    {
      ...rows.params,
      ...flow.params,
      names,
      places: names.map((_, i) => i + 2),
      // Numbers of events hold the time in ms in their upper bits.
      flow_from: from * 256,
      flow_to: to * 256,
      flow_reach: withinMs * 256,
      flow_first: Math.max(0, from - withinMs),
      flow_last: Math.max(from + 1, Math.min(to + withinMs, asking.nowMs + 1)),
    },
  );
  const nameOf = (place: number) =>
    place === 0
      ? ''
      : place === 1
        ? anchorName
        : place === restPlace
          ? restName
          : (names[place - 2] ?? restName);
  const links = (isAfter: number): Link[] =>
    found
      .filter((row) => row.is_after === isAfter)
      .map(({ level, one, other, people }) => ({
        level,
        from: nameOf(one),
        to: nameOf(other),
        people: Number(people),
      }));
  const [after, before] = [links(1), links(0)];
  const people = after.filter(({ level }) => level === 0).reduce((sum, link) => sum + link.people, 0);
  return { people, after, before };
}

/** What stands for the event itself, and for all that are not frequent. */
const anchorName = '*';
export const restName = '...';
