import type { Asking } from '../report/define.ts';
import { earlier, layersParams, layersSql } from './layers-sql.ts';
import { layerParts, layers, standings, type ValueSettings } from './schema.ts';

interface Of {
  currency: string;
  settings: ValueSettings;
}

const paramsOf = (asking: Asking, o: Of) => ({
  ...asking.rows.params,
  ...layersParams({ ...o, timeZone: asking.timeZone }),
});
const meant = ({ rows }: Asking) => rows.isMeant;

export function countStandings(asking: Asking, o: Of) {
  const spread = (layer: string) =>
    `arrayMap(c -> countEqual(groupArray(toUInt8(ceil(${layer} / 10))), c), range(11)) as ${layer}_scores`;
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
  return asking.ch.query<Record<string, string | number | string[]>>(
    `select count() as people, ${[...byStanding, ...layers.map(spread), ...about].join(', ')}
       from (${layersSql(asking.rows, o.settings)}) where ${meant(asking)}`,
    paramsOf(asking, o),
  );
}

/** Who stands where now, and where they stood so many days ago. */
export function countMoves(asking: Asking, o: Of & { days: number }) {
  const before = earlier(asking.rows, o.days);
  const rows = (of: typeof before) =>
    `select who, standing from (${layersSql(of, o.settings)}) where ${meant(asking)}`;
  return asking.ch.query<{ was: string; is: string; people: string }>(
    `select if(b.standing = '', 'new', b.standing) as was, if(n.standing = '', 'gone', n.standing) as is, count() as people
       from (${rows(asking.rows)}) as n full outer join (${rows(before)}) as b on n.who = b.who
      group by was, is order by was, is`,
    { ...paramsOf(asking, o), ...before.params },
  );
}
