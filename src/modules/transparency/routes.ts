import type { App } from '#platform/http';
import { parseTilePath } from '#platform/tlog';
import { refuse } from './schema.ts';
import type { Transparency } from './transparency.ts';

/** What is not a tile changes with the log; a browser must ask again, and a CDN hold it for a moment at most. */
const changing = 'public, max-age=1';
/** A tile never changes: a wider one has another address. */
const lasting = 'public, max-age=31536000, immutable';
const text = 'text/plain; charset=utf-8';

/** The logs as C2SP tlog-tiles has them. Everybody may read them, pages of others too; nobody is asked who they are. */
export function transparencyRoutes(app: App, transparency: Transparency): void {
  app.get(
    '/log/:name/*',
    {
      schema: { hide: true },
      config: { always: true },
    },
    async (request, reply) => {
      const { name = '', '*': path = '' } = request.params as Record<string, string>;
      const tile = parseTilePath(path);
      const isKnown = tile !== undefined || ['checkpoint', 'key', 'totals'].includes(path);
      const isName = /^[a-z0-9-]+$/.test(name);
      const content = isKnown && isName ? await transparency.file(name, path) : null;
      if (!content) throw refuse('not-there', 'There is no such log, or it has no such file.');
      return reply
        .type(tile ? 'application/octet-stream' : text)
        .header('cache-control', tile ? lasting : changing)
        .header('access-control-allow-origin', '*')
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(Buffer.from(content));
    },
  );
}
