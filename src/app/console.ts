import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { App } from '#platform/http';

const built = join(import.meta.dirname, '../../dist/console');

/** The addresses that the console's own router knows; what stands below them is its business, too. */
const places = [
  'sign-in',
  'shared',
  'people',
  'events',
  'quarantine',
  'segments',
  'reports',
  'boards',
  'points',
  'conflicts',
  'sources',
  'imports',
  'settings',
  'kit',
];

/**
 * Serves the console from what was built: one page for all its addresses, and files that never change, because their
 * content is in their names. False when nothing was built.
 */
export async function consoleRoutes(app: App, folder: string = built): Promise<boolean> {
  const pagePath = join(folder, 'index.html');
  if (!existsSync(pagePath)) return false;
  for (const url of ['/', ...places.flatMap((place) => [`/${place}`, `/${place}/*`])]) {
    app.get(url, { schema: { hide: true }, config: { always: true } }, async (_request, reply) =>
      // Read and asked for again each time, so that what was built anew is seen at once.
      reply
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-cache')
        .header('x-robots-tag', 'noindex')
        .send(await readFile(pagePath)),
    );
  }
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    decorateReply: false,
    immutable: true,
    maxAge: '365d',
    schemaHide: true,
  });
  return true;
}
