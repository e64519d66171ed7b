import multipart from '@fastify/multipart';
import type { App } from './app.ts';

/** In this scope a body is taken as the bytes that came, of whatever type; the handler reads it as a Buffer. */
export function rawBodies(scope: App, o: { maxBytes: number }): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // On the route, so that an answer to a larger one can name the limit.
  scope.addHook('onRoute', (route) => {
    route.bodyLimit ??= o.maxBytes;
  });
}

/** In this scope a request may be a form with one file, which is streamed: `request.file()`. */
export async function acceptUploads(scope: App, o: { maxFileBytes: number }): Promise<void> {
  await scope.register(multipart, {
    limits: { fileSize: o.maxFileBytes, files: 1, fields: 20, fieldSize: 1024 * 1024, parts: 21 },
    throwFileSizeLimit: true,
  });
}
