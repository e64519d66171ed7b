import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '#platform/http';
import { type Status, statusPage } from './page.ts';

/** The page at `/status`, and at `/` as long as no console was built, with its style and its mark. */
export function statusRoutes(
  app: App,
  o: { isHome: boolean },
  status: () => Omit<Status, 'hasConsole'>,
): void {
  for (const url of o.isHome ? ['/', '/status'] : ['/status']) {
    app.get(url, { schema: { hide: true }, config: { always: true } }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(statusPage({ hasConsole: !o.isHome, ...status() })),
    );
  }
  asset(app, 'status.css', 'text/css; charset=utf-8');
  asset(app, 'mark.svg', 'image/svg+xml');
}

function asset(app: App, name: string, type: string): void {
  const content = readFileSync(join(import.meta.dirname, name));
  app.get(`/${name}`, { schema: { hide: true }, config: { always: true } }, (_request, reply) =>
    reply.type(type).header('cache-control', 'public, max-age=3600').send(content),
  );
}
