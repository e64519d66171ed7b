import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { Transparency } from '#modules/transparency';
import { type App, byBrowserOrKey, problem } from '#platform/http';

/** What only whoever runs the installation may do: the command line on its machine, or its first owner. */
export function operatorRoutes(app: App, identity: Identity, transparency: Transparency): void {
  app.post(
    '/api/operator/reset-links',
    {
      onRequest: identity.guardOperator(),
      schema: {
        operationId: 'createResetLinkByEmail',
        tags: ['Operation'],
        summary: 'Make a link by which anybody of this installation sets a new password',
        security: byBrowserOrKey,
        body: Type.Object({ email: Type.String({ maxLength: 320 }) }, { additionalProperties: false }),
        response: {
          201: Type.Object({ url: Type.String(), expiresAt: Type.String({ format: 'date-time' }) }),
          '4xx': problem,
        },
      },
    },
    async (request, reply) => {
      const { url, expiresAt } = await identity.resetLink(request.body.email);
      return reply.code(201).send({ url, expiresAt: expiresAt.toISOString() });
    },
  );
  app.post(
    '/api/operator/logs/:name/keys',
    {
      onRequest: identity.guardOperator(),
      schema: {
        operationId: 'rotateLogKey',
        tags: ['Operation'],
        summary: 'Give a public log a new key, which signs beside the older ones until those are retired',
        security: byBrowserOrKey,
        params: Type.Object({ name: Type.String({ maxLength: 63 }) }),
        body: Type.Object(
          {
            retireOlder: Type.Optional(
              Type.Boolean({
                default: false,
                description: 'Only the newest key signs from now on; none is made',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 201: Type.Object({ keys: Type.String() }), '4xx': problem },
      },
    },
    async (request, reply) => {
      const { retireOlder = false } = request.body;
      return reply.code(201).send(await transparency.rotateKey(request.params.name, { retireOlder }));
    },
  );
  app.post(
    '/api/operator/logs/:name/go-on',
    {
      onRequest: identity.guardOperator(),
      schema: {
        operationId: 'letLogGoOn',
        tags: ['Operation'],
        summary:
          'Say that nothing of a public log was public beyond what the database knows, after its files were lost; it goes on from there',
        security: byBrowserOrKey,
        params: Type.Object({ name: Type.String({ maxLength: 63 }) }),
        response: {
          200: Type.Object({ size: Type.Integer({ description: 'Leaves it goes on from' }) }),
          '4xx': problem,
        },
      },
    },
    (request) => transparency.goOn(request.params.name),
  );
}
