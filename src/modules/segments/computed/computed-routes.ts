import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { refuse } from '../schema.ts';
import type { Segments } from '../segments.ts';
import { ComputedInput, ComputedList, ValuesOfPerson } from './schema.ts';

const about = { tags: ['Segments'], security: byBrowserOrKey };
const errors = { '4xx': problem, '5xx': problem };
const Name = Type.Object({ name: Type.String() });

/** The API about computed traits, and about values that compare people with each other. */
export function computedRoutes(app: App, segments: Segments): void {
  const { pg, identity } = segments.inside;
  const { computed, snapshots } = segments;
  const may = identity.guard;

  async function listOf(workspaceId: number) {
    const [{ rows, usedBy }, states, runs] = await Promise.all([
      computed.list(workspaceId),
      snapshots.states(workspaceId),
      snapshots.runs(workspaceId),
    ]);
    return {
      items: rows.map(({ name, definition, created_at, updated_at }) => ({
        name,
        definition,
        used_by: usedBy.get(name) ?? [],
        created_at: created_at.toISOString(),
        updated_at: updated_at.toISOString(),
      })),
      snapshots: snapshots.kinds().map(({ name, values }) => {
        const run = runs.find((one) => one.name === name);
        const first = states.find((one) => one.name === values[0]?.name);
        const isMoving = first?.next_version != null;
        const state = isMoving ? ('moving' as const) : (run?.state ?? 'idle');
        return {
          name,
          values: values.flatMap((value) =>
            value.inner
              ? []
              : [
                  {
                    name: value.name,
                    kind: value.kind,
                    label: value.label,
                    options: [...(value.options ?? [])],
                    used_by: usedBy.get(value.name) ?? [],
                  },
                ],
          ),
          at: first && first.version > 0 ? first.at.toISOString() : null,
          people: first?.people ?? 0,
          state,
          progress: run && ['waiting', 'working', 'moving'].includes(state) ? run.progress : null,
          error: state === 'failed' ? (run?.error ?? null) : null,
          settings: run?.settings ?? {},
        };
      }),
    };
  }

  app.get(
    '/api/computed-traits',
    {
      onRequest: may('segments:read'),
      schema: {
        ...about,
        operationId: 'listComputedTraits',
        summary: 'Traits that are worked out from events, and values that compare people with each other',
        response: { 200: ComputedList, ...errors },
      },
    },
    (request) => listOf(request.principal.workspaceId),
  );

  app.post(
    '/api/computed-traits',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'createComputedTrait',
        summary: 'A new computed trait; rules ask for it by its name',
        body: ComputedInput,
        response: { 201: ComputedList, ...errors },
      },
    },
    async (request, reply) => {
      await computed.create(request.principal, request.body);
      reply.code(201);
      return listOf(request.principal.workspaceId);
    },
  );

  app.patch(
    '/api/computed-traits/:name',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'editComputedTrait',
        summary:
          'Another definition; segments that ask for it are filled anew and switched over when complete',
        params: Name,
        body: Type.Pick(ComputedInput, ['definition']),
        response: { 200: ComputedList, ...errors },
      },
    },
    async (request) => {
      await computed.edit(request.principal, request.params.name, request.body.definition);
      return listOf(request.principal.workspaceId);
    },
  );

  app.delete(
    '/api/computed-traits/:name',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'deleteComputedTrait',
        summary: 'Removes a computed trait that no segment asks for',
        params: Name,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await computed.remove(request.principal, request.params.name);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/computed-traits/refresh',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'refreshSnapshots',
        summary: 'Makes values that compare people with each other anew, in the background',
        body: Type.Object({
          names: Type.Optional(Type.Array(Type.String(), { description: 'Of snapshots; all unless told' })),
        }),
        response: { 202: ComputedList, ...errors },
      },
    },
    async (request, reply) => {
      const { principal } = request;
      const { workspaceId } = principal;
      const all = snapshots.kinds().map(({ name }) => name);
      const names = request.body.names ?? all;
      for (const name of names) mustBeKnown(name, all);
      await pg.inWorkspace(workspaceId, async (tx) => {
        for (const name of names) await snapshots.ask(tx, { workspaceId, name });
        await identity.audit(tx, principal, 'segments.snapshots-asked', 'snapshots', { names });
      });
      reply.code(202);
      return listOf(workspaceId);
    },
  );

  app.put(
    '/api/computed-traits/snapshots',
    {
      onRequest: may('segments:write'),
      schema: {
        ...about,
        operationId: 'setSnapshot',
        summary: 'How a snapshot is made from now on; without a currency, the one of most orders counts',
        body: Type.Object({
          name: Type.String({ examples: ['rfm'] }),
          currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
        }),
        response: { 200: ComputedList, ...errors },
      },
    },
    async (request) => {
      const { principal } = request;
      const { name, ...settings } = request.body;
      const known = snapshots.kinds().map((kind) => kind.name);
      mustBeKnown(name, known);
      await snapshots.set(principal, name, settings);
      return listOf(principal.workspaceId);
    },
  );

  app.get(
    '/api/people/:id/computed-traits',
    {
      onRequest: may('people:read'),
      schema: {
        ...about,
        operationId: 'computedTraitsOfPerson',
        summary: 'What the computed traits of a person are as of now',
        params: Type.Object({ id: Type.String() }),
        response: { 200: ValuesOfPerson, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const person = await segments.headOf(workspaceId, request.params.id);
      const values = (await computed.of(workspaceId, [person])).get(person) ?? {};
      return { values };
    },
  );
}

function mustBeKnown(name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw refuse('no-such-computed', `There is no snapshot "${name}".`);
}
