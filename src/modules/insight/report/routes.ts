import Type from 'typebox';
import type { Identity } from '#modules/identity';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import { refuse } from '../schema.ts';
import { type AskingDeps, createAskReport } from './ask.ts';
import { csvOf } from './csv.ts';
import type { Report } from './define.ts';
import { type QuestionQuery, questionParameters } from './question.ts';
import { answeredSchema } from './schema.ts';

const errors = { '4xx': problem, '5xx': problem };

/** `GET /api/reports/<name>` and `/api/reports/<name>.csv` of every report. */
export function reportRoutes(
  app: App,
  deps: AskingDeps & { identity: Identity },
  reports: readonly Report[],
): void {
  const ask = createAskReport(deps);
  const onRequest = deps.identity.guard('events:read');
  const about = { tags: ['Reports'], security: byBrowserOrKey };
  for (const report of reports) {
    const querystring = Type.Object({ ...questionParameters, ...report.parameters.properties });
    const title = report.name
      .split('-')
      .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
      .join('');
    const answer = async (request: Parameters<typeof asked>[0]) => {
      const { workspaceId, workspace } = request.principal;
      const { timeZone, currency } = workspace;
      const { query, isFresh } = asked(request);
      return ask(report, { workspaceId, timeZone, currency }, query, isFresh);
    };
    app.get(
      `/api/reports/${report.name}`,
      {
        onRequest,
        schema: {
          ...about,
          operationId: `report${title}`,
          summary: report.summary,
          querystring,
          response: { 200: answeredSchema(`Report ${title}`, report.result), ...errors },
        },
      },
      async (request) => (await answer(request)) as never,
    );
    app.get(
      `/api/reports/${report.name}.csv`,
      {
        onRequest,
        schema: {
          ...about,
          operationId: `report${title}Csv`,
          summary: `${report.summary}: as CSV`,
          querystring,
          response: { 200: Type.String({ description: 'text/csv' }), ...errors },
        },
      },
      async (request, reply) => {
        const { result } = await answer(request);
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header('content-disposition', `attachment; filename="${report.name}.csv"`);
        return reply.send(csvOf(report.lines(result)) as never);
      },
    );
  }
}

/** What was asked. Who is in a segment is told to those only who may see segments. */
function asked(request: {
  query: unknown;
  headers: { 'cache-control'?: string | undefined };
  principal: {
    workspaceId: number;
    workspace: { timeZone: string; currency: string };
    scopes: readonly string[];
  };
}) {
  const query = request.query as QuestionQuery & Record<string, unknown>;
  const namesSegment = query.segment !== undefined || query.compare?.startsWith('segment:');
  if (namesSegment && !request.principal.scopes.includes('segments:read'))
    throw refuse('no-segments', 'To ask about a segment the scope segments:read is needed.');
  return { query, isFresh: request.headers['cache-control'] === 'no-cache' };
}
