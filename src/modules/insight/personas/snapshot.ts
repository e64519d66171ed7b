import type { Identity } from '#modules/identity';
import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import { usualRows } from '../value/standing.ts';
import { groups, groupsOf, leastPeople, modelOf, nameOf } from './model.ts';
import { eachLeaning, keepPersonas, keptPersonas } from './personas-sql.ts';
import { leanings } from './schema.ts';

export interface PersonaDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Pick<Identity, 'workspaces'>;
  segments: Pick<Segments, 'snapshots'>;
}

/** Groups are looked for anew once a week; people move between them each night. */
const anewMs = 6.5 * 86_400_000;
const rowsAtOnce = 20_000;
/** Before the leanings in a row: days, orders, revenue, shares. */
const before = 4;
const size = leanings.length;

/** The six leanings of a person, and the group of people who lean alike. */
export function personasKind(deps: PersonaDeps): Parameters<Segments['snapshots']['register']>[0] {
  const names = {
    innovation: ['Leans to innovation, 0 to 100', '创新倾向（0 至 100）'],
    privacy: ['Leans to privacy, 0 to 100', '隐私倾向（0 至 100）'],
    individuality: ['Leans to individuality, 0 to 100', '个性倾向（0 至 100）'],
    value: ['Leans to value, 0 to 100', '实惠倾向（0 至 100）'],
    circle: ['Leans to the circle, 0 to 100', '圈子倾向（0 至 100）'],
    connectedness: ['Leans to connectedness, 0 to 100', '连接倾向（0 至 100）'],
  } as const;
  return {
    name: 'personas',
    values: [
      ...leanings.map((name) => ({
        name: `leaning_${name}`,
        kind: 'number' as const,
        label: { en: names[name][0], zh: names[name][1] },
      })),
      {
        name: 'persona',
        kind: 'text',
        label: { en: 'Persona', zh: '画像群' },
        options: Array.from({ length: groups }, (_, i) => ({
          value: nameOf(i),
          label: { en: `persona ${i + 1}`, zh: `画像 ${i + 1}` },
        })),
      },
    ],
    async *compute({ workspaceId, now }) {
      const { pg, ch, identity, segments } = deps;
      const workspace = (await identity.workspaces.list()).find(({ id }) => id === workspaceId);
      const [currency, timeZone] = [workspace?.currency ?? '', workspace?.timeZone ?? 'UTC'];
      const who: number[] = [];
      const numbers: number[] = [];
      for await (const one of eachLeaning({ ch, rows: usualRows(workspaceId, now), currency, timeZone })) {
        who.push(Number(one.who));
        for (let k = 0; k < size; k++) numbers.push(one.row[before + k] as number);
      }
      if (who.length < leastPeople) return;
      const values = Float64Array.from(numbers);
      const kept = await pg.inWorkspace(workspaceId, (tx) => keptPersonas(tx, workspaceId));
      const isFresh = kept !== undefined && now - kept.made_at.getTime() < anewMs;
      const model = isFresh ? kept : modelOf(values, kept ?? null);
      if (!isFresh)
        await pg.inWorkspace(workspaceId, (tx) =>
          keepPersonas(tx, workspaceId, { ...model, made_at: new Date(now) }),
        );
      for (let from = 0; from < who.length; from += rowsAtOnce) {
        const some = who.slice(from, from + rowsAtOnce);
        const known = await segments.snapshots.of(workspaceId, some);
        const was = Int32Array.from(some, (person) => {
          const name = known.get(person)?.get('persona');
          return name ? Number(name.slice(1)) - 1 : -1;
        });
        const part = values.subarray(from * size, (from + some.length) * size);
        const own = groupsOf(part, model, was);
        yield some.map((person, i) => ({
          person,
          values: {
            ...Object.fromEntries(
              leanings.map((name, k) => [`leaning_${name}`, (part[i * size + k] as number).toFixed(2)]),
            ),
            persona: nameOf(own[i] as number),
          },
        }));
      }
    },
  };
}
