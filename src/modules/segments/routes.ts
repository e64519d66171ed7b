import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { computedRoutes } from './computed/computed-routes.ts';
import { preview } from './live/members-sql.ts';
import { PreviewSchema, ProofSchema, SegmentList, SegmentSchema, SizeList } from './live/schema.ts';
import { memberRoutes } from './member-routes.ts';
import { partRoutes } from './parts-routes.ts';
import { membersSql, readRule } from './rule/index.ts';
import { RuleSchema } from './schema.ts';
import type { Segments } from './segments.ts';
import * as sql from './sql.ts';
import { viewOf } from './view.ts';

const about = { tags: ['Segments'], security: byBrowserOrKey };
const errors = { '4xx': problem, '5xx': problem };
const Id = Type.Object({ id: Type.String() });
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Description = Type.String({ maxLength: 1000 });
const sampleOf = 10;

/** The API about segments. */
export function segmentRoutes(app: App, segments: Segments): void {
  const { pg, ch, identity, people, clock } = segments.inside;
  const may = identity.guard;
  memberRoutes(app, segments);
  partRoutes(app, segments);
  computedRoutes(app, segments);

  app.get(
    '/api/segments',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'listSegments',
        summary: 'Segments with their sizes, and how far evaluation is behind',
        querystring: Type.Object({ archived: Type.Optional(Type.Boolean({ default: false })) }),
        response: { 200: SegmentList, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const rows = await segments.list(workspaceId, request.query.archived ?? false);
      const state = await pg.inWorkspace(workspaceId, (tx) => sql.runnerState(tx, workspaceId));
      const lag = rows.length === 0 || !state ? 0 : await segments.lagMs(workspaceId);
      return { items: rows.map(viewOf), lag_ms: lag, error: state?.error ?? null };
    },
  );

  app.post(
    '/api/segments',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'createSegment',
        summary: 'A new segment; it is filled in the background',
        body: Type.Object({ name: Name, description: Type.Optional(Description), rule: RuleSchema }),
        response: { 201: SegmentSchema, ...errors },
      },
    },
    async (request, reply) => {
      const { name, description, rule } = request.body;
      const given = { name, rule, ...(description === undefined ? {} : { description }) };
      const row = await segments.create(request.principal, given);
      reply.code(201);
      return viewOf(row);
    },
  );

  app.get(
    '/api/segments/sizes',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'listSegmentSizes',
        summary: 'The sizes of all segments over the last days, by the hours in which they changed',
        querystring: Type.Object({
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 7 })),
        }),
        response: { 200: SizeList, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const since = new Date(clock.ms() - (request.query.days ?? 7) * 86_400_000);
      const rows = await pg.inWorkspace(workspaceId, (tx) => sql.sizesOfAll(tx, workspaceId, since));
      return {
        items: [...Map.groupBy(rows, (row) => row.id)].map(([id, sizes]) => ({
          id,
          sizes: sizes.map(({ hour, size }) => ({ hour: hour.toISOString(), size: Math.max(0, size) })),
        })),
      };
    },
  );

  app.post(
    '/api/segments/preview',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'previewSegment',
        summary: 'How many a rule that is not saved finds, and some of them',
        body: Type.Object({ rule: RuleSchema }),
        response: { 200: PreviewSchema, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const started = clock.tick();
      const context = await segments.rules.context(workspaceId);
      const rule = readRule(request.body.rule, context);
      const position = Number.MAX_SAFE_INTEGER;
      const query = membersSql(rule, context, { workspaceId, position, now: clock.ms() });
      const { count, sample } = await preview(ch, query, sampleOf);
      const ids = await people.idsOf(workspaceId, sample);
      return {
        count,
        sample: sample.flatMap((person) => {
          const id = ids.get(person);
          return id ? [{ person_id: id }] : [];
        }),
        milliseconds: Math.round(clock.tick() - started),
      };
    },
  );

  app.post(
    '/api/segments/proof',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'proveSegments',
        summary: 'Computes every segment afresh and compares it with who is in',
        response: {
          200: Type.Object({
            items: Type.Array(
              Type.Object({
                id: Type.String(),
                name: Type.String(),
                proof: Type.Union([ProofSchema, Type.Null()]),
                error: Type.Union([Type.String(), Type.Null()]),
              }),
            ),
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const items = [];
      for (const row of await segments.list(workspaceId)) {
        const { uuid: id, name } = row;
        try {
          items.push({ id, name, proof: await segments.prove(workspaceId, id), error: null });
        } catch (error) {
          items.push({
            id,
            name,
            proof: null,
            error: error instanceof Error ? error.message : String(error),
          });
        }
      }
      return { items };
    },
  );

  app.get(
    '/api/segments/:id',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'readSegment',
        summary: 'One segment',
        params: Id,
        response: { 200: SegmentSchema, ...errors },
      },
    },
    async (request) => viewOf(await segments.find(request.principal.workspaceId, request.params.id)),
  );

  app.patch(
    '/api/segments/:id',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'editSegment',
        summary:
          'Changes a segment; a new rule is filled beside the old one and switched over when it is complete',
        params: Id,
        body: Type.Object({
          name: Type.Optional(Name),
          description: Type.Optional(Description),
          rule: Type.Optional(RuleSchema),
        }),
        response: { 200: SegmentSchema, ...errors },
      },
    },
    async (request) => {
      const { name, description, rule } = request.body;
      return viewOf(await segments.edit(request.principal, request.params.id, { name, description, rule }));
    },
  );

  app.delete(
    '/api/segments/:id',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'archiveSegment',
        summary: 'Archives a segment: it is not evaluated any more, and its history stays',
        params: Id,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await segments.archive(request.principal, request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/segments/:id/restore',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'restoreSegment',
        summary: 'Takes an archived segment up again; it is filled anew',
        params: Id,
        response: { 200: SegmentSchema, ...errors },
      },
    },
    async (request) => viewOf(await segments.restore(request.principal, request.params.id)),
  );

  for (const method of ['GET', 'POST'] as const) {
    app.route({
      method,
      url: '/api/segments/:id/proof',
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: method === 'GET' ? 'readProof' : 'proveSegment',
        summary:
          method === 'GET' ? 'The last proof' : 'Computes the segment afresh and compares it with who is in',
        params: Id,
        response: { 200: Type.Object({ proof: Type.Union([ProofSchema, Type.Null()]) }), ...errors },
      },
      handler: async (request) => {
        const { workspaceId } = request.principal;
        const { id } = request.params as { id: string };
        if (method === 'POST') return { proof: await segments.prove(workspaceId, id) };
        return { proof: viewOf(await segments.find(workspaceId, id)).proof };
      },
    });
  }
}
