import type { Asking } from '../report/define.ts';
import { earlier, layersParams, layersThenAndNowSql } from './layers-sql.ts';
import { type LayersReport, layerParts, layers, standings, type ValueSettings } from './schema.ts';

type Move = LayersReport['moved']['moves'][number];

/**
 * Who stands where, and of whom moved since so many days ago: pairs of where they stood and stand, `new` and `gone` for
 * who was not there. By one reading of events for both periods.
 */
export async function countStandings(
  asking: Asking,
  o: { currency: string; settings: ValueSettings; days: number },
): Promise<{ figure: (name: string) => number; scores: (layer: string) => number[]; moves: Move[] }> {
  const spread = (layer: string) =>
    `arrayMap(c -> countEqual(groupArrayIf(toUInt8(ceil(${layer} / 10)), standing != ''), c), range(11)) as ${layer}_scores`;
  const about = layers.flatMap((layer) => [
    `countIf(${layer} > 0) as ${layer}_people`,
    `if(${layer}_people > 0, sum(${layer}) / ${layer}_people, 0) as ${layer}_mean`,
    ...Object.keys(layerParts[layer]).flatMap((part) => [
      `countIf(${part} > 0) as ${part}_people`,
      `if(${part}_people > 0, sum(toFloat64(${part})) / ${part}_people, 0) as ${part}_mean`,
    ]),
  ]);
  const byStanding = standings.flatMap((one) => [
    `countIf(standing = '${one}') as ${one}_n`,
    `sumIf(money, standing = '${one}') as ${one}_money`,
    `sumIf(brought, standing = '${one}') as ${one}_brought`,
  ]);
  const { rows, timeZone } = asking;
  const then = earlier(rows, o.days);
  const move =
    "concat(if(standing_then = '', 'new', standing_then), ' ', if(standing = '', 'gone', standing))";
  const [row = {}] = await asking.ch.query<
    Record<string, string | number | string[]> & { moved?: [string[], string[]] }
  >(
    `select countIf(standing != '') as people, sumMap([${move}], [toUInt64(1)]) as moved,
            ${[...byStanding, ...layers.map(spread), ...about].join(', ')}
       from (${layersThenAndNowSql(asking, then, o.settings)}) where ${rows.isMeant}`,
    { ...rows.params, ...then.params, ...layersParams({ ...o, timeZone }) },
  );
  const [ways, counts] = row.moved ?? [[], []];
  return {
    figure: (name) => Number(row[name] ?? 0),
    scores: (layer) => ((row[`${layer}_scores`] ?? []) as string[]).map(Number),
    moves: ways.map((way, i) => {
      const [from, to] = way.split(' ') as [Move['from'], Move['to']];
      return { from, to, people: Number(counts[i]) };
    }),
  };
}
