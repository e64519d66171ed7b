import Type from 'typebox';
import type { Identity } from '#modules/identity';
import { type App, byBoardLink, createRateLimiter, limitRate, problem } from '#platform/http';
import { fewestPeople } from '../fewest.ts';
import { type AskingDeps, createAskReport } from '../report/ask.ts';
import type { Report } from '../report/define.ts';
import { refuse } from '../schema.ts';
import { crowd } from './crowd-sql.ts';
import type { Links, Opened } from './links.ts';
import { SharedBoard, SharedTile } from './schema.ts';
import { isNarrowed, questionOfTile } from './tile-question.ts';

const about = { tags: ['Boards'], security: byBoardLink };
const errors = { '4xx': problem, '5xx': problem };
const mostLines = 20;

/**
 * What somebody with a link may ask: the board, and what its tiles show. Not their own questions: of two that differ by
 * a day, or by a person, the difference would be somebody. Nothing in an answer is about one person.
 */
export function sharedBoardRoutes(
  app: App,
  deps: AskingDeps & { identity: Identity; links: Links },
  reports: readonly Report[],
): void {
  const { links, identity, clock } = deps;
  // Everything that guests ask is remembered, however small the workspace: many may look at once.
  const ask = createAskReport({ ...deps, largeFrom: 0 });
  const byAddress = limitRate(createRateLimiter({ clock, perSecond: 4, burst: 120 }));
  const ofLink = createRateLimiter({ clock, perSecond: 10, burst: 300 });

  async function opened(authorization: string | undefined): Promise<Opened> {
    const board = await links.open(/^Bearer (bl_\w+)$/.exec(authorization ?? '')?.[1]);
    const waitS = Math.ceil(ofLink.take(board.linkId));
    if (waitS > 0)
      throw refuse('shared-too-often', `Many look at this board. Try again in ${waitS} s.`, {
        retryAfterS: waitS,
      });
    return board;
  }

  async function placeOf(workspaceId: number) {
    const workspace = await identity.workspaces.get(workspaceId);
    if (!workspace) throw new Error('A link belongs to no workspace.');
    return { workspaceId, name: workspace.name, timeZone: workspace.timeZone, currency: workspace.currency };
  }

  app.get(
    '/api/shared-board',
    {
      onRequest: byAddress,
      schema: {
        ...about,
        operationId: 'sharedBoard',
        summary: 'The board that a link shows',
        response: { 200: SharedBoard, ...errors },
      },
    },
    async ({ headers }, reply) => {
      const { workspaceId, title, tiles } = await opened(headers.authorization);
      const { name, timeZone, currency } = await placeOf(workspaceId);
      reply.header('x-robots-tag', 'noindex');
      return {
        ...{ title, brand: name, time_zone: timeZone, currency },
        tiles: tiles.map((tile) => ({
          report: tile.report,
          title: tile.title,
          is_narrowed: isNarrowed(tile),
        })),
      };
    },
  );

  app.get(
    '/api/shared-board/tiles/:tile',
    {
      onRequest: byAddress,
      schema: {
        ...about,
        operationId: 'sharedTile',
        summary: 'What a tile of the board shows, from 0; nothing in it is about one person',
        params: Type.Object({ tile: Type.Integer({ minimum: 0, maximum: 100 }) }),
        response: { 200: SharedTile, ...errors },
      },
    },
    async ({ headers, params }, reply) => {
      const { workspaceId, tiles } = await opened(headers.authorization);
      reply.header('x-robots-tag', 'noindex');
      const tile = tiles[params.tile];
      const report = reports.find(({ name }) => name === tile?.report);
      if (!tile || !report) throw refuse('no-such-tile', 'The board has changed; load the page anew.');
      const { timeZone, currency } = await placeOf(workspaceId);
      const place = { workspaceId, timeZone, currency };
      const query = questionOfTile(tile, report, { timeZone, nowMs: clock.ms() });
      await mindTheFew(place, query);
      const { question, as_of, has_events, result } = await ask(report, place, query);
      const shown = report.forGuests(result);
      const { head, lines } = report.lines(shown);
      return {
        ...{ report: report.name, from: question.from, to: question.to, as_of, has_events, result: shown },
        ...{ head: [...head], lines: lines.slice(0, mostLines).map((line) => [...line]) },
      };
    },
  );

  /** A segment of one, or a store with a single visitor, would tell what that person did. */
  async function mindTheFew(place: Parameters<typeof ask>[1], query: Parameters<typeof ask>[2]) {
    const parts = [query.segment, query.channel, query.source, query.store];
    if (parts.every((part) => part === undefined)) return;
    const { from, to, humans, segment, channel, source, store } = query;
    const common = { from, to, humans, segment, channel, source, store };
    const given = Object.fromEntries(Object.entries(common).filter(([, value]) => value !== undefined));
    const { result } = await ask(crowd, place, given);
    const { people } = result as { people: number };
    if (people > 0 && people < fewestPeople)
      throw refuse(
        'too-few-people',
        `This is about fewer than ${fewestPeople} people, and would tell what they did.`,
      );
  }
}
