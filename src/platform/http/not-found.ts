import type { App } from './app.ts';
import { refuse } from './problem.ts';

/** Answers what no route takes: 405 where another method would be taken, otherwise 404. */
export function answerUnknown(app: App): void {
  const routes: { method: string; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, pattern: toPattern(url) });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = [...new Set(routes.filter((r) => r.pattern.test(path)).map((r) => r.method))].sort();
    // A route of many addresses may take the method and still have nothing at this one.
    if (allowed.length > 0 && !allowed.includes(request.method)) {
      reply.header('allow', allowed.join(', '));
      throw refuse('method-not-allowed', `This address takes ${allowed.join(', ')}, not ${request.method}.`);
    }
    throw refuse('not-found', 'Nothing stands at this address; /reference lists what does.');
  });
}

function toPattern(url: string): RegExp {
  const literal = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`);
}
