import Type from 'typebox';
import { defineReport } from '../report/define.ts';
import { groups, groupsOf, leastPeople, modelOf, nameOf } from './model.ts';
import { keptPersonas, someLeanings } from './personas-sql.ts';
import { type Leaning, leanings, PersonasReport } from './schema.ts';

/** Before the leanings in a row: days, orders, revenue, shares. */
const before = 4;
const size = leanings.length;
/** A group leans to what is so many deviations above the mean. */
const apart = 0.5;

export const personasReport = defineReport({
  name: 'personas',
  summary: 'Groups of people who behave alike, by six leanings, each with a portrait',
  usualDays: 365,
  parameters: { currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })) },
  result: PersonasReport,
  async count(asking, own) {
    const currency = own.currency ?? asking.currency;
    const { people, rows } = await someLeanings({ ...asking, currency });
    const values = Float64Array.from(rows.flatMap((row) => row.slice(before)));
    const mean = (of: readonly number[][], k: number) =>
      of.length > 0 ? of.reduce((sum, row) => sum + (row[k] as number), 0) / of.length : 0;
    const scores = (of: readonly number[][]) =>
      Object.fromEntries(leanings.map((name, k) => [name, mean(of, before + k)])) as Record<Leaning, number>;
    const all = scores(rows);
    if (rows.length < leastPeople) return { people, mean: all, personas: [], currency };
    const kept = await asking.segments.inside.pg.inWorkspace(asking.workspaceId, (tx) =>
      keptPersonas(tx, asking.workspaceId),
    );
    const model = kept ?? modelOf(values, null);
    const group = groupsOf(values, model, null);
    return {
      ...{ people, mean: all, currency },
      personas: Array.from({ length: groups }, (_, g) => {
        const members = rows.filter((__, i) => group[i] === g);
        const away = (k: number) => (model.centres[g * size + k] as number) ?? 0;
        const byAway = leanings.map((name, k) => ({ name, z: away(k) })).sort((a, b) => b.z - a.z);
        return {
          name: nameOf(g),
          people: Math.round((members.length / rows.length) * people),
          scores: scores(members),
          leans: byAway.filter(({ z }) => z >= apart).map(({ name }) => name),
          shuns: byAway
            .filter(({ z }) => z <= -apart)
            .map(({ name }) => name)
            .reverse(),
          ...{ days: mean(members, 0), orders: mean(members, 1) },
          ...{ revenue: mean(members, 2), shares: mean(members, 3) },
        };
      }).filter((one) => one.people > 0),
    };
  },
  lines: (result) => ({
    head: ['persona', 'people', ...leanings, 'days', 'orders', 'revenue', 'shares'],
    lines: result.personas.map((one) => [
      ...[one.name, one.people],
      ...leanings.map((name) => one.scores[name]),
      ...[one.days, one.orders, one.revenue, one.shares],
    ]),
  }),
});
