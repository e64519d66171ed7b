import type { Identity } from '#modules/identity';
import { type App, problem } from '#platform/http';
import { BRAND } from './brand.ts';
import type { Demo } from './demo.ts';
import { DemoOrder, DemoProgress, DemoQuery } from './schema.ts';

/** A simulated brand over the API, for whoever runs the installation. */
export function demoRoutes(app: App, { demo, identity }: { demo: Demo; identity: Identity }): void {
  app.post(
    '/api/demo',
    {
      onRequest: identity.guardOperator(),
      schema: {
        operationId: 'orderDemo',
        tags: ['Demo'],
        summary: 'Fill a workspace with a simulated brand',
        description:
          'Makes the workspace where there is none, and tells the brand up to now in the background, at the lowest priority. A second order of the same brand adds only what happened meanwhile.',
        security: [{ session: [] }],
        body: DemoOrder,
        response: { 202: DemoProgress, 400: problem, 401: problem, 403: problem, 409: problem },
      },
    },
    async (request, reply) => reply.code(202).send(await demo.order(request.body)),
  );

  app.get(
    '/api/demo',
    {
      onRequest: identity.guardOperator(),
      schema: {
        operationId: 'getDemo',
        tags: ['Demo'],
        summary: 'How far a simulated brand is told',
        security: [{ session: [] }],
        querystring: DemoQuery,
        response: { 200: DemoProgress, 401: problem, 403: problem, 404: problem },
      },
    },
    async (request) => demo.progress(request.query.workspace ?? BRAND.slug),
  );
}
