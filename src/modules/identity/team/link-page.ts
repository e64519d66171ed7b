import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '#platform/http';

/** The page that opens when somebody follows a link of ours: /join and /reset. */
export function linkPages(app: App): void {
  const html = readFileSync(join(import.meta.dirname, 'link-page.html'), 'utf8');
  // Exactly this script and this style may run, by their hashes.
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(html, 'script')}'`,
    `style-src '${hashOf(html, 'style')}'`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  for (const path of ['/join', '/reset']) {
    app.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(html),
    );
  }
}

function hashOf(html: string, element: 'script' | 'style'): string {
  const [, content = ''] = new RegExp(`<${element}>([\\s\\S]*)</${element}>`).exec(html) ?? [];
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
