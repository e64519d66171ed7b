import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import type { Collect } from './collect.ts';
import type { EventFilter } from './event-sql.ts';
import { parseCursor } from './event-sql.ts';
import { parsedOrText } from './quarantine.ts';
import {
  EventSchema,
  QuarantinedSchema,
  refuse,
  SourceKindSchema,
  SourceSchema,
  TraitHistorySchema,
} from './schema.ts';
import type { Source } from './source.ts';

const errors = { '4xx': problem, '5xx': problem };
const next = Type.Union([Type.String(), Type.Null()], { description: 'Pass it as cursor; null at the end' });
const EventPage = Type.Object({ items: Type.Array(EventSchema), next });
const EventQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 2000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
  from: Type.Optional(Type.String({ format: 'date-time' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Not included' })),
  name: Type.Optional(Type.String({ maxLength: 1000 })),
  type: Type.Optional(Type.String({ maxLength: 20 })),
  source: Type.Optional(Type.String({ description: 'Id of a source' })),
  channel: Type.Optional(SourceKindSchema),
  humans: Type.Optional(Type.Boolean({ default: false, description: 'Leave known bots out' })),
});
type EventQuery = Type.Static<typeof EventQuery>;

/** The API about sources, events and quarantine. */
export function collectRoutes(app: App, deps: { collect: Collect; identity: Identity }): void {
  const { collect, identity } = deps;
  const { sources, quarantine, events } = collect;
  const may = identity.guard;
  const Id = Type.Object({ id: Type.String() });

  app.get(
    '/api/sources',
    {
      onRequest: may('sources:read'),
      schema: {
        tags: ['Sources'],
        operationId: 'listSources',
        summary: 'The entrances for data, with their figures',
        security: byBrowserOrKey,
        response: { 200: Type.Object({ items: Type.Array(SourceSchema) }), ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const [list, state] = await Promise.all([sources.list(workspaceId), collect.state(workspaceId)]);
      return {
        items: list.map((source) => ({ ...viewOf(source), figures: figuresOf(source.figures, state.lagMs) })),
      };
    },
  );

  app.post(
    '/api/sources',
    {
      onRequest: may('sources:write'),
      schema: {
        tags: ['Sources'],
        operationId: 'createSource',
        summary: 'Create a source; the answer has its write key',
        security: byBrowserOrKey,
        body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), kind: SourceKindSchema }),
        response: { 201: SourceSchema, ...errors },
      },
    },
    async (request, reply) => {
      const { principal, body } = request;
      const source = await sources.create(
        principal.workspaceId,
        { name: body.name, kind: body.kind },
        (tx, made) => identity.audit(tx, principal, 'sources.created', `source:${made.uuid}`),
      );
      reply.code(201);
      return { ...viewOf(source), figures: figuresOf(null, 0) };
    },
  );

  app.delete(
    '/api/sources/:id',
    {
      onRequest: may('sources:write'),
      schema: {
        tags: ['Sources'],
        operationId: 'archiveSource',
        summary: 'Archive a source: its write key is refused from now on, its events stay',
        security: byBrowserOrKey,
        params: Id,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const { principal } = request;
      await sources.archive(principal.workspaceId, request.params.id, (tx, source) =>
        identity.audit(tx, principal, 'sources.archived', `source:${source.uuid}`),
      );
      reply.code(204);
      return null;
    },
  );

  async function filterOf(workspaceId: number, query: EventQuery): Promise<EventFilter> {
    const before = query.cursor === undefined ? null : parseCursor(query.cursor);
    if (query.cursor !== undefined && before === null)
      throw refuse('malformed-request', 'This cursor is not one of ours.');
    const source = query.source === undefined ? null : (await sources.byId(workspaceId, query.source)).id;
    return {
      before,
      from: query.from ? new Date(query.from) : null,
      to: query.to ? new Date(query.to) : null,
      name: query.name ?? null,
      type: query.type ?? null,
      source,
      channel: query.channel ?? null,
      withoutBots: query.humans ?? false,
      most: query.limit ?? 50,
    };
  }

  app.get(
    '/api/events',
    {
      onRequest: may('events:read'),
      schema: {
        tags: ['Events'],
        operationId: 'listEvents',
        summary: 'Events, newest first',
        security: byBrowserOrKey,
        querystring: EventQuery,
        response: { 200: EventPage, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      return events.list(workspaceId, await filterOf(workspaceId, request.query)) as never;
    },
  );

  app.get(
    '/api/people/:id/events',
    {
      onRequest: may('events:read'),
      schema: {
        tags: ['People'],
        operationId: 'listEventsOfPerson',
        summary: 'What one person did, newest first',
        security: byBrowserOrKey,
        params: Id,
        querystring: EventQuery,
        response: { 200: EventPage, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      return events.ofPerson(
        workspaceId,
        request.params.id,
        await filterOf(workspaceId, request.query),
      ) as never;
    },
  );

  app.get(
    '/api/people/:id/traits/:name/history',
    {
      onRequest: may('people:read'),
      schema: {
        tags: ['People'],
        operationId: 'listTraitHistory',
        summary:
          'What was said of one trait of a person: when, where and with which identifier, newest first',
        security: byBrowserOrKey,
        params: Type.Object({ id: Type.String(), name: Type.String({ minLength: 1, maxLength: 500 }) }),
        response: { 200: TraitHistorySchema, ...errors },
      },
    },
    async (request) => {
      const { id, name } = request.params;
      return events.traitHistory(request.principal.workspaceId, id, name) as never;
    },
  );

  app.get(
    '/api/quarantine',
    {
      onRequest: may('events:read'),
      schema: {
        tags: ['Events'],
        operationId: 'listQuarantine',
        summary: 'Events that could not be accepted, with the reason and what was sent',
        security: byBrowserOrKey,
        querystring: Type.Object({
          cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
          reason: Type.Optional(Type.String({ maxLength: 100 })),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(QuarantinedSchema),
            counts: Type.Array(Type.Object({ reason: Type.String(), events: Type.Integer() })),
            next,
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { cursor, limit = 50, reason } = request.query;
      const [rows, counts, list] = await Promise.all([
        quarantine.list(workspaceId, {
          before: cursor ? Number(cursor) : null,
          reason: reason ?? null,
          most: limit,
        }),
        quarantine.count(workspaceId),
        sources.list(workspaceId),
      ]);
      const ids = new Map(list.map((source) => [source.id, source.uuid]));
      const last = rows.at(-1);
      return {
        items: rows.map((row) => ({
          id: String(row.id),
          source: ids.get(row.source_id) ?? null,
          at: row.at.toISOString(),
          reason: row.reason,
          detail: row.detail,
          message_id: row.message_id,
          raw: parsedOrText(row.raw),
        })),
        counts,
        next: rows.length === limit && last ? String(last.id) : null,
      };
    },
  );

  const Ids = Type.Array(Type.String({ pattern: '^\\d{1,15}$' }), { minItems: 1, maxItems: 1000 });
  app.post(
    '/api/quarantine/replay',
    {
      onRequest: may('events:write'),
      schema: {
        tags: ['Events'],
        operationId: 'replayQuarantine',
        summary: 'Send quarantined events again; one of them may be replaced by a mended message',
        security: byBrowserOrKey,
        body: Type.Object({
          ids: Ids,
          message: Type.Optional(
            Type.Record(Type.String(), Type.Unknown(), {
              description: 'Instead of what was sent; with one id',
            }),
          ),
        }),
        response: {
          200: Type.Object({ accepted: Type.Integer(), duplicates: Type.Integer(), failed: Type.Integer() }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const { ids, message } = request.body;
      if (message !== undefined && ids.length > 1)
        throw refuse('malformed-request', 'A mended message replaces one event; name one id.');
      const replayed = await quarantine.replay(workspaceId, ids.map(Number), message);
      await identity.pg.inWorkspace(workspaceId, (tx) =>
        identity.audit(tx, request.principal, 'quarantine.replayed', 'quarantine', {
          ...replayed,
          mended: message !== undefined,
        }),
      );
      return replayed;
    },
  );

  app.post(
    '/api/quarantine/drop',
    {
      onRequest: may('events:write'),
      schema: {
        tags: ['Events'],
        operationId: 'dropQuarantine',
        summary: 'Drop quarantined events for good',
        security: byBrowserOrKey,
        body: Type.Object({ ids: Ids }),
        response: { 200: Type.Object({ dropped: Type.Integer() }), ...errors },
      },
    },
    async ({ principal, body }) => ({
      dropped: await quarantine.drop(principal.workspaceId, body.ids.map(Number), (tx, events) =>
        identity.audit(tx, principal, 'quarantine.dropped', 'quarantine', { events }),
      ),
    }),
  );
}

function viewOf(source: Source) {
  return {
    id: source.uuid,
    name: source.name,
    kind: source.kind,
    write_key: source.writeKey,
    created_at: source.createdAt.toISOString(),
    archived: source.archived,
  };
}

type Listed = Awaited<ReturnType<Collect['sources']['list']>>[number];

function figuresOf(figures: Listed['figures'] | null, lagMs: number) {
  return {
    accepted: figures?.accepted ?? 0,
    duplicates: figures?.duplicates ?? 0,
    quarantined: figures?.quarantined ?? 0,
    withheld: figures?.withheld ?? 0,
    bots: figures?.bots ?? 0,
    last_seen: figures?.lastSeen?.toISOString() ?? null,
    lag_ms: lagMs,
  };
}
