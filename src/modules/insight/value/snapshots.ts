import type { Identity } from '#modules/identity';
import type { Segments } from '#modules/segments';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import { fitsOf } from '../lifetime/fits.ts';
import { weeksOfMonths } from '../lifetime/forecast.ts';
import { eachCustomer } from '../lifetime/lifetime-sql.ts';
import { foretold } from '../lifetime/one.ts';
import { nightText } from '../lifetime/work.ts';
import { personasKind } from '../personas/snapshot.ts';
import { fitKey, keptFit, keptParts, textOfFit } from './kept.ts';
import { layersOfAll } from './layers-sql.ts';
import type { ValueSettings } from './schema.ts';
import { allDays, usualRows } from './standing.ts';

type Kind = Parameters<Segments['snapshots']['register']>[0];
type Row = { person: number; values: Record<string, string | number | null> };

export interface ValueSnapshotDeps {
  pg: Postgres;
  ch: ClickHouse;
  identity: Pick<Identity, 'settings' | 'workspaces'>;
  segments: Pick<Segments, 'snapshots'>;
}

const rowsAtOnce = 20_000;
/** For the person's page. */
const inner = (name: string) => ({ name, kind: 'text', label: { en: name, zh: name }, inner: true }) as const;
const number = (name: string, en: string, zh: string) =>
  ({ name, kind: 'number', label: { en, zh } }) as const;

/** Makes what a person is worth a value of theirs, for segments and for their page: each night, and on request. */
export function registerValueSnapshots(deps: ValueSnapshotDeps): void {
  for (const kind of [layersKind(deps), lifetimeKind(deps), personasKind(deps)])
    deps.segments.snapshots.register(kind);
}

/** Zone, currency and settings of a workspace. */
async function placeOf({ identity }: ValueSnapshotDeps, workspaceId: number) {
  const workspace = (await identity.workspaces.list()).find(({ id }) => id === workspaceId);
  const settings = await identity.settings.read<ValueSettings>(workspaceId, 'value');
  return { timeZone: workspace?.timeZone ?? 'UTC', currency: workspace?.currency ?? '', settings };
}

function layersKind(deps: ValueSnapshotDeps): Kind {
  const options = [
    ['none', 'only look', '只是看看'],
    ['functional', 'buy', '购买'],
    ['emotional', 'stay', '留下'],
    ['social', 'bring others', '带动别人'],
  ] as const;
  return {
    name: 'value_layers',
    values: [
      number('value_functional', 'Functional value, 0 to 100', '功能价值（0 至 100）'),
      number('value_emotional', 'Emotional value, 0 to 100', '情感价值（0 至 100）'),
      number('value_social', 'Social value, 0 to 100', '社交价值（0 至 100）'),
      {
        name: 'value_layer',
        kind: 'text',
        label: { en: 'Layer of value', zh: '价值层级' },
        options: options.map(([value, en, zh]) => ({ value, label: { en, zh } })),
      },
      inner(keptParts),
    ],
    async statement({ workspaceId, now }) {
      const { settings, ...place } = await placeOf(deps, workspaceId);
      const rows = usualRows(workspaceId, now);
      return layersOfAll(rows, { ...place, settings });
    },
  };
}

function lifetimeKind(deps: ValueSnapshotDeps): Kind {
  return {
    name: 'lifetime',
    values: [
      number('still_customer', 'Still a customer (probability)', '仍是客户的概率'),
      number('expected_orders', 'Orders to be expected', '预计购买次数'),
      number('expected_value', 'Margin to be expected', '预计毛利'),
      inner(keptFit),
    ],
    async *compute({ workspaceId, now }) {
      const { settings, ...place } = await placeOf(deps, workspaceId);
      const b = { ch: deps.ch, rows: usualRows(workspaceId, now, allDays), ...place };
      const fit = await fitsOf({ ...b, months: settings.months });
      if (!fit?.forecast) return;
      const weeks = weeksOfMonths(settings.months);
      const fitted = textOfFit(fit, fitKey(place));
      let found: Row[] = [];
      for await (const one of eachCustomer({ ...b, everybody: true })) {
        const { alive, orders, revenue } = foretold(fit, one, weeks);
        found.push({
          person: Number(one.who),
          values: {
            still_customer: nightText(alive),
            expected_orders: nightText(orders),
            expected_value: revenue === null ? null : (revenue * settings.marginRate).toFixed(2),
            [keptFit]: fitted,
          },
        });
        if (found.length >= rowsAtOnce) {
          yield found;
          found = [];
        }
      }
      if (found.length > 0) yield found;
    },
  };
}
