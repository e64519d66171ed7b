import Type from 'typebox';
import type { Identity } from '#modules/identity';
import { type App, byBrowserOrKey, problem } from '#platform/http';

/** What only whoever runs the installation may do: the command line on its machine, or its first owner. */
export function operatorRoutes(app: App, identity: Identity): void {
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
}
