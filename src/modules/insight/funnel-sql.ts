import type { ClickHouse } from '#platform/clickhouse';
import { type Period, parametersOf, personNow } from './period.ts';
import { type Funnel, funnelStages } from './schema.ts';

/**
 * How far people came on the path within a period: those who reached a stage through all the ones before it, in the
 * order of time, and those who had any event of the stage.
 */
export async function funnel(
  ch: ClickHouse,
  workspaceId: number,
  o: Period & { path: { names: readonly string[]; stages: readonly number[] } },
): Promise<Funnel> {
  const stageOf = (name: string) => o.path.stages[o.path.names.indexOf(name)] ?? 0;
  const lengthMs = o.to.getTime() - o.from.getTime();
  const [row = {}] = await ch.query<Record<string, string>>(
    lengthMs < 2 ** 32 ? reached('toUInt32') : reached('toUInt64'),
    {
      ...parametersOf(workspaceId, o),
      ...o.path,
      page: stageOf('page'),
      screen: stageOf('screen'),
      length: lengthMs,
    },
  );
  return {
    stages: funnelStages.map((stage, i) => ({
      stage,
      reached: Number(row[`reached${i + 1}`] ?? 0),
      at_all: Number(row[`at_all${i + 1}`] ?? 0),
    })),
  };
}

const numbers = [1, 2, 3, 4, 5] as const;

/**
 * windowFunnel, its window as long as the period: the furthest stage that a chain of events, one of each stage, comes
 * to. Events of one moment count in the order of the path. Behaviour: without what is stored for a contract only.
 * Times are told from the beginning on: of a period of weeks they need half the memory.
 */
const reached = (number: 'toUInt32' | 'toUInt64') => `
  select ${numbers.map((n) => `countIf(level >= ${n}) as reached${n}, countIf(bitTest(stages, ${n})) as at_all${n}`).join(', ')}
    from (
      select who, groupBitOr(bitShiftLeft(toUInt8(1), stage)) as stages,
             windowFunnel({length:UInt64})(since, stage = 1, stage = 2, stage = 3, stage = 4, stage = 5) as level
        from (
          select ${personNow} as who, ${number}(toUnixTimestamp64Milli(time) - {from:Int64}) as since,
                 multiIf(type = 'page', {page:UInt8}, type = 'screen', {screen:UInt8},
                   transform(event, {names:Array(String)}, {stages:Array(UInt8)}, toUInt8(0))) as stage
            from events
           where workspace_id = {ws:UInt32} and ({humans:UInt8} = 0 or bot = 0) and contract = 0
             and time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
             and stage > 0)
       group by who having who != 0)`;
