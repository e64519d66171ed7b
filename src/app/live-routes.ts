import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Identity } from '#modules/identity';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import type { Live } from '#platform/live';
import { Refusal } from '#platform/refusal';

/** The stream of news for open pages, of the workspace and as far as the credentials allow. */
export function liveRoutes(app: App, { live, identity }: { live: Live; identity: Identity }): void {
  const guard = identity.guard('events:read');
  // A stream never finishes by itself, and would hold up the end of the program.
  app.addHook('preClose', () => live.stop());

  /** What the credentials of the request still allow; null when they do not hold any more. */
  async function mayNow(request: FastifyRequest): Promise<ReadonlySet<string> | null> {
    try {
      await guard(request);
      return new Set(request.principal.scopes);
    } catch (error) {
      if (error instanceof Refusal && error.status !== 429) return null;
      // An engine that is away says nothing about them.
      return new Set(request.principal.scopes);
    }
  }

  app.get(
    '/api/live',
    {
      onRequest: guard,
      schema: {
        tags: ['Live'],
        operationId: 'live',
        summary: 'News as server-sent events: events as they become readable, and what else changes',
        description:
          'With `Accept: text/event-stream` the line stays open; otherwise the answer ends after what there is to tell, for who rather asks again and again. Events of the stream: `ready` (you stand at the end), `events`, `people`, `conflicts`, `sources`, `quarantine`, `imports`, `settings` (each as far as you may read it), `missed` (you read too slowly; ask anew for what you show), `over` (the session ended, or may not read this any more). Every one has an `id`: send the last one as `Last-Event-ID` to go on from there, with any process.',
        security: byBrowserOrKey,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 2000 })) }),
        response: {
          200: { content: { 'text/event-stream': { schema: Type.String() } } },
          '4xx': problem,
          '5xx': problem,
        },
      },
    },
    async (request, reply) => {
      const { principal, headers } = request;
      const stream = live.listen(principal.workspaceId, {
        may: new Set(principal.scopes),
        mayNow: () => mayNow(request),
        lastId: headers['last-event-id'],
        once: !String(headers.accept ?? '').includes('text/event-stream'),
      });
      reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
      return reply.send(stream as never);
    },
  );
}
