import Type from 'typebox';
import { defineReport } from '../report/define.ts';
import { countStandings } from './report-sql.ts';
import { LayersReport, layerParts, layers, standings } from './schema.ts';

/** A number that was counted in floating point, as a decimal with the cents that money has. */
export const asMoney = (value: number) => value.toFixed(2);

export const layersReport = defineReport({
  name: 'value-layers',
  summary: 'The pyramid of customers over functional, emotional and social value, and who moved between them',
  usualDays: 365,
  parameters: {
    currency: Type.Optional(
      Type.String({ pattern: '^[A-Z]{3}$', description: 'The workspace’s unless given' }),
    ),
    moved: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 366, default: 30, description: 'Days between then and now' }),
    ),
  },
  result: LayersReport,
  async count(asking, own) {
    const { value: settings } = asking;
    const currency = own.currency ?? asking.currency;
    const days = own.moved ?? 30;
    const { figure: n, scores, moves } = await countStandings(asking, { currency, settings, days });
    const { marginRate } = settings;
    return {
      ...{ currency, margin_rate: marginRate, people: n('people') },
      standings: standings.map((standing) => ({
        standing,
        people: n(`${standing}_n`),
        margin: asMoney(n(`${standing}_money`) * marginRate),
        brought: asMoney(n(`${standing}_brought`) * marginRate),
      })),
      layers: layers.map((layer) => ({
        layer,
        people: n(`${layer}_people`),
        mean: n(`${layer}_mean`),
        scores: scores(layer),
        parts: Object.keys(layerParts[layer]).map((part) => ({
          part,
          weight: settings[layer][part] ?? 0,
          people: n(`${part}_people`),
          mean: n(`${part}_mean`),
        })),
      })),
      moved: { days, moves },
    };
  },
  lines: (result) => ({
    head: ['standing', 'people', 'margin', 'brought', 'currency'],
    lines: result.standings.map((one) => [
      one.standing,
      one.people,
      one.margin,
      one.brought,
      result.currency,
    ]),
  }),
});
