import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { People } from '#modules/people';
import type { LiveTopic } from '#platform/live';
import type { Postgres } from '#platform/postgres';
import * as sql from './live-sql.ts';
import { fromRow } from './row.ts';
import type { LiveEvents } from './schema.ts';
import type { Sources } from './sources.ts';

const decompress = promisify(zstdDecompress);

/** More than a page shows, and than anybody can read in a second. */
const mostEvents = 50;
const longestProperties = 1_000;

/** What open pages hear of collection: events as they become readable, sources that begin, what is set aside. */
export function collectTopics(deps: { pg: Postgres; people: People; sources: Sources }): LiveTopic[] {
  const { pg, people, sources } = deps;
  const written = (workspaceId: number) => pg.inWorkspace(workspaceId, (tx) => sql.written(tx, workspaceId));

  /** The newest events of the batches between, oldest first, as persons are now; how many were left out. */
  async function eventsBetween(workspaceId: number, after: number, upTo: number): Promise<LiveEvents | null> {
    const { batches, events, missing } = await pg.inWorkspace(workspaceId, (tx) =>
      sql.newestBatches(tx, workspaceId, { after, upTo, most: mostEvents }),
    );
    const lines: string[] = [];
    for (const payload of batches) {
      const text = (await decompress(payload)).toString('utf8');
      if (text !== '') lines.unshift(...text.slice(0, -1).split('\n').slice(-mostEvents));
    }
    const rows = lines.slice(-mostEvents).map(fromRow);
    const [ids, list, { events: total }] = await Promise.all([
      people.idsOfKeys(
        workspaceId,
        rows.map((row) => Number(row.key)),
      ),
      sources.list(workspaceId),
      written(workspaceId),
    ]);
    const sourceIds = new Map(list.map((source) => [source.id, source.uuid]));
    const items = rows.flatMap((row) => {
      const person = ids.get(Number(row.key));
      // Whoever was erased since is not shown any more.
      if (person === undefined) return [];
      const { message_id, type, event, channel, order_id, total, currency, store_id } = row;
      return [
        {
          message_id: message_id ?? '',
          type: type ?? '',
          event: event ?? '',
          time: isoOf(row.time),
          received: isoOf(row.received),
          person_id: person,
          source: sourceIds.get(Number(row.source)) ?? null,
          channel: channel ?? '',
          historical: row.historical === '1',
          bot: row.bot === '1',
          order_id: order_id ?? '',
          total,
          currency: currency ?? '',
          store_id: store_id ?? '',
          properties: inShort(row.properties ?? ''),
        },
      ];
    });
    // A batch that has left the log already counts as one; nobody knows its events here any more.
    return { items, skipped: Math.max(0, events - rows.length) + missing, total };
  }

  return [
    {
      name: 'events',
      needs: 'events:read',
      everyMs: 1_000,
      position: async (workspaceId) => String((await written(workspaceId)).seq),
      async between(workspaceId, after, upTo) {
        const [from, to] = [Number(after), Number(upTo)];
        return Number.isSafeInteger(from) && from >= 0 && from < to
          ? eventsBetween(workspaceId, from, to)
          : null;
      },
    },
    {
      name: 'sources',
      needs: 'sources:read',
      everyMs: 2_000,
      position: async (workspaceId) => {
        const { all, heard, archived } = await pg.inWorkspace(workspaceId, (tx) =>
          sql.countSources(tx, workspaceId),
        );
        return `${all}.${heard}.${archived}`;
      },
      between: async (_workspaceId, _after, upTo) => {
        const [all = 0, heard = 0, archived = 0] = upTo.split('.').map(Number);
        return { all, heard, archived };
      },
    },
    {
      name: 'quarantine',
      needs: 'events:read',
      everyMs: 3_000,
      position: async (workspaceId) => {
        const { events, newest } = await pg.inWorkspace(workspaceId, (tx) => sql.countAside(tx, workspaceId));
        return `${events}.${newest}`;
      },
      between: async (_workspaceId, _after, upTo) => ({ events: Number(upTo.split('.')[0]) }),
    },
  ];
}

function isoOf(seconds: string | null): string {
  return new Date(Math.round(Number(seconds) * 1000)).toISOString();
}

/** What an event is about; the whole of it is a click away. */
function inShort(json: string): unknown {
  if (json === '') return null;
  const whole = JSON.parse(json) as Record<string, unknown>;
  if (json.length <= longestProperties) return whole;
  const { name, query, title, path, products } = whole;
  const texts = Object.entries({ name, query, title, path }).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[key, String(value).slice(0, 200)]] : [],
  );
  const listed = Array.isArray(products) ? products.slice(0, 20) : [];
  const names = listed.flatMap((product) =>
    typeof product?.name === 'string' ? [{ name: product.name.slice(0, 100) }] : [],
  );
  return { ...Object.fromEntries(texts), ...(names.length > 0 ? { products: names } : {}) };
}
