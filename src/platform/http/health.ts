import Type from 'typebox';
import type { Metrics } from '#platform/metrics';
import type { App } from './app.ts';

/** Something that must be up before the program can do its work. */
export interface Part {
  name: string;
  up: boolean;
  /** One sentence, without anything secret. */
  detail: string;
}

const parts = Type.Array(Type.Object({ name: Type.String(), up: Type.Boolean(), detail: Type.String() }));

/** /healthz: the process lives. /readyz: its parts are up. /metrics: its figures for Prometheus. */
export function operationRoutes(app: App, deps: { parts: () => Part[]; metrics: Metrics }): void {
  app.get(
    '/healthz',
    {
      config: { always: true },
      schema: {
        operationId: 'getHealth',
        tags: ['Operation'],
        summary: 'Does the process live?',
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { always: true },
      schema: {
        operationId: 'getReadiness',
        tags: ['Operation'],
        summary: 'Can it do its work? Says which part is away.',
        response: {
          200: Type.Object({ status: Type.Literal('ready'), parts }),
          503: Type.Object({ status: Type.Literal('not ready'), parts }),
        },
      },
    },
    async (_request, reply) => {
      const now = deps.parts();
      if (now.every((part) => part.up)) return { status: 'ready' as const, parts: now };
      reply.code(503).header('retry-after', '1');
      return { status: 'not ready' as const, parts: now };
    },
  );

  app.get(
    '/metrics',
    {
      config: { always: true },
      schema: {
        operationId: 'getMetrics',
        tags: ['Operation'],
        summary: 'Figures in the text format of Prometheus',
        produces: ['text/plain'],
      },
    },
    async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await deps.metrics.text()),
  );
}
