import { type App, problem } from '#platform/http';
import { checkSameOrigin } from '../access/csrf.ts';
import { openInBrowser, originOf } from '../credentials/session-routes.ts';
import type { Identity } from '../door.ts';
import { Acceptance, OpenInvitation, PasswordReset, TokenOnly, WhoAmI } from '../schema.ts';

const tags = ['Team'];
const refused = { 400: problem, 401: problem, 403: problem, 410: problem, 429: problem };

/** What the holder of a link can do; the link is the credential. */
export function linkRoutes(app: App, identity: Identity): void {
  const { invitations, resets, publicUrl } = identity;

  app.post(
    '/api/invitations/look',
    {
      schema: {
        operationId: 'lookAtInvitation',
        tags,
        summary: 'What is this invitation for?',
        description: 'A POST, so that the token stays out of addresses and logs.',
        security: [],
        body: TokenOnly,
        response: { 200: OpenInvitation, ...refused },
      },
    },
    async (request) => {
      const { email, role, slug, workspaceName, known } = await invitations.look(
        request.body.token,
        request.ip,
      );
      return { email, role, known, workspace: { slug, name: workspaceName } };
    },
  );

  app.post(
    '/api/invitations/accept',
    {
      schema: {
        operationId: 'acceptInvitation',
        tags,
        summary: 'Join the team, and sign in',
        description:
          'Sets the password of a new account. An address that has an account proves its present password.',
        security: [],
        body: Acceptance,
        response: { 200: WhoAmI, ...refused },
      },
    },
    async (request, reply) => {
      checkSameOrigin(request, publicUrl);
      const session = await invitations.accept({ ...request.body, from: originOf(request) });
      return openInBrowser(identity, reply, session);
    },
  );

  app.post(
    '/api/reset',
    {
      schema: {
        operationId: 'resetPassword',
        tags,
        summary: 'Set a new password by a link, and sign in; all other sessions end',
        security: [],
        body: PasswordReset,
        response: { 200: WhoAmI, ...refused },
      },
    },
    async (request, reply) => {
      checkSameOrigin(request, publicUrl);
      const session = await resets.use({ ...request.body, from: originOf(request) });
      return openInBrowser(identity, reply, session);
    },
  );
}
