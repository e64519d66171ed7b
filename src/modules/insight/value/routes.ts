import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { createPersonValue, type ValueDeps } from './person.ts';
import { PersonValue, type ValueSettings } from './schema.ts';

/** The API about what a person is worth. */
export function valueRoutes(app: App, deps: ValueDeps & { identity: Identity }): void {
  const { identity } = deps;
  const personValue = createPersonValue(deps);
  app.get(
    '/api/people/:id/value',
    {
      onRequest: identity.guard('people:read'),
      schema: {
        tags: ['Reports'],
        operationId: 'personValue',
        summary:
          'What somebody is worth: three layers with what makes them up, still a customer?, the next purchase, whom they brought',
        security: byBrowserOrKey,
        params: Type.Object({ id: Type.String() }),
        response: { 200: PersonValue, '4xx': problem, '5xx': problem },
      },
    },
    async ({ principal: { workspaceId, workspace }, params }) => {
      const settings = await identity.settings.read<ValueSettings>(workspaceId, 'value');
      const { timeZone, currency } = workspace;
      return personValue({ workspaceId, timeZone, currency, settings }, params.id);
    },
  );
}
