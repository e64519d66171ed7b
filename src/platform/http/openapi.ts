import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from './app.ts';
import { referencePolicy } from './headers.ts';

/** The `security` of a route for people and programs: a session of the console, or a secret key. */
export const byBrowserOrKey: { [scheme: string]: readonly string[] }[] = [{ secretKey: [] }, { session: [] }];
/** The `security` of what a link to a board shows. */
export const byBoardLink: { [scheme: string]: readonly string[] }[] = [{ boardLink: [] }];
/** The `security` of a route that collects. */
export const byWriteKey: { [scheme: string]: readonly string[] }[] = [{ writeKey: [] }];

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40"><text y="28" fill="#fff" font-family="sans-serif" font-size="26">Pando</text></svg>';

/** Collects the schemas of all routes registered after it; serves /openapi.json and the page /reference. */
export async function describe(app: App, o: { version: string; publicUrl?: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Pando',
        version: o.version,
        description:
          'The self-hosted customer-value platform. Collection takes the requests of Segment’s HTTP Tracking API with a write key; everything else is under /api with a secret key or a session.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: o.publicUrl ?? '/' }],
      components: {
        securitySchemes: {
          secretKey: { type: 'http', scheme: 'bearer', description: 'A secret key of a workspace.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: o.publicUrl?.startsWith('https:') ? '__Host-pando_session' : 'pando_session',
            description: 'Set by signing in at POST /api/session.',
          },
          boardLink: {
            type: 'http',
            scheme: 'bearer',
            description: 'The token of a link to a board: what stands behind the # of its address.',
          },
          writeKey: {
            type: 'http',
            scheme: 'basic',
            description: 'The write key of a source as the user name, with an empty password.',
          },
        },
      },
    },
  });
  let text: string | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    text ??= JSON.stringify(app.swagger());
    return reply.type('application/json; charset=utf-8').send(text);
  });
  await app.register(swaggerUi, {
    routePrefix: '/reference',
    staticCSP: referencePolicy,
    logo: { type: 'image/svg+xml', content: Buffer.from(logo), href: '/' },
    theme: { title: 'Pando: API reference' },
    uiConfig: { deepLinking: true, docExpansion: 'list', displayRequestDuration: true },
  });
}
