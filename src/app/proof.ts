import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { App } from '#platform/http';

const built = join(import.meta.dirname, '../../dist/proof');

/** Serves the public page of proof, which everybody may see, from what was built; nothing where nothing was. */
export async function proofRoutes(app: App, folder: string = built): Promise<void> {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return;
  app.get('/proof/:name', { schema: { hide: true }, config: { always: true } }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(await readFile(page)),
  );
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/proof/assets/',
    preCompressed: true,
    index: false,
    decorateReply: false,
    immutable: true,
    maxAge: '365d',
    schemaHide: true,
  });
}
