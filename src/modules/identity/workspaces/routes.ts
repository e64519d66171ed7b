import Type from 'typebox';
import { type App, byBrowserOrKey, problem } from '#platform/http';
import { actorOf } from '../access/principal.ts';
import type { Identity } from '../door.ts';
import {
  type LanguageSettings,
  languageDefaults,
  NewWorkspace,
  Workspace,
  WorkspaceList,
} from '../schema.ts';
import type { SettingsChanges } from './settings.ts';
import type { WorkspaceRow } from './sql.ts';

const refused = { 400: problem, 401: problem, 403: problem, 429: problem };

export function workspaceRoutes(app: App, identity: Identity): void {
  const { workspaces, settings } = identity;

  async function answer({ id, uuid, createdAt, stored, ...row }: WorkspaceRow) {
    // The program registers this section where it serves a console; without one there is nothing to choose.
    const { languages = languageDefaults } = await settings.readAll(id);
    const { console: language } = languages as LanguageSettings;
    return { ...row, id: uuid, language, createdAt: createdAt.toISOString() };
  }

  app.get(
    '/api/workspaces',
    {
      onRequest: identity.guardAccount(),
      schema: {
        operationId: 'listWorkspaces',
        tags: ['Workspaces'],
        summary: 'The workspaces that these credentials open',
        security: byBrowserOrKey,
        response: { 200: WorkspaceList, ...refused },
      },
    },
    async (request) => {
      const { account } = request;
      if (account.kind === 'cli') return { items: await Promise.all((await workspaces.list()).map(answer)) };
      const ids =
        account.kind === 'key' ? [account.workspaceId] : account.memberships.map((m) => m.workspaceId);
      const rows = await Promise.all(ids.map((id) => workspaces.get(id)));
      return { items: await Promise.all(rows.flatMap((row) => (row ? [answer(row)] : []))) };
    },
  );

  app.post(
    '/api/workspaces',
    {
      onRequest: identity.guardOperator(),
      schema: {
        operationId: 'createWorkspace',
        tags: ['Workspaces'],
        summary: 'Make a workspace for a further brand',
        description: 'For whoever runs the installation, who is its owner at once.',
        security: [{ session: [] }],
        body: NewWorkspace,
        response: { 201: Workspace, 409: problem, ...refused },
      },
    },
    async (request, reply) => {
      const row = await workspaces.create(request.body, actorOf(request.account));
      return reply.code(201).send(await answer(row));
    },
  );

  const sections = Object.entries(settings.schemas());
  const AllSettings = Type.Object(Object.fromEntries(sections), { additionalProperties: true });
  const SomeSettings = Type.Object(
    Object.fromEntries(
      sections.map(([name, schema]) => [
        name,
        Type.Optional(Type.Union([Type.Partial(schema), Type.Null({ description: 'Back to the default' })])),
      ]),
    ),
    { additionalProperties: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]) },
  );

  app.get(
    '/api/settings',
    {
      onRequest: identity.guard('settings:read'),
      schema: {
        operationId: 'getSettings',
        tags: ['Workspaces'],
        summary: 'The settings of the workspace, by section',
        security: byBrowserOrKey,
        response: { 200: AllSettings, ...refused },
      },
    },
    (request) => settings.readAll(request.principal.workspaceId),
  );

  app.patch(
    '/api/settings',
    {
      onRequest: identity.guard('settings:write'),
      schema: {
        operationId: 'changeSettings',
        tags: ['Workspaces'],
        summary: 'Change settings: the given values of the given sections, all or none',
        security: byBrowserOrKey,
        body: SomeSettings,
        response: { 200: AllSettings, ...refused },
      },
    },
    async (request) => {
      await settings.updateAll(request.principal, request.body as SettingsChanges);
      return settings.readAll(request.principal.workspaceId);
    },
  );
}
