import type { People } from '#modules/people';
import type { ClickHouse } from '#platform/clickhouse';
import type { Postgres } from '#platform/postgres';
import type { EventFilter } from './event-sql.ts';
import * as query from './event-sql.ts';
import type { Paths } from './path.ts';
import { stages } from './schema.ts';
import type { Sources } from './sources.ts';

/** One event for the API; JSON texts are parsed. */
export interface EventView {
  message_id: string;
  type: string;
  event: string;
  time: string;
  received: string;
  person_id: string | null;
  source: string | null;
  channel: string;
  historical: boolean;
  bot: boolean;
  user_id: string;
  anonymous_id: string;
  order_id: string;
  total: string | null;
  currency: string;
  store_id: string;
  properties: unknown;
  traits: unknown;
  context: unknown;
  ignored: unknown;
}

/** One value of a trait, as it was said first. */
export interface TraitSaid {
  value: unknown;
  time: string;
  received: string;
  from: string;
  source: string | null;
  channel: string;
  message_id: string;
  /** How often it was said until another value was. */
  times: number;
}

/** Reading events back. */
export class Events {
  readonly #deps: { ch: ClickHouse; pg: Postgres; people: People; sources: Sources; paths: Paths };

  constructor(deps: { ch: ClickHouse; pg: Postgres; people: People; sources: Sources; paths: Paths }) {
    this.#deps = deps;
  }

  /** Newest first. */
  async list(workspaceId: number, filter: EventFilter): Promise<{ items: EventView[]; next: string | null }> {
    const rows = await query.listEvents(this.#deps.ch, workspaceId, filter);
    return this.#page(workspaceId, rows, filter.most);
  }

  /** Of one person, newest first. Refuses `people/no-such-person`. */
  async ofPerson(
    workspaceId: number,
    id: string,
    filter: EventFilter,
  ): Promise<{ items: EventView[]; next: string | null }> {
    const keys = await this.#deps.people.keysOf(workspaceId, id);
    const rows = await query.eventsOfKeys(this.#deps.ch, workspaceId, keys, filter);
    return this.#page(workspaceId, rows, filter.most);
  }

  async #page(workspaceId: number, rows: readonly query.EventRow[], most: number) {
    const items = await this.#view(workspaceId, rows);
    const last = rows.at(-1);
    return { items, next: rows.length === most && last ? query.cursorOf(last) : null };
  }

  async #view(workspaceId: number, rows: readonly query.EventRow[]): Promise<EventView[]> {
    const [ids, sources] = await Promise.all([
      this.#deps.people.idsOf(
        workspaceId,
        rows.map((row) => Number(row.person)),
      ),
      this.#deps.sources.list(workspaceId),
    ]);
    const sourceIds = new Map(sources.map((source) => [source.id, source.uuid]));
    return rows.map((row) => ({
      message_id: row.message_id,
      type: row.type,
      event: row.event,
      time: row.time,
      received: row.received,
      person_id: ids.get(Number(row.person)) ?? null,
      source: sourceIds.get(row.source) ?? null,
      channel: row.channel,
      historical: row.historical === 1,
      bot: row.bot === 1,
      user_id: row.user_id,
      anonymous_id: row.anonymous_id,
      order_id: row.order_id,
      total: row.total,
      currency: row.currency,
      store_id: row.store_id,
      properties: parsed(row.properties),
      traits: parsed(row.traits),
      context: parsed(row.context),
      ignored: parsed(row.ignored) ?? [],
    }));
  }

  /** Everything that was stored of these identifiers, oldest first, for the person's export. */
  async exportOf(workspaceId: number, keys: readonly number[]): Promise<unknown[]> {
    const exported: unknown[] = [];
    for await (const row of query.allEventsOfKeys(this.#deps.ch, workspaceId, keys)) {
      const { person, key, seq, ...event } = row;
      exported.push({
        ...event,
        properties: parsed(row.properties),
        traits: parsed(row.traits),
        context: parsed(row.context),
        ignored: parsed(row.ignored) ?? [],
      });
    }
    return exported;
  }

  /**
   * What was said of one trait of a person, newest first; what was said again and again stands once, when it was said
   * first. `whole` is false where older words are left out. Refuses `people/no-such-person`.
   */
  async traitHistory(
    workspaceId: number,
    id: string,
    name: string,
  ): Promise<{ items: TraitSaid[]; whole: boolean }> {
    const [labels, sources] = await Promise.all([
      this.#deps.people.labelsOf(workspaceId, id),
      this.#deps.sources.list(workspaceId),
    ]);
    const most = 1_000;
    const rows = await query.saidOfTrait(this.#deps.ch, workspaceId, [...labels.keys()], name, most);
    const uuids = new Map(sources.map((source) => [source.id, source.uuid]));
    const items: TraitSaid[] = [];
    let before: string | undefined;
    for (const row of rows.toReversed()) {
      const last = items.at(-1);
      if (last && row.value === before) {
        last.times += 1;
        continue;
      }
      before = row.value;
      items.push({
        value: parsed(row.value),
        time: row.time,
        received: row.received,
        from: labels.get(Number(row.key)) ?? '',
        source: uuids.get(row.source) ?? null,
        channel: row.channel,
        message_id: row.message_id,
        times: 1,
      });
    }
    return { items: items.reverse(), whole: rows.length < most };
  }

  /** The furthest stage of the path that these identifiers' events reached. */
  async stageOf(workspaceId: number, keys: readonly number[]): Promise<string | null> {
    const furthest = await query.furthestStage(
      this.#deps.ch,
      workspaceId,
      keys,
      await this.#deps.paths.map(workspaceId),
    );
    return stages[furthest - 1] ?? null;
  }
}

function parsed(json: string): unknown {
  return json === '' ? null : JSON.parse(json);
}
